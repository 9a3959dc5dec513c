package io.supernode.replay;

import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.window.LatencySketch;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Counts what was sent and when. All times are nanoseconds of wall time from the start. Written by one thread;
 * {@link #progress} may be asked by any.
 */
final class ReplayTally {
    private static final EventKind[] KINDS = EventKind.values();

    private final long[] events = new long[KINDS.length];
    private final LatencySketch lateness = new LatencySketch();
    private final LatencySketch gapError = new LatencySketch();
    private final EventDigest digest = new EventDigest();
    private volatile long sent;
    private volatile long frames;
    private volatile long bytes;
    private long filtered;
    private long lateEvents;
    private long lostEvents;
    private long repeatedEvents;
    private long delayedEvents;
    private long heartbeats;
    private long blockedNanos;
    private long pacedFrames;
    private long lastLateNanos;
    private long lastDueNanos;
    private long lastDoneNanos;

    void frame(EventKind kind, int frameEvents, int frameBytes, long begunNanos, long doneNanos) {
        events[kind.ordinal()] += frameEvents;
        sent += frameEvents;
        frames++;
        bytes += frameBytes;
        blockedNanos += doneNanos - begunNanos;
    }

    /**
     * Counts the frame just counted as one that had to keep pace.
     *
     * @param unpacedNanos wall time so far that was not to be kept pace with
     */
    void paced(int frameEvents, long dueNanos, long doneNanos, long unpacedNanos) {
        long late = Math.max(0, doneNanos - dueNanos);
        lateness.add(late, frameEvents);
        if (pacedFrames++ > 0) {
            gapError.add(Math.abs(late - lastLateNanos), 1);
        }
        lastLateNanos = late;
        lastDueNanos = dueNanos - unpacedNanos;
        lastDoneNanos = doneNanos - unpacedNanos;
    }

    void heartbeat(long begunNanos, long doneNanos) {
        heartbeats++;
        blockedNanos += doneNanos - begunNanos;
    }

    void tick(EventDigest ofTick) {
        digest.merge(ofTick);
    }

    void notSent(long filteredEvents, long late) {
        filtered += filteredEvents;
        lateEvents += late;
    }

    /** Counts events that were due and never sent, because the agent of their node lost them. */
    void lost(int frameEvents) {
        lostEvents += frameEvents;
    }

    /** Says of the frame just counted that it had been sent before. */
    void repeated(int frameEvents) {
        repeatedEvents += frameEvents;
    }

    /** Says of the frame just counted that the agent of its node had kept it back. */
    void delayed(int frameEvents) {
        delayedEvents += frameEvents;
    }

    ReplayProgress progress(
            long eventNanos,
            long recordingNanos,
            long wallNanos,
            Schedule schedule,
            long loop,
            long lagNanos,
            boolean ended) {
        return new ReplayProgress(
                eventNanos,
                recordingNanos,
                loop,
                wallNanos,
                schedule.pausedNanos() + schedule.heldNanos(),
                schedule.speed(),
                schedule.isPaused(),
                schedule.isHeld(),
                sent,
                frames,
                bytes,
                lagNanos,
                ended);
    }

    ReplayReport report(
            ReplayOptions options,
            long originEpochNanos,
            ReplayReport.End end,
            long eventNanos,
            long throughNanos,
            Schedule schedule,
            long loops,
            FrameSink sink) {
        Map<EventKind, Long> byKind = new EnumMap<>(EventKind.class);
        for (EventKind kind : KINDS) {
            byKind.put(kind, events[kind.ordinal()]);
        }
        boolean paced = pacedFrames > 0 || !options.speed().isMax();
        return new ReplayReport(
                options.run(),
                originEpochNanos,
                options.speed(),
                end,
                eventNanos,
                throughNanos,
                schedule.elapsedNanos(),
                byKind,
                filtered,
                frames,
                heartbeats,
                bytes,
                loops,
                lateEvents,
                lostEvents,
                repeatedEvents,
                delayedEvents,
                blockedNanos,
                sink.blockedNanos(),
                schedule.pausedNanos(),
                schedule.heldNanos(),
                paced ? Optional.of(lateness.copy()) : Optional.empty(),
                paced ? Optional.of(gapError.copy()) : Optional.empty(),
                paced && lastDueNanos > 0
                        ? OptionalDouble.of(((double) lastDueNanos / lastDoneNanos - 1) * 1e6)
                        : OptionalDouble.empty(),
                digest.hex());
    }
}
