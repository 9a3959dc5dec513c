package io.supernode.workload;

import io.supernode.machine.Precision;

/**
 * Training of a transformer with synchronous steps.
 *
 * @param sequenceTokens tokens of a sequence
 * @param microbatchSequences sequences that pass the pipeline together
 * @param globalBatchTokens tokens that a step may use; whole microbatches of all replicas that fit are used
 * @param efficiency share of a card's peak that dense training kernels reach, 0 to 1
 * @param experts how layers of experts work; without meaning for a dense model
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
        double efficiency,
        ExpertWork experts,
        Overlap overlap,
        Checkpoint checkpoint)
        implements Workload {
    /** Without checkpoints. */
    public TrainingWorkload(
            String name,
            TransformerShape shape,
            Layout layout,
            Precision precision,
            int sequenceTokens,
            int microbatchSequences,
            long globalBatchTokens,
            Recompute recompute,
            double efficiency,
            ExpertWork experts,
            Overlap overlap) {
        this(
                name,
                shape,
                layout,
                precision,
                sequenceTokens,
                microbatchSequences,
                globalBatchTokens,
                recompute,
                efficiency,
                experts,
                overlap,
                Checkpoint.NONE);
    }

    /** Nothing overlapped, experts as assumed. */
    public TrainingWorkload(
            String name,
            TransformerShape shape,
            Layout layout,
            Precision precision,
            int sequenceTokens,
            int microbatchSequences,
            long globalBatchTokens,
            Recompute recompute,
            double efficiency) {
        this(
                name,
                shape,
                layout,
                precision,
                sequenceTokens,
                microbatchSequences,
                globalBatchTokens,
                recompute,
                efficiency,
                ExpertWork.ASSUMED,
                Overlap.NONE);
    }

    public int microbatchTokens() {
        return sequenceTokens * microbatchSequences;
    }

    /** Microbatches of each replica in a step; with several chunks per stage whole rounds of the pipeline. */
    public int microbatches() {
        int fit = Math.toIntExact(globalBatchTokens / microbatchTokens() / layout.data());
        return layout.virtual() == 1 ? fit : fit / layout.pipeline() * layout.pipeline();
    }

    /** Tokens of a step, over all cards. */
    public long stepTokens() {
        return (long) microbatches() * layout.data() * microbatchTokens();
    }
}
