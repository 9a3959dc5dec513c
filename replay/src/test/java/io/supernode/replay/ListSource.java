package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;

/** Gives events that are held in memory, in stretches of a length that has nothing to do with ticks. */
final class ListSource implements EventSource {
    private final EventBatch events;
    private final int[] order;
    private final long stretchNanos;
    private int given;
    private long throughNanos;

    ListSource(EventBatch events, long stretchNanos) {
        this.events = events;
        this.stretchNanos = stretchNanos;
        order = events.timeOrder();
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        if (given == order.length) {
            return false;
        }
        throughNanos += stretchNanos;
        int first = given;
        while (given < order.length && events.endNanos(order[given]) < throughNanos) {
            given++;
        }
        for (int k = given - 1; k >= first; k--) { // any order will do: here backwards
            batch.addFrom(events, order[k], 0);
        }
        return true;
    }

    @Override
    public long throughNanos() {
        return throughNanos;
    }
}
