package io.supernode.replay;

import io.supernode.event.EventBatch;

/** A stretch of event time, whole ticks long, with its events in the order of time. Filled, played, filled again. */
final class Stretch {
    final EventBatch events = new EventBatch();
    /** Positions in {@link #events} in the order of time; those from {@link #count} on belong to the next stretch. */
    int[] order = new int[0];

    int count;
    /** Event time up to which (exclusive) this stretch and those before it hold everything. */
    long throughNanos;
    /** Passes over the recording that had begun before this one. */
    long loop;
    /** What was added to the times of the recording. */
    long shiftNanos;
}
