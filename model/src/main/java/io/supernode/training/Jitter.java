package io.supernode.training;

/**
 * How much the same work varies from one time to the next: coefficients of variation (deviation over mean), measured on
 * the forward, backward and transfer spans of a production job (the straggler timelines published with arXiv
 * 2505.05713: 32 steps, 4 stages, 8 replicas; median over steps, stages and replicas of the variation inside a step).
 *
 * @param compute of one stage's forward or backward pass: 0.013 for both, measured
 * @param computeOfCard the part of it that each card of a tensor-parallel group has for itself; the rest the group has
 *     in common (the same sequences). The timelines have one rank per stage and cannot tell them apart: assumed
 * @param transfer of one transfer: 0.25 to 0.37 by kind, measured; n in a row vary by {@code 1/sqrt(n)} of it
 */
public record Jitter(double compute, double computeOfCard, double transfer) {
    public static final Jitter MEASURED = new Jitter(0.013, 0.007, 0.30);
    public static final Jitter NONE = new Jitter(0, 0, 0);

    double computeOfGroup() {
        return StrictMath.sqrt(compute * compute - computeOfCard * computeOfCard);
    }
}
