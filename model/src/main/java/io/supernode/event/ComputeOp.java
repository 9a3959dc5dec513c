package io.supernode.event;

/** What a card computed. The order is the wire's: append only. */
public enum ComputeOp {
    /** Work of a kind that the source does not name. */
    OTHER,
    /** Forward pass of one microbatch through one pipeline stage. */
    FORWARD,
    /** Backward pass of one microbatch through one pipeline stage. */
    BACKWARD,
    /** Parameter update at the end of a step. */
    OPTIMIZER,
    /** Processing of prompts, before the first token. */
    PREFILL,
    /** Generation of tokens, one per sequence and iteration. */
    DECODE
}
