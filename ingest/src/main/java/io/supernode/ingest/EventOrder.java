package io.supernode.ingest;

import io.supernode.event.EventBatch;

/** An order of events; events that are equal in it stay as they came. */
enum EventOrder {
    /** The order in which a trace holds events. */
    END {
        @Override
        int compare(EventBatch a, int i, EventBatch b, int j) {
            return Long.compare(a.endNanos(i), b.endNanos(j));
        }
    },
    START {
        @Override
        int compare(EventBatch a, int i, EventBatch b, int j) {
            return Long.compare(a.startNanos(i), b.startNanos(j));
        }
    },
    /** Bus events: those of one collective together, whether or not its number counts through all steps. */
    COLLECTIVE {
        @Override
        int compare(EventBatch a, int i, EventBatch b, int j) {
            int order = Integer.compare(a.group(i), b.group(j));
            order = order != 0 ? order : Integer.compare(a.microbatch(i), b.microbatch(j));
            order = order != 0 ? order : Integer.compare(a.step(i), b.step(j));
            return order != 0 ? order : Integer.compare(a.card(i), b.card(j));
        }
    };

    abstract int compare(EventBatch a, int i, EventBatch b, int j);
}
