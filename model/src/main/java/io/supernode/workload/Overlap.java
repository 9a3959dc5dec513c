package io.supernode.workload;

/**
 * Shares of communication that hide behind the computation beside it, 0 to 1. What hides can never be longer than that
 * computation.
 *
 * @param tensor of the reductions of tensor-parallel ranks
 * @param expert of dispatches and combines
 * @param data of the reduction of gradients
 */
public record Overlap(double tensor, double expert, double data) {
    public static final Overlap NONE = new Overlap(0, 0, 0);
}
