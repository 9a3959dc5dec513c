package io.supernode.workload;

/** What the backward pass computes again instead of keeping it. */
public enum Recompute {
    /** Nothing: activations are kept. */
    NONE,
    /** The whole forward pass, but not its collectives: what they brought, twice per layer, is kept. */
    FULL
}
