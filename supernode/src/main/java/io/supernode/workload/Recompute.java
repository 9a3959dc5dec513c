package io.supernode.workload;

/** What the backward pass computes again instead of keeping it. */
public enum Recompute {
    /** Nothing: activations are kept. */
    NONE,
    /** The whole forward pass, with its tensor-parallel collectives. */
    FULL
}
