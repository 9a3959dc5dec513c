package io.supernode.replay;

import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.window.LatencySketch;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Counts what was sent and when. All times are nanoseconds of wall time from the start. Not thread-safe. */
final class ReplayTally {
    private static final EventKind[] KINDS = EventKind.values();

    private final boolean paced;
    private final long[] events = new long[KINDS.length];
    private final LatencySketch lateness = new LatencySketch();
    private final EventDigest digest = new EventDigest();
    private long filtered;
    private long frames;
    private long heartbeats;
    private long bytes;
    private long blockedNanos;
    private long lastDueNanos;
    private long lastDoneNanos;

    ReplayTally(boolean paced) {
        this.paced = paced;
    }

    void frame(EventKind kind, int frameEvents, int frameBytes, long dueNanos, long begunNanos, long doneNanos) {
        events[kind.ordinal()] += frameEvents;
        frames++;
        bytes += frameBytes;
        blockedNanos += doneNanos - begunNanos;
        if (paced) {
            lateness.add(Math.max(0, doneNanos - dueNanos), frameEvents);
            lastDueNanos = dueNanos;
            lastDoneNanos = doneNanos;
        }
    }

    void heartbeat(long begunNanos, long doneNanos) {
        heartbeats++;
        blockedNanos += doneNanos - begunNanos;
    }

    void tick(EventDigest sent, long filteredEvents) {
        digest.merge(sent);
        filtered += filteredEvents;
    }

    ReplayProgress progress(long eventNanos, long wallNanos, long lagNanos, boolean ended) {
        long sum = 0;
        for (long n : events) {
            sum += n;
        }
        return new ReplayProgress(eventNanos, wallNanos, sum, frames, bytes, lagNanos, ended);
    }

    ReplayReport report(
            ReplayOptions options,
            long originEpochNanos,
            ReplayReport.End end,
            long eventNanos,
            long throughNanos,
            long wallNanos) {
        Map<EventKind, Long> sent = new EnumMap<>(EventKind.class);
        for (EventKind kind : KINDS) {
            sent.put(kind, events[kind.ordinal()]);
        }
        return new ReplayReport(
                options.run(),
                originEpochNanos,
                options.speed(),
                end,
                eventNanos,
                throughNanos,
                wallNanos,
                sent,
                filtered,
                frames,
                heartbeats,
                bytes,
                blockedNanos,
                paced ? Optional.of(lateness.copy()) : Optional.empty(),
                paced && lastDueNanos > 0
                        ? OptionalDouble.of(((double) lastDueNanos / lastDoneNanos - 1) * 1e6)
                        : OptionalDouble.empty(),
                digest.hex());
    }
}
