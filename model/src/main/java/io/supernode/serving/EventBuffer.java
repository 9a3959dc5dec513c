package io.supernode.serving;

import io.supernode.event.EventBatch;

/** Holds events whose end is known but not yet reached, until the stretch that they end in is given. */
final class EventBuffer {
    private EventBatch events = new EventBatch();
    private EventBatch spare = new EventBatch();

    /** Where to add; a new one after each {@link #release}. */
    EventBatch events() {
        return events;
    }

    /** Moves all events that end before {@code throughNanos} to {@code target}. */
    void release(long throughNanos, EventBatch target) {
        spare.clear();
        for (int i = 0; i < events.size(); i++) {
            (events.endNanos(i) < throughNanos ? target : spare).addFrom(events, i, 0);
        }
        EventBatch swap = events;
        events = spare;
        spare = swap;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** End of the last event held. */
    long lastEndNanos() {
        long last = Long.MIN_VALUE;
        for (int i = 0; i < events.size(); i++) {
            last = Math.max(last, events.endNanos(i));
        }
        return last;
    }
}
