package io.supernode.replay;

import io.supernode.event.EventKind;
import io.supernode.window.LatencySketch;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What was sent, and how well it kept its schedule.
 *
 * @param originEpochNanos wall time that event time 0 stood for
 * @param eventNanos event time played: the duration asked for where it was reached, the end of the last event where
 *     there were no more, else the end of the last flush
 * @param throughNanos event time that the last heartbeats told: past the last window
 * @param wallNanos wall time from the start until everything had arrived
 * @param sent events sent, by kind; every kind has an entry
 * @param filtered events left out because their card or kind was not asked for
 * @param frames frames sent, heartbeats not counted
 * @param heartbeats times that heartbeats went to every kind
 * @param bytes size of the frames, heartbeats not counted
 * @param loops passes over the recording that began after the first
 * @param lateEvents events of the recording that came after events that ended later than they, beyond what a reader
 *     puts right; they were sent when they came, and cost no time
 * @param lostEvents events that were due and that a {@code telemetry_loss} kept from being sent
 * @param repeatedEvents part of {@code sent}: events sent a second time by a {@code telemetry_duplication}
 * @param delayedEvents part of {@code sent}: events that a {@code telemetry_lateness} kept back
 * @param blockedNanos time spent handing frames over: what the other side made the replay wait
 * @param waitedNanos part of {@code blockedNanos}, where the sink knows it, in which it could not take more
 * @param pausedNanos wall time spent paused
 * @param heldNanos wall time spent held, because somebody downstream could not follow
 * @param lateness by event, from the moment at which its frame was meant to leave to the moment at which the sink had
 *     taken it; absent at {@link Speed#MAX}, where a frame is meant to leave when it can
 * @param gapError by frame, how much longer or shorter than asked the time since the frame before was; absent as
 *     lateness is
 * @param rateErrorPpm how much faster than asked events went over the whole run, parts per million; negative when
 *     slower; pauses, holds and time at {@link Speed#MAX} left
 *     out; absent when nothing else is left
 * @param digest {@link io.supernode.event.EventDigest} of the events played, each once: of those sent, and of those lost
 */
public record ReplayReport(
        long run,
        long originEpochNanos,
        Speed speed,
        End end,
        long eventNanos,
        long throughNanos,
        long wallNanos,
        Map<EventKind, Long> sent,
        long filtered,
        long frames,
        long heartbeats,
        long bytes,
        long loops,
        long lateEvents,
        long lostEvents,
        long repeatedEvents,
        long delayedEvents,
        long blockedNanos,
        long waitedNanos,
        long pausedNanos,
        long heldNanos,
        Optional<LatencySketch> lateness,
        Optional<LatencySketch> gapError,
        OptionalDouble rateErrorPpm,
        String digest) {
    /** Why a replay ended. */
    public enum End {
        /** There were no more events. */
        SOURCE,
        /** The event time asked for was reached. */
        DURATION,
        /** The wall time allowed was used up. */
        WALL_LIMIT,
        /** {@link ReplayEngine#stop()} was called or the thread was interrupted. */
        STOPPED
    }

    public long sentEvents() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }
}
