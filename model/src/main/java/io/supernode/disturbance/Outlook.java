package io.supernode.disturbance;

import java.util.function.LongUnaryOperator;

/**
 * What goes wrong, for a simulation whose time goes on: looks at a schedule ten minutes at a time, so that not every piece of
 * work has to search all of it. Not thread-safe.
 */
public final class Outlook {
    private static final long AHEAD_NANOS = 600_000_000_000L;
    /** What is asked for may lie a little behind what was asked for before. */
    private static final long BEHIND_NANOS = 60_000_000_000L;

    private final DisturbanceSchedule schedule;
    private Disturbances known = Disturbances.NONE;
    private long knownFrom = Long.MAX_VALUE;
    private long knownUntil = Long.MIN_VALUE;

    public Outlook(DisturbanceSchedule schedule) {
        this.schedule = schedule;
    }

    /** Whether there is nothing that could go wrong at any time. */
    public boolean isCalm() {
        return schedule.isEmpty();
    }

    /** At least all that is active at some moment of a stretch of time. */
    public Disturbances over(long fromNanos, long untilNanos) {
        if (!isCalm() && (fromNanos < knownFrom || untilNanos > knownUntil)) {
            knownFrom = Math.max(0, fromNanos - BEHIND_NANOS);
            knownUntil = Math.max(untilNanos, fromNanos) + AHEAD_NANOS;
            known = schedule.during(knownFrom, knownUntil);
        }
        return known;
    }

    /** All that is active at a moment. */
    public Disturbances at(long nanos) {
        return over(nanos, nanos + 1);
    }

    /**
     * When cards begin with a piece of work so that none of them is lost before it ends; those that are do it again when
     * they are back.
     *
     * @param end of the piece, by its begin; what was last asked for is what is given back
     */
    public long wholeNanos(int firstCard, int count, long nanos, LongUnaryOperator end) {
        long start = nanos;
        long before;
        do {
            before = start;
            long until = end.applyAsLong(before);
            start = over(before, until).restartNanos(firstCard, count, before, until);
        } while (start > before);
        return start;
    }

    /** When a card is there that others wait for until {@code readyNanos}: {@code nanos}, or when it is back. */
    public long hereNanos(int card, long nanos, long readyNanos) {
        return isCalm() || nanos == readyNanos
                ? nanos
                : Math.min(readyNanos, over(nanos, readyNanos).restartNanos(card, nanos, readyNanos));
    }
}
