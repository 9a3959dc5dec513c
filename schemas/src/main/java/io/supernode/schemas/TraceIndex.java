package io.supernode.schemas;

import java.util.Arrays;

/**
 * Where in a trace file which time is. All that lies before a block ended at {@code endNanosBefore} or earlier, in
 * whatever disorder it came, so that who wants what ends later may start there.
 *
 * @param offsets byte at which each block begins, ascending
 * @param recordsBefore requests and frames before it
 * @param endNanosBefore latest end of an event, or arrival of a request, before it, nanoseconds from the origin;
 *     {@link Long#MIN_VALUE} where there is none
 */
public record TraceIndex(long[] offsets, long[] recordsBefore, long[] endNanosBefore) {
    public static final TraceIndex NONE = new TraceIndex(new long[0], new long[0], new long[0]);

    public TraceIndex {
        if (recordsBefore.length != offsets.length || endNanosBefore.length != offsets.length) {
            throw new IllegalArgumentException("must be equally long: offsets=" + offsets.length + " recordsBefore="
                    + recordsBefore.length + " endNanosBefore=" + endNanosBefore.length);
        }
        requireAscending(offsets, "offsets");
        requireAscending(recordsBefore, "recordsBefore");
        requireAscending(endNanosBefore, "endNanosBefore");
        if (offsets.length > 0 && (offsets[0] < 0 || recordsBefore[0] < 0)) {
            throw new IllegalArgumentException(
                    "must be >= 0: offsets=" + offsets[0] + " recordsBefore=" + recordsBefore[0]);
        }
    }

    public int size() {
        return offsets.length;
    }

    /** The last block before which nothing ends at {@code nanos} or later; -1 where there is none. */
    public int blockFor(long nanos) {
        int from = 0;
        int to = offsets.length;
        while (from < to) { // the first block before which something does
            int middle = (from + to) >>> 1;
            if (endNanosBefore[middle] < nanos) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TraceIndex o
                && Arrays.equals(offsets, o.offsets)
                && Arrays.equals(recordsBefore, o.recordsBefore)
                && Arrays.equals(endNanosBefore, o.endNanosBefore);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(offsets);
    }

    @Override
    public String toString() {
        return "TraceIndex[size=" + size() + "]";
    }

    private static void requireAscending(long[] values, String name) {
        for (int i = 1; i < values.length; i++) {
            if (values[i] < values[i - 1]) {
                throw new IllegalArgumentException(
                        "must be ascending: " + name + "=" + values[i] + " after " + values[i - 1]);
            }
        }
    }
}
