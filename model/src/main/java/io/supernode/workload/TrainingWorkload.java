package io.supernode.workload;

import io.supernode.machine.Precision;

/**
 * Training of a dense transformer with synchronous steps.
 *
 * @param sequenceTokens tokens of a sequence
 * @param microbatchSequences sequences that pass the pipeline together
 * @param globalBatchTokens tokens that a step may use; whole microbatches of all replicas that fit are used
 * @param efficiency share of a card's peak that dense training kernels reach, 0 to 1
 */
public record TrainingWorkload(
        String name,
        TransformerShape shape,
        Layout layout,
        Precision precision,
        int sequenceTokens,
        int microbatchSequences,
        long globalBatchTokens,
        Recompute recompute,
        double efficiency)
        implements Workload {

    public int microbatchTokens() {
        return sequenceTokens * microbatchSequences;
    }

    /** Microbatches of each replica in a step. */
    public int microbatches() {
        return Math.toIntExact(globalBatchTokens / microbatchTokens() / layout.data());
    }

    /** Tokens of a step, over all cards. */
    public long stepTokens() {
        return (long) microbatches() * layout.data() * microbatchTokens();
    }
}
