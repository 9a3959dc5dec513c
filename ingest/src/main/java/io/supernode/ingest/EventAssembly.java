package io.supernode.ingest;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.event.RequestEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Gathers the events of a recording in any order and gives them out in the order of time, counted from the earliest
 * start. Not thread-safe.
 */
final class EventAssembly implements Closeable {
    static final long UNKNOWN_NANOS = RequestEvent.UNKNOWN_NANOS;

    /** As the wire has it: what seems to last longer is a mistake of units. */
    static final long LONGEST_NANOS = 86_400_000_000_000L;
    /** No profile and no log is longer; a damaged time would be, and would be replayed second by second. */
    private static final long LONGEST_SPAN_NANOS = 366 * LONGEST_NANOS;

    private static final int STRETCH_EVENTS = 1 << 14;
    private static final long STRETCH_NANOS = 3_600_000_000_000L;

    private final Path recording;
    private final EventSorter events;
    private final EventBatch one = new EventBatch(16);
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;
    private int cards;

    EventAssembly(Path recording) {
        this(recording, EventSorter.IN_MEMORY);
    }

    EventAssembly(Path recording, int inMemory) {
        this.recording = recording;
        events = new EventSorter(EventOrder.END, inMemory);
    }

    /** An empty batch for one event, with times since 1970; {@link #added} takes it. */
    EventBatch adding() {
        one.clear();
        return one;
    }

    /** @param tooLong what to say of an event that no trace can hold */
    void added(Supplier<InputException> tooLong) throws IOException {
        if (one.durationNanos(0) < 0 || one.durationNanos(0) > LONGEST_NANOS || one.startNanos(0) > one.endNanos(0)) {
            throw tooLong.get();
        }
        add(one, 0);
    }

    /** An event whose length has been found possible. */
    void add(EventBatch from, int i) throws IOException {
        firstNanos = Math.min(firstNanos, from.startNanos(i));
        lastNanos = Math.max(lastNanos, from.endNanos(i));
        cards = Math.max(cards, from.card(i) + 1);
        events.add(from, i);
    }

    long size() {
        return events.size();
    }

    /** One more than the highest card. */
    int cards() {
        return cards;
    }

    /** Gives all of it to an output, in copies where cards are to be filled. */
    void finish(ImportOptions options, RecordingOutput out) throws IOException {
        long origin = events.size() == 0 ? 0 : firstNanos;
        if (events.size() > 0 && (lastNanos - origin < 0 || lastNanos - origin > LONGEST_SPAN_NANOS)) {
            throw InputException.of(
                    recording,
                    "spans more than a year: from " + firstNanos + " to " + lastNanos
                            + " ns since 1970; accepted: times of one recording");
        }
        int copies = copies(options, out);
        // times that no calendar has are a clock of the recording's own
        out.begin(Math.max(0, origin), 0);
        try (EventSorter.Sorted sorted = events.sorted()) {
            EventSource source = new FromOrigin(sorted, origin, Math.max(1, STRETCH_EVENTS / copies));
            out.addEvents(copies > 1 ? new TiledEvents(source, cards, copies) : source);
        }
    }

    @Override
    public void close() throws IOException {
        events.close();
    }

    private int copies(ImportOptions options, RecordingOutput out) throws InputException {
        int tile = options.tileCards();
        if (tile == 0 || cards == 0) {
            return 1;
        }
        if (tile % cards != 0) {
            throw InputException.of(
                    recording,
                    "cannot be tiled to " + tile + " cards: its ranks take " + cards + "; accepted: a multiple of "
                            + cards);
        }
        int copies = tile / cards;
        if (copies > 1) {
            String label = "cards 0-" + (cards - 1) + " are recorded; cards " + cards + "-" + (tile - 1)
                    + " repeat them, copy by copy: " + copies + " times the recorded work";
            out.note("tiled", label);
            out.remark("TILED: " + label);
        }
        return copies;
    }

    /** Sorted events, counted from the origin, in stretches of bounded length. */
    private static final class FromOrigin implements EventSource {
        private final EventSorter.Sorted sorted;
        private final long origin;
        private final int stretchEvents;
        private boolean ahead;
        private boolean ended;
        private long throughNanos = Long.MIN_VALUE;

        FromOrigin(EventSorter.Sorted sorted, long origin, int stretchEvents) {
            this.sorted = sorted;
            this.origin = origin;
            this.stretchEvents = stretchEvents;
        }

        @Override
        public boolean next(EventBatch batch) {
            batch.clear();
            try {
                ahead = ahead || !ended && sorted.advance();
                if (!ahead) {
                    ended = true;
                    return false;
                }
                long first = sorted.events().endNanos(sorted.index());
                long last = first;
                // whole moments: what ends at the same time stays in the same stretch
                while (ahead
                        && (batch.size() < stretchEvents || sorted.events().endNanos(sorted.index()) == last)
                        && sorted.events().endNanos(sorted.index()) - first < STRETCH_NANOS) {
                    last = sorted.events().endNanos(sorted.index());
                    batch.addFrom(sorted.events(), sorted.index(), -origin);
                    ahead = sorted.advance();
                }
                ended = !ahead;
                throughNanos = last - origin + 1;
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }

        @Override
        public long throughNanos() {
            return throughNanos;
        }
    }
}
