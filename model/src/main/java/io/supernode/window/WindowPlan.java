package io.supernode.window;

import java.util.concurrent.TimeUnit;

/**
 * Which windows there are. Events are summed in slices of one second; slices add up to windows of one, ten and sixty
 * seconds that start at multiples of their length.
 *
 * <p>Throughput windows are given for every card, node, rack and supernode, and for every operation and plane of a
 * supernode that events speak of, at every length. Latency windows of cards are
 * given at ten and sixty seconds only: a card has a handful of events of a kind in a second, whose distribution says
 * little, and 384 cards with four metrics each would be three of four records that leave the job. Nodes,
 * racks and supernodes have theirs at every length, and per bus operation too.
 */
public final class WindowPlan {
    public static final long SLICE_NANOS = 1_000_000_000L;

    /** Time spent in an event longer than this counts in the first of this many slices before that of its end. */
    public static final int SPREAD_SLICES = 60;

    private static final int[] LENGTH_SLICES = {1, 10, 60};
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private WindowPlan() {}

    /** Number of window lengths. */
    public static int lengths() {
        return LENGTH_SLICES.length;
    }

    /** Length of windows in slices; {@code index} from 0, shortest first. */
    public static int lengthSlices(int index) {
        return LENGTH_SLICES[index];
    }

    /** True when a latency window of this metric is given for this scope and length. */
    public static boolean hasLatency(Scope scope, LatencyMetric metric, long lengthNanos) {
        return switch (scope) {
            case CARD -> lengthNanos > SLICE_NANOS && isOfCards(metric);
            case NODE, RACK, SUPERNODE -> true;
            // a node, a rack and a supernode have a metric for each operation
            case OPERATION, PLANE -> false;
        };
    }

    /** True for the metrics of which each card has a distribution of its own. */
    static boolean isOfCards(LatencyMetric metric) {
        return switch (metric) {
            case STEP, COMPUTE, BUS, BUS_WAIT -> true;
            case TIME_TO_FIRST_TOKEN, TIME_PER_OUTPUT_TOKEN -> false;
            case BUS_OTHER,
                    ALL_REDUCE,
                    ALL_GATHER,
                    REDUCE_SCATTER,
                    ALL_TO_ALL,
                    DISPATCH,
                    COMBINE,
                    SEND,
                    RECEIVE,
                    BROADCAST,
                    BARRIER,
                    CACHE_TRANSFER -> false;
        };
    }

    /** The slice that an event which ends at {@code endNanos} belongs to: {@code [slice, slice + 1)} seconds. */
    public static long slice(long endNanos) {
        return Math.floorDiv(endNanos, SLICE_NANOS);
    }

    /**
     * The wall time in whole milliseconds since 1970 that a watermark must have reached for everything before
     * {@code endSlice} to be there. A watermark of {@code t} ms promises that nothing of {@code t} or before follows.
     */
    public static long watermarkMillis(long originEpochNanos, long endSlice) {
        return -Math.floorDiv(-(originEpochNanos + endSlice * SLICE_NANOS), NANOS_PER_MILLI) - 1;
    }

    /** The last slice boundary that a watermark has reached; undoes {@link #watermarkMillis}. */
    public static long endSlice(long originEpochNanos, long watermarkMillis) {
        return Math.floorDiv((watermarkMillis + 1) * NANOS_PER_MILLI - originEpochNanos, SLICE_NANOS);
    }
}
