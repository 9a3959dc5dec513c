package io.supernode.window;

/**
 * Who sent how much, and to whom as far as the events tell it, in one window: one row per card, operation, communicator
 * and peer, in ascending order of cards. A row names either the other card of a transfer or the group of a collective;
 * how a collective's bytes went between its members is not told by events, and not here. Columns are of one length.
 *
 * @param run as in {@link ThroughputWindow}
 * @param supernode index of the supernode
 * @param originEpochNanos wall time that event time 0 stands for
 * @param startNanos start of the window in event time
 * @param lengthNanos it covers [start, start + length)
 * @param revision 0 for the first result; more after the job had to start again
 * @param cards the sender
 * @param ops ordinals of {@link io.supernode.event.BusOp}
 * @param groups the communicator
 * @param groupSizes ranks in the group; 0 unknown
 * @param peers the other card of a transfer; -1 in a collective
 * @param sentBytes bytes that left the card, &gt;= 0; events of unknown size are not in it
 */
public record TrafficWindow(
        long run,
        int supernode,
        long originEpochNanos,
        long startNanos,
        long lengthNanos,
        int revision,
        int[] cards,
        int[] ops,
        int[] groups,
        int[] groupSizes,
        int[] peers,
        long[] sentBytes) {
    public int rows() {
        return cards.length;
    }

    public long endNanos() {
        return startNanos + lengthNanos;
    }
}
