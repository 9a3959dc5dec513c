package io.supernode.training;

import io.supernode.event.EventBatch;

/** Where the events of a step go: to one batch, or to one for each stretch of time. */
interface StepEvents {
    /** The batch for an event that ends then. */
    EventBatch at(long endNanos);

    /** All into one. */
    static StepEvents into(EventBatch batch) {
        return endNanos -> batch;
    }
}
