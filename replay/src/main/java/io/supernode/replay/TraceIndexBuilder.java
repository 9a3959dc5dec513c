package io.supernode.replay;

import io.supernode.schemas.TraceIndex;
import java.util.Arrays;

/**
 * Notes where which time is while blocks are written or read. Memory is bounded: of more than {@value #ENTRIES_MAX}
 * blocks every second is noted, then every fourth, and so on. Not thread-safe.
 */
final class TraceIndexBuilder {
    static final int ENTRIES_MAX = 1 << 16;

    private final int entriesMax;
    private long[] offsets = new long[64];
    private long[] recordsBefore = new long[64];
    private long[] endNanosBefore = new long[64];
    private int entries;
    private long blocks;
    private long stride = 1;
    private long endNanos = Long.MIN_VALUE;

    TraceIndexBuilder() {
        this(ENTRIES_MAX);
    }

    /** @param entriesMax an even number */
    TraceIndexBuilder(int entriesMax) {
        this.entriesMax = entriesMax;
    }

    /** A block begins. */
    void begin(long offset, long records) {
        if (blocks++ % stride != 0) {
            return;
        }
        if (entries
                == entriesMax) { // an even number of strides so far: this block is noted at twice the stride as well
            stride *= 2;
            entries /= 2;
            for (int i = 0; i < entries; i++) {
                offsets[i] = offsets[2 * i];
                recordsBefore[i] = recordsBefore[2 * i];
                endNanosBefore[i] = endNanosBefore[2 * i];
            }
        }
        if (entries == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * entries);
            recordsBefore = Arrays.copyOf(recordsBefore, 2 * entries);
            endNanosBefore = Arrays.copyOf(endNanosBefore, 2 * entries);
        }
        offsets[entries] = offset;
        recordsBefore[entries] = records;
        endNanosBefore[entries] = endNanos;
        entries++;
    }

    /** Something in the block at hand ends then. */
    void reach(long nanos) {
        endNanos = Math.max(endNanos, nanos);
    }

    TraceIndex index() {
        return new TraceIndex(
                Arrays.copyOf(offsets, entries),
                Arrays.copyOf(recordsBefore, entries),
                Arrays.copyOf(endNanosBefore, entries));
    }
}
