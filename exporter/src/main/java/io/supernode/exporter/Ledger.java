package io.supernode.exporter;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The pages of one run and one lane (a lane is a stream in which event time moves on together: a partition of a topic).
 * A page is given up when the lane has come {@code horizon} further than the page's end: by then the job takes no
 * correction for it any more. What comes later still is refused, because nobody could tell whether it has been counted.
 * Not thread-safe.
 */
final class Ledger {
    private record PageKey(long startNanos, long lengthNanos) {
        long endNanos() {
            return startNanos + lengthNanos;
        }
    }

    private final long horizonNanos;
    private final Map<PageKey, LedgerPage> pages = new HashMap<>();
    private long newestEndNanos = Long.MIN_VALUE;
    private long sweptNanos = Long.MIN_VALUE;

    Ledger(long horizonNanos) {
        this.horizonNanos = horizonNanos;
    }

    /** The page of a window, or null when it has been given up. */
    LedgerPage page(long startNanos, long lengthNanos, boolean keepWindows) {
        PageKey key = new PageKey(startNanos, lengthNanos);
        if (key.endNanos() > newestEndNanos) {
            newestEndNanos = key.endNanos();
            sweep();
        }
        if (key.endNanos() <= givenUpNanos()) {
            return null;
        }
        return pages.computeIfAbsent(key, k -> new LedgerPage(keepWindows));
    }

    /** Gives the windows of a length and key that are kept. */
    void eachKept(long lengthNanos, long key, Consumer<Object> each) {
        pages.forEach((place, page) -> {
            if (place.lengthNanos() == lengthNanos) {
                int at = page.find(key);
                Object window = at < 0 ? null : page.window(at);
                if (window != null) {
                    each.accept(window);
                }
            }
        });
    }

    int marks() {
        return pages.values().stream().mapToInt(LedgerPage::size).sum();
    }

    private long givenUpNanos() {
        return newestEndNanos - horizonNanos;
    }

    private void sweep() {
        // once a second of event time is often enough: a sweep looks at every page
        if (sweptNanos == Long.MIN_VALUE || newestEndNanos - sweptNanos >= 1_000_000_000L) {
            sweptNanos = newestEndNanos;
            pages.keySet().removeIf(key -> key.endNanos() <= givenUpNanos());
        }
    }
}
