package io.supernode.exporter;

import io.supernode.window.TrafficWindow;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Who sent how much to whom, as the job tells it: sums by row since the run began and over the last ten seconds, and who
 * is in which group. Thread-safe. Runs beyond the newest few, and rows beyond {@value #ROWS_MAX} of one supernode, are
 * not kept apart: of those it is known how much, and not whither.
 */
final class TrafficBook {
    /** Training has about five rows for each card; a recording may have a group for each of its collectives. */
    static final int ROWS_MAX = 50_000;

    private static final int RECENT = 10;

    /** Of one supernode of one run. */
    private static final class Page {
        final Map<TrafficRow, Long> sums = new HashMap<>();
        final Map<TrafficRow.Group, TreeSet<Integer>> members = new HashMap<>();
        final Deque<TrafficWindow> recent = new ArrayDeque<>();
        long unplacedBytes;
        long newestStartNanos = Long.MIN_VALUE;
    }

    private record Name(long run, int supernode) {}

    /**
     * Sums at one moment.
     *
     * @param bytes by row, over {@code nanos}
     * @param members of each group, ascending, as far as they have been seen
     * @param unplacedBytes sent in rows that are not kept
     */
    record Sums(Map<TrafficRow, Long> bytes, Map<TrafficRow.Group, int[]> members, long unplacedBytes, long nanos) {
        static final Sums NONE = new Sums(Map.of(), Map.of(), 0, 0);
    }

    private final Map<Name, Page> pages = new LinkedHashMap<>();

    /** Seconds come in their order; one that comes again after the job had to start again changes nothing. */
    synchronized Acceptance take(TrafficWindow window) {
        Page page = page(new Name(window.run(), window.supernode()));
        if (window.startNanos() <= page.newestStartNanos) {
            return Acceptance.REPEATED;
        }
        page.newestStartNanos = window.startNanos();
        page.recent.add(window);
        while (page.recent.getFirst().startNanos() <= window.startNanos() - RECENT * WindowStore.SECOND) {
            page.recent.removeFirst();
        }
        for (int i = 0; i < window.rows(); i++) {
            TrafficRow row = TrafficRow.of(window, i);
            long sent = window.sentBytes()[i];
            if (page.sums.containsKey(row) || page.sums.size() < ROWS_MAX) {
                page.sums.merge(row, sent, Long::sum);
                if (!row.isTransfer()) {
                    page.members
                            .computeIfAbsent(row.group(), g -> new TreeSet<>())
                            .add(row.card());
                }
            } else {
                page.unplacedBytes += sent;
            }
        }
        return Acceptance.TAKEN;
    }

    /** Since the run began. */
    synchronized Sums total(long run, int supernode) {
        Page page = pages.get(new Name(run, supernode));
        if (page == null) {
            return Sums.NONE;
        }
        return new Sums(
                new HashMap<>(page.sums),
                members(page),
                page.unplacedBytes,
                Math.max(0, page.newestStartNanos + WindowStore.SECOND));
    }

    /** Over the ten seconds that end at {@code endNanos}. */
    synchronized Sums recent(long run, int supernode, long endNanos) {
        Page page = pages.get(new Name(run, supernode));
        if (page == null) {
            return Sums.NONE;
        }
        Map<TrafficRow, Long> bytes = new HashMap<>();
        long begin = endNanos - RECENT * WindowStore.SECOND;
        for (TrafficWindow window : page.recent) {
            if (window.startNanos() >= begin && window.endNanos() <= endNanos) {
                for (int i = 0; i < window.rows(); i++) {
                    bytes.merge(TrafficRow.of(window, i), window.sentBytes()[i], Long::sum);
                }
            }
        }
        return new Sums(bytes, members(page), 0, RECENT * WindowStore.SECOND);
    }

    /** End of the newest second of which the traffic is known; {@link Long#MIN_VALUE} before the first. */
    synchronized long newestEndNanos(long run, int supernode) {
        Page page = pages.get(new Name(run, supernode));
        return page == null || page.recent.isEmpty()
                ? Long.MIN_VALUE
                : page.recent.getLast().endNanos();
    }

    private static Map<TrafficRow.Group, int[]> members(Page page) {
        Map<TrafficRow.Group, int[]> members = new HashMap<>();
        page.members.forEach((group, cards) ->
                members.put(group, cards.stream().mapToInt(Integer::intValue).toArray()));
        return members;
    }

    private Page page(Name name) {
        Page page = pages.get(name);
        if (page == null) {
            page = new Page();
            pages.put(name, page);
            long runs = pages.keySet().stream().mapToLong(Name::run).distinct().count();
            if (runs > WindowStore.RUNS_KEPT) {
                long oldest = pages.keySet().iterator().next().run();
                pages.keySet().removeIf(each -> each.run() == oldest);
            }
        }
        return page;
    }
}
