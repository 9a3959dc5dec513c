package io.supernode.serving;

/**
 * What the equations give for a full batch of prompts, without jitter.
 *
 * @param tokens prompt tokens of the batch
 * @param batchSeconds the whole batch
 * @param computeSeconds part of it in matrix work and attention
 * @param exposedSeconds part of it in dispatches and combines that computing does not hide
 * @param overheadSeconds part of it in launches and scheduling
 * @param dispatchSeconds all dispatches, hidden or not
 * @param combineSeconds all combines, hidden or not
 * @param flops of the batch, on all cards
 * @param memoryBytes read and written, on all cards
 * @param dispatchBytes sent by all cards in dispatches
 * @param combineBytes sent by all cards in combines
 */
public record NominalPrefill(
        long tokens,
        double batchSeconds,
        double computeSeconds,
        double exposedSeconds,
        double overheadSeconds,
        double dispatchSeconds,
        double combineSeconds,
        double flops,
        double memoryBytes,
        double dispatchBytes,
        double combineBytes) {}
