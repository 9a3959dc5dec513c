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
    DECODE,
    /** Attention of one layer with its projections; this and the following at the granularity of operations. */
    ATTENTION,
    ATTENTION_BACKWARD,
    /** Feed-forward of one layer that every token meets: that of a dense layer, or shared experts. */
    MLP,
    MLP_BACKWARD,
    /** The experts of one layer that tokens were routed to. */
    EXPERT,
    EXPERT_BACKWARD,
    /** Choice of the experts of one layer. */
    GATING,
    GATING_BACKWARD,
    /** A norm of one layer with the residual sum before it. */
    NORM,
    NORM_BACKWARD,
    /** Tokens to their vectors. */
    EMBEDDING,
    EMBEDDING_BACKWARD,
    /** Vectors to tokens: the output matrix, and in decode what is between two iterations. */
    OUTPUT,
    OUTPUT_BACKWARD,
    /** One layer's forward pass, again, for what its backward pass needs. */
    RECOMPUTE
}
