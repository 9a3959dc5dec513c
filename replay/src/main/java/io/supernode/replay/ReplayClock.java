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

    /**
     * This machine's clocks. A thread that sleeps is woken some 60 microseconds late on an idle Linux machine (its timer
     * slack), so the last 100 are not slept: of a tick of 10 ms that is a hundredth of a core.
     */
    static ReplayClock system() {
        long awakeNanos = 100_000;
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
                long leftNanos = nanos - System.nanoTime();
                if (leftNanos > awakeNanos) {
                    LockSupport.parkNanos(this, leftNanos - awakeNanos);
                    return; // early, or asked to look
                }
                while (nanos - System.nanoTime() > 0) {
                    Thread.onSpinWait();
                }
            }
        };
    }
}
