package io.supernode.serving;

import io.supernode.machine.Machine;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.ServedModel;

/**
 * Time of one prefill batch on an instance, in seconds: {@code max(FLOP / (efficiency peak), weights / memory rate,
 * dispatch + combine) + overhead}. The efficiency is measured end to end, so transfers hide behind computing (as
 * CloudMatrix-Infer's two-stream prefill hides them, arXiv 2506.12708 section 4.3) until the network is too slow for it.
 * Long prompts use the same efficiency: attention at 0.65 of the BF16 peak and the whole at 0.314 of the INT8 peak are
 * the same rate within 4 %.
 */
final class PrefillCost {
    /** 81 and 91 GB/s of 196 GB/s per die: DeepEP's port to Ascend at EP64 (sgl-project/sgl-kernel-npu). */
    private static final double DISPATCH_SHARE = 81.0 / 196;

    private static final double COMBINE_SHARE = 91.0 / 196;

    private static final double COLLECTIVE_SECONDS = 25e-6;

    /** Reading kept keys and values from another node's memory: 147 GB/s per die (arXiv 2506.12708 v2 table 1). */
    private static final double POOL_SHARE = 147.0 / 196;

    private final ServedModel model;
    private final PrefillSettings settings;
    private final DieRates die;
    private final int dies;
    private final double peak;
    private final double dispatchBytesPerSecond;
    private final double combineBytesPerSecond;
    private final double overheadSeconds;

    /** @param overheadNanos launches and operators of one layer: decode's, no figure of its own is published */
    PrefillCost(ServedModel model, Machine machine, PrefillSettings settings, long overheadNanos) {
        this.model = model;
        this.settings = settings;
        die = DieRates.of(machine);
        dies = settings.cards() * DieRates.PER_CARD;
        peak = settings.cards() * machine.card().int8Ops();
        double wireShare = machine.betweenNodes().efficiency();
        dispatchBytesPerSecond = die.allToAllBytesPerSecond(DISPATCH_SHARE, wireShare);
        combineBytesPerSecond = die.allToAllBytesPerSecond(COMBINE_SHARE, wireShare);
        overheadSeconds = model.layers() * overheadNanos * 1e-9 + DecodeCost.SCHEDULING_SECONDS;
    }

    /** Computing of a batch; {@code tokens} are those that are computed, not those that are reused. */
    double computeSeconds(double flops, long tokens) {
        return tokens == 0
                ? 0
                : Math.max(flops / (settings.efficiency() * peak), weightBytes() / die.memoryBytesPerSecond());
    }

    /** All dispatches of a batch, shared evenly by the dies. */
    double dispatchSeconds(long tokens) {
        return model.expertLayers() * COLLECTIVE_SECONDS + dispatchBytes(tokens) / dies / dispatchBytesPerSecond;
    }

    /** All combines of a batch. */
    double combineSeconds(long tokens) {
        return model.expertLayers() * COLLECTIVE_SECONDS + combineBytes(tokens) / dies / combineBytesPerSecond;
    }

    /** Loading the keys and values of reused prompt tokens, spread over the dies. */
    double reuseSeconds(long reusedTokens) {
        return reusedTokens
                * (double) model.cacheBytesPerToken()
                / dies
                / die.allToAllBytesPerSecond(POOL_SHARE, POOL_SHARE);
    }

    /** Launches, operators without matrix work and scheduling. */
    double overheadSeconds() {
        return overheadSeconds;
    }

    /** A whole batch without jitter. */
    double batchSeconds(double flops, long tokens, long reusedTokens) {
        double work = Math.max(computeSeconds(flops, tokens), dispatchSeconds(tokens) + combineSeconds(tokens));
        return work + reuseSeconds(reusedTokens) + overheadSeconds;
    }

    /** Bytes that all cards of the instance send in all dispatches of a batch. */
    double dispatchBytes(long tokens) {
        return (double) tokens * model.expertLayers() * model.routedPerToken() * model.dispatchBytes();
    }

    /** Bytes that all cards of the instance send in all combines of a batch. */
    double combineBytes(long tokens) {
        return (double) tokens * model.expertLayers() * model.routedPerToken() * model.combineBytes();
    }

    /** Memory that all cards of the instance read and write in a batch: weights once, keys and values. */
    double memoryBytes(long tokens, long reusedTokens) {
        return dies * weightBytes() + (double) (tokens + reusedTokens) * model.cacheBytesPerToken();
    }

    /** Weights that a die reads for a batch: attention and its experts, all layers. */
    private double weightBytes() {
        return (double) model.layers() * model.attentionParameters()
                + (double) model.expertLayers() * model.expertsPerDie(dies) * model.expertParameters();
    }
}
