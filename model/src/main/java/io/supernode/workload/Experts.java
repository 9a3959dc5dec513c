package io.supernode.workload;

/**
 * Feed-forward layers as a mixture of experts.
 *
 * @param count routed experts of a layer; 0 for a dense model
 * @param perToken routed experts that a token meets
 * @param shared experts that every token meets
 * @param feedForward width of one expert
 * @param denseLayers layers at the beginning that have no experts
 */
public record Experts(int count, int perToken, int shared, int feedForward, int denseLayers) {
    public static final Experts NONE = new Experts(0, 0, 0, 0, 0);
}
