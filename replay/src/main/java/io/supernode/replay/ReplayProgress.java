package io.supernode.replay;

/**
 * Where a replay is, as seen at one moment.
 *
 * @param eventNanos event time reached: everything that ended before it has been sent
 * @param wallNanos wall time since the start
 * @param sentEvents events sent, all kinds
 * @param sentFrames frames sent, heartbeats not counted
 * @param sentBytes size of those frames
 * @param lagNanos how far the replay is behind its schedule right now; 0 while it keeps up and at {@link Speed#MAX}
 * @param ended whether {@link ReplayEngine#run()} has returned, or is about to
 */
public record ReplayProgress(
        long eventNanos,
        long wallNanos,
        long sentEvents,
        long sentFrames,
        long sentBytes,
        long lagNanos,
        boolean ended) {}
