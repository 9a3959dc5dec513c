package io.supernode.exporter;

import io.supernode.event.BusOp;
import io.supernode.window.TrafficWindow;

/**
 * What a card did again and again: sent to one peer, or took part in one kind of collective of one group.
 *
 * @param peer the other card of a transfer; -1 in a collective
 */
record TrafficRow(int card, BusOp op, Group group, int peer) {
    private static final BusOp[] OPS = BusOp.values();

    /** Cards that communicate: what two rows have in common. */
    record Group(int id, int size) {}

    static TrafficRow of(TrafficWindow window, int i) {
        return new TrafficRow(
                window.cards()[i],
                OPS[window.ops()[i]],
                new Group(window.groups()[i], window.groupSizes()[i]),
                window.peers()[i]);
    }

    boolean isTransfer() {
        return peer >= 0;
    }
}
