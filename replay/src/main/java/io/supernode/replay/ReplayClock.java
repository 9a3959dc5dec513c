package io.supernode.replay;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The two clocks of a replay, handed in: one that measures and one that stamps. Neither is ever compared with the
 * other. Thread-safe.
 */
public interface ReplayClock {
    /** Measures: nanoseconds from an arbitrary origin, never backwards. */
    long nanos();

    /** Stamps: wall time, nanoseconds since 1970 UTC; may step when the machine's clock is set. */
    long epochNanos();

    /**
     * Returns at {@code nanos} on the measuring clock, at once where that has passed. May return early: when the
     * thread is unparked or interrupted, or for no reason; the caller looks at the clock and sleeps again.
     */
    void sleepUntil(long nanos);

    /** This machine's clocks. A sleep ends some 60 microseconds late on an idle Linux machine (its timer slack). */
    static ReplayClock system() {
        return new ReplayClock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public long epochNanos() {
                Instant now = Instant.now();
                return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
            }

            @Override
            public void sleepUntil(long nanos) {
                LockSupport.parkNanos(this, nanos - System.nanoTime());
            }
        };
    }
}
