package io.supernode.replay;

/**
 * Where a replay is, as seen at one moment.
 *
 * @param eventNanos event time played: everything that ended before it has been sent
 * @param recordingNanos the place in the recording that this is
 * @param loop passes over the recording that had begun before this one
 * @param wallNanos wall time since the start
 * @param pausedNanos part of it that was spent paused or held
 * @param speed event time per wall time, as asked for
 * @param isPaused whether a person has paused it
 * @param isHeld whether it waits for somebody downstream who cannot follow
 * @param sentEvents events sent, all kinds
 * @param sentFrames frames sent, heartbeats not counted
 * @param sentBytes size of those frames
 * @param lagNanos how far the replay is behind its schedule right now; 0 while it keeps up, is paused and at
 *     {@link Speed#MAX}
 * @param ended whether {@link ReplayEngine#run()} has returned, or is about to
 */
public record ReplayProgress(
        long eventNanos,
        long recordingNanos,
        long loop,
        long wallNanos,
        long pausedNanos,
        Speed speed,
        boolean isPaused,
        boolean isHeld,
        long sentEvents,
        long sentFrames,
        long sentBytes,
        long lagNanos,
        boolean ended) {
    static ReplayProgress before(Speed speed) {
        return new ReplayProgress(0, 0, 0, 0, 0, speed, false, false, 0, 0, 0, 0, false);
    }

    /** Event time per wall time so far, pauses left out: a replay that stands still does not become slower. */
    public double rate() {
        return (double) eventNanos / Math.max(1, wallNanos - pausedNanos);
    }
}
