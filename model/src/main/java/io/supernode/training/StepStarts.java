package io.supernode.training;

import io.supernode.disturbance.DisturbanceSchedule;
import java.util.Arrays;

/**
 * The starts of the steps simulated so far, so that a run that goes on elsewhere, or anew with other disturbances, does
 * not begin with its first step. Thread-safe.
 */
public final class StepStarts {
    private long[] starts = new long[64];
    private int known = 1;
    private DisturbanceSchedule schedule = DisturbanceSchedule.NONE;

    /** Keeps what is the same under other disturbances: steps that start before these make a difference. */
    synchronized void follow(DisturbanceSchedule other) {
        long nanos = schedule.firstDifferenceNanos(other);
        while (known > 1 && starts[known - 1] > nanos) {
            known--;
        }
        schedule = other;
    }

    /** Notes where a step starts, if it is the one after those known, under the disturbances last followed. */
    synchronized void note(int step, long nanos, DisturbanceSchedule under) {
        if (step == known && under == schedule) {
            if (known == starts.length) {
                starts = Arrays.copyOf(starts, known * 2);
            }
            starts[known++] = nanos;
        }
    }

    /** The last step known to start at {@code nanos} or before. */
    synchronized int stepAt(long nanos) {
        int found = Arrays.binarySearch(starts, 0, known, nanos);
        return found >= 0 ? found : -found - 2;
    }

    /** The last step known, at most {@code step}. */
    synchronized int lastUpTo(int step) {
        return Math.min(step, known - 1);
    }

    synchronized long startNanos(int step) {
        return starts[step];
    }
}
