package io.supernode.analytics;

import io.supernode.schemas.FrameHeader;
import java.util.concurrent.TimeUnit;

/**
 * Whether what a frame says of time is believed, for one partition. A sender whose clock is wrong must not close every
 * window of all others: what says that time has come more than a day further than the wall clock it was sent by, and
 * than anything before it, is believed only when the next frame says so too and is from somebody else or a second
 * heartbeat: these speak for all nodes, and on a partition without events they are all there is. Time that really jumps
 * (a replay at the highest speed over a hole of days) does so with heartbeats and the frames behind them.
 * Frames alone decide, not the clock of the machine that reads them. Not thread-safe.
 */
final class TimeGuard {
    static final long AHEAD_NANOS_MAX = TimeUnit.DAYS.toNanos(1);
    private static final int NOBODY = Integer.MIN_VALUE;

    private long latestEpochNanos;
    private long claimEpochNanos;
    private int claimNode = NOBODY;

    TimeGuard() {
        this(Long.MIN_VALUE);
    }

    /** @param latestEpochNanos how far time had come, as is known from before; {@link Long#MIN_VALUE} when it is not */
    TimeGuard(long latestEpochNanos) {
        this.latestEpochNanos = latestEpochNanos;
    }

    /** @param header with times that {@link FrameFolder#isTimely} */
    boolean believes(FrameHeader header) {
        long claimed = header.throughEpochNanos();
        long known = Math.max(latestEpochNanos, header.intendedEpochNanos());
        boolean confirmed = claimNode != NOBODY
                && (claimNode != header.node() || header.isHeartbeat())
                && Math.abs(claimed - claimEpochNanos) <= AHEAD_NANOS_MAX;
        if (claimed - known <= AHEAD_NANOS_MAX || confirmed) {
            latestEpochNanos = Math.max(latestEpochNanos, claimed);
            claimNode = NOBODY;
            return true;
        }
        claimEpochNanos = claimed;
        claimNode = header.node();
        return false;
    }

    /** How far time has come as far as it is believed; {@link Long#MIN_VALUE} before the first frame. */
    long latestEpochNanos() {
        return latestEpochNanos;
    }
}
