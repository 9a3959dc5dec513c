package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The events of a trace file, at the times at which they were recorded; requests are passed over. A frame tells up to
 * where its sender had sent everything, and no more than a second of disorder is believed in, so that memory is bounded
 * by a second's events. An event that is later still comes with the next stretch and is counted. Not thread-safe.
 */
public final class TraceEvents implements EventSource, Closeable {
    private static final long DISORDER_NANOS_MAX = 1_000_000_000L;
    /** Stretches are about this many events. */
    private static final int STRETCH_EVENTS = 1 << 16;
    /** Events far apart come in stretches of about this length: so many so far apart could not be put in order. */
    private static final long STRETCH_NANOS = 3_600_000_000_000L;

    private final TraceReader reader;
    private final FrameReader[] readers = new FrameReader[EventKind.values().length];
    private EventBatch held = new EventBatch();
    private EventBatch rest = new EventBatch();
    private long knownNanos = Long.MIN_VALUE;
    private long throughNanos = Long.MIN_VALUE;
    private long lateEvents;
    private boolean ended;
    private IOException failure;

    private TraceEvents(TraceReader reader) {
        this.reader = reader;
        for (EventKind kind : EventKind.values()) {
            readers[kind.ordinal()] = new FrameReader(kind);
        }
    }

    /** @throws IOException as {@link TraceReader#open} */
    public static TraceEvents open(Path file) throws IOException {
        return new TraceEvents(TraceReader.open(file));
    }

    /**
     * Opens a trace where what ends at a time or later begins; what ends earlier may come as well.
     *
     * @throws IOException as {@link TraceReader#open}
     */
    public static TraceEvents open(Path trace, long fromNanos) throws IOException {
        TraceReader reader = TraceReader.open(trace);
        try {
            if (fromNanos > reader.firstNanos()) {
                reader.skipTo(fromNanos);
            }
            return new TraceEvents(reader);
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    public TraceMetadata metadata() {
        return reader.metadata();
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException around a {@link TraceFormatException} where the file is cut short or damaged, once
     *     everything before has been given
     */
    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        int enough = Math.max(STRETCH_EVENTS, 2 * held.size()); // what is held is copied: as often as it doubles
        try {
            while (!ended && (knownNanos <= throughNanos || held.size() < enough && !isLong())) {
                read();
            }
        } catch (IOException e) {
            failure = e; // what was read before it is given first
            ended = true;
        }
        if (held.isEmpty()) {
            if (failure != null) {
                throw new UncheckedIOException(failure.getMessage(), failure);
            }
            return false;
        }
        if (ended) {
            for (int i = 0; i < held.size(); i++) {
                knownNanos = Math.max(knownNanos, held.endNanos(i) + 1);
            }
        }
        give(batch);
        return true;
    }

    @Override
    public long throughNanos() {
        return throughNanos;
    }

    /** Events given so far that ended before what had been given. */
    public long lateEvents() {
        return lateEvents;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private boolean isLong() {
        return !held.isEmpty() && knownNanos - held.endNanos(0) > STRETCH_NANOS;
    }

    private void read() throws IOException {
        if (!reader.next()) {
            ended = true;
        } else if (!reader.isRequest()) {
            try {
                FrameHeader header = readers[reader.kind().ordinal()].read(reader.frame(), held);
                knownNanos = Math.max(knownNanos, header.throughNanos());
                knownNanos = Math.max(knownNanos, header.baseNanos() - DISORDER_NANOS_MAX);
            } catch (UnreadableException e) {
                throw reader.unreadable(e);
            }
        }
    }

    private void give(EventBatch batch) {
        rest.clear();
        for (int i = 0; i < held.size(); i++) {
            if (held.endNanos(i) < knownNanos) {
                batch.addFrom(held, i, 0);
                if (held.endNanos(i) < throughNanos) {
                    lateEvents++;
                }
            } else {
                rest.addFrom(held, i, 0);
            }
        }
        EventBatch given = held;
        held = rest;
        rest = given;
        throughNanos = knownNanos;
    }
}
