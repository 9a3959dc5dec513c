package io.supernode.ingest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The steps of one rank, and how long the card was busy in each. Steps are the host's: a kernel belongs to the step in
 * which it starts. Not thread-safe.
 */
final class ProfiledSteps {
    static final int NONE = -1;

    private static final int STEPS_MAX = 1 << 20;

    private final List<Step> steps = new ArrayList<>();
    private int at;
    private long coveredUntil = Long.MIN_VALUE;

    /** One step; {@code busyNanos} grows. */
    static final class Step {
        final int number;
        final long start;
        final long end;
        long busyNanos;

        Step(int number, long start, long end) {
            this.number = number;
            this.start = start;
            this.end = end;
        }

        long idleNanos() {
            return Math.max(0, end - start - busyNanos);
        }
    }

    /** False when there are more than any recording has. */
    boolean add(int number, long start, long end) {
        steps.add(new Step(number, start, end));
        return steps.size() <= STEPS_MAX;
    }

    List<Step> steps() {
        return steps;
    }

    /** All are there, work comes next. */
    void close() {
        steps.sort(Comparator.comparingLong(step -> step.start));
    }

    /**
     * Takes in a span of the card's work; spans come in the order of their starts.
     *
     * @return number of the step in which it starts; -1 outside of any
     */
    int work(long start, long end) {
        while (at + 1 < steps.size() && steps.get(at + 1).start <= start) {
            at++;
        }
        long from = Math.max(start, coveredUntil);
        for (int i = at; i < steps.size() && steps.get(i).start < end; i++) {
            Step step = steps.get(i);
            step.busyNanos += Math.max(0, Math.min(end, step.end) - Math.max(from, step.start));
        }
        coveredUntil = Math.max(coveredUntil, end);
        if (steps.isEmpty() || start < steps.get(at).start || start >= steps.get(at).end) {
            return NONE;
        }
        return steps.get(at).number;
    }
}
