package io.supernode.window;

import io.supernode.event.BusOp;

/**
 * What a supernode's sums are kept by, beside its nodes: racks, which together are the supernode, and aspects of the same
 * events again, which are not added up: operations of the bus and planes. The numbers are those of stored state: for ever.
 */
final class Part {
    /** All nodes of which nobody knows the rack: part of the supernode, and no window of its own. */
    static final int UNRACKED = Integer.MAX_VALUE;

    private static final int FIRST_OPERATION = -1;
    private static final int FIRST_PLANE = -65;

    private Part() {}

    /** @param nodesPerRack nodes with following indices that share a rack; 0 when that is not known */
    static int ofNode(int node, int nodesPerRack) {
        return nodesPerRack == 0 ? UNRACKED : node / nodesPerRack;
    }

    static int of(BusOp op) {
        return FIRST_OPERATION - op.ordinal();
    }

    static int ofPlane(int plane) {
        return FIRST_PLANE - plane;
    }

    /** True for the parts that together are the whole. */
    static boolean isShare(int part) {
        return part >= 0;
    }

    static Scope scope(int part) {
        if (part >= 0) {
            return Scope.RACK;
        }
        return part > FIRST_PLANE ? Scope.OPERATION : Scope.PLANE;
    }

    /** Index of the rack, the operation or the plane. */
    static int entity(int part) {
        return switch (scope(part)) {
            case RACK -> part;
            case OPERATION -> FIRST_OPERATION - part;
            case PLANE -> FIRST_PLANE - part;
            case CARD, NODE, SUPERNODE -> throw new IllegalStateException("is no part of a supernode: " + part);
        };
    }
}
