package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.Scope;
import io.supernode.window.WindowPlan;

/**
 * Whether windows of every scope and length tell of the same events. Events, times and counts of values add up to the
 * same sum over all cards, all nodes, all racks and all supernodes, in windows of 1, 10 and 60 s; sums that differ mean
 * that windows are still to come. A job that knows no racks gives no windows of them. Operations and planes are told of
 * some events only: their sums are the same at every length. Not thread-safe.
 */
final class Evenness {
    private static final int SCOPES = Scope.values().length;
    private static final int KINDS = 1 + LatencyMetric.values().length;

    private final long[] sums = new long[KINDS * SCOPES * WindowPlan.lengths()];

    /**
     * @param kind 0 for throughput, else 1 plus the metric's ordinal
     * @param fullness what the window tells more than the one it replaces
     */
    void add(int kind, Scope scope, long lengthNanos, long fullness) {
        for (int length = 0; length < WindowPlan.lengths(); length++) {
            if (lengthNanos == WindowPlan.lengthSlices(length) * WindowPlan.SLICE_NANOS) {
                sums[index(kind, scope, length)] += fullness;
            }
        }
    }

    /** @param ofNoCard events that are of a node and of none of its cards: begins and ends of injected faults */
    boolean isEven(long ofNoCard) {
        for (int kind = 0; kind < KINDS; kind++) {
            for (Scope scope : Scope.values()) {
                long elsewhere = kind == 0 && scope == Scope.CARD ? ofNoCard : 0;
                long expected = sums[index(kind, expectedOf(kind, scope), 0)] - elsewhere;
                for (int length = 0; length < WindowPlan.lengths(); length++) {
                    if (isGiven(kind, scope, length) && sums[index(kind, scope, length)] != expected) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Whose sum over windows of 1 s the scope's sums must be. */
    private Scope expectedOf(int kind, Scope scope) {
        return switch (scope) {
            case CARD, NODE, SUPERNODE -> Scope.SUPERNODE;
            case RACK -> hasRacks(kind) ? Scope.SUPERNODE : Scope.RACK;
            case OPERATION, PLANE -> scope;
        };
    }

    private boolean hasRacks(int kind) {
        for (int length = 0; length < WindowPlan.lengths(); length++) {
            if (sums[index(kind, Scope.RACK, length)] != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isGiven(int kind, Scope scope, int length) {
        return kind == 0
                || WindowPlan.hasLatency(
                        scope,
                        LatencyMetric.values()[kind - 1],
                        WindowPlan.lengthSlices(length) * WindowPlan.SLICE_NANOS);
    }

    private static int index(int kind, Scope scope, int length) {
        return (kind * SCOPES + scope.ordinal()) * WindowPlan.lengths() + length;
    }
}
