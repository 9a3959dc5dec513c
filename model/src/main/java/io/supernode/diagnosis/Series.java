package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.Fabric;

/**
 * Names a series of like events of a card by two numbers. Of compute: operation, stage and the power of two of the work,
 * so that a chunk of layers is compared with its like. Of the bus: operation, network, ranks and group; for a transfer
 * between two cards, the other one too.
 */
final class Series {
    private static final ComputeOp[] COMPUTE_OPS = ComputeOp.values();
    private static final BusOp[] BUS_OPS = BusOp.values();
    private static final Fabric[] FABRICS = Fabric.values();

    private Series() {}

    static long compute(ComputeOp op, long work) {
        return 1L | (long) op.ordinal() << 1 | (long) (Long.SIZE - Long.numberOfLeadingZeros(work)) << 8;
    }

    /** The second number of a compute series. */
    static long stage(int stage) {
        return stage + 1L & 0xFFFF_FFFFL;
    }

    static long bus(BusOp op, Fabric fabric, int groupSize, long work) {
        return (long) op.ordinal() << 1
                | (long) fabric.ordinal() << 8
                | (long) (Long.SIZE - Long.numberOfLeadingZeros(work)) << 12
                | (long) groupSize << 20;
    }

    /** The second number of a bus series. */
    static long group(int group, int peer) {
        return group & 0xFFFF_FFFFL | peer + 1L << 32;
    }

    static boolean isCompute(long high) {
        return (high & 1) != 0;
    }

    static ComputeOp computeOp(long high) {
        return COMPUTE_OPS[(int) (high >> 1 & 0x7F)];
    }

    /** 0 for a forward pass, 1 for a backward pass, -1 for what is neither. */
    static int pass(long high) {
        return switch (computeOp(high)) {
            case FORWARD -> 0;
            case BACKWARD -> 1;
            default -> -1;
        };
    }

    static BusOp busOp(long high) {
        return BUS_OPS[(int) (high >> 1 & 0x7F)];
    }

    static Fabric fabric(long high) {
        return FABRICS[(int) (high >> 8 & 0xF)];
    }

    static int groupSize(long high) {
        return (int) (high >> 20);
    }

    static int stage(long low) {
        return (int) low - 1;
    }

    static int group(long low) {
        return (int) low;
    }

    static int peer(long low) {
        return (int) (low >> 32) - 1;
    }
}
