package io.supernode.granularity;

/** How finely a run is told. Steps, tokens, work, bytes and times are the same; the number of events is not. */
public enum Granularity {
    /** One event for what a card computes or transfers of a kind in one pass: a microbatch through a stage, an iteration. */
    STAGE,
    /** Every collective of every layer, and what is computed between two of them. */
    COLLECTIVE,
    /** Every collective and every operation: attention, feed-forward, experts, routing, norms. */
    OPERATION
}
