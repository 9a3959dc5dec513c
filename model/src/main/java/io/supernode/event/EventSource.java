package io.supernode.event;

/**
 * A run of events in the order of time, stretch by stretch: a model's steps, a recorded trace. Pull it from one thread.
 */
public interface EventSource {
    /**
     * Fills {@code batch} (cleared first) with all events that end in the next stretch of event time, in any order. A
     * stretch may hold no event. Every event of a later stretch ends at or after {@link #throughNanos()}.
     *
     * @return false, with an empty batch, when there is nothing left
     */
    boolean next(EventBatch batch);

    /** Event time up to which (exclusive) all events have been given; nanoseconds from the run's start. */
    long throughNanos();
}
