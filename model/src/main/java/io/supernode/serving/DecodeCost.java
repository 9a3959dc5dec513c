package io.supernode.serving;

import io.supernode.cost.ExpertExchange;
import io.supernode.machine.Machine;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.ServedModel;

/**
 * Time of one decode iteration by its parts, in seconds. Per layer
 * {@code T = (1 - gain) (attention + dispatch + experts + combine) + overhead}, an iteration is
 * {@code layers T + scheduling} and gives {@code 1 + acceptance} tokens per sequence (arXiv 2506.12708 section 4.2 and
 * 5; constants with their sources below).
 *
 * <p>Two constants are fitted, on batch 96 (49.4 ms per token) and 24 (24.6 ms) per card at prompts of 4,096; the
 * equations give both within 1 %. Below batch 24 they are too slow (batch 8: 19.4 ms against 14.9 published), because
 * the fitted overhead does not shrink with the batch.
 */
final class DecodeCost {
    /** Query tokens of a sequence in one iteration: the last token and one draft. */
    static final int QUERY_TOKENS = 2;

    /** Share of the BF16 peak that the latent attention kernel reaches (arXiv 2506.12708 section 5). */
    private static final double ATTENTION_EFFICIENCY = 0.65;

    /** What working on two microbatches alternately hides: 10 % (arXiv 2506.12708 section 5). */
    private static final double MICROBATCH_GAIN = 0.10;

    /** Between two iterations (arXiv 2508.02520). */
    static final double SCHEDULING_SECONDS = 2e-3;

    private final ServedModel model;
    private final DieRates die;
    private final DecodeSettings settings;
    private final int dies;
    private final ExpertExchange exchange;
    private final double wireBytesPerSecond;

    DecodeCost(ServedModel model, Machine machine, DecodeSettings settings) {
        this.model = model;
        this.settings = settings;
        die = DieRates.of(machine);
        dies = settings.cards() * DieRates.PER_CARD;
        exchange = ExpertExchange.over(die.expertFabric());
        // what the bus's software costs beside the wire is in the fit; other networks reach their usual share
        wireBytesPerSecond =
                die.allToAllBytesPerSecond(1, machine.betweenNodes().efficiency());
    }

    /**
     * One layer's attention on a die, before microbatching: projections, then the core, each at its roofline.
     *
     * @param sequences sequences of the die
     * @param contextTokens their tokens so far, all together
     */
    double attentionSeconds(int sequences, long contextTokens) {
        if (sequences == 0) {
            return 0;
        }
        double core = Math.max(
                model.decodeAttentionFlops()
                        * (double) QUERY_TOKENS
                        * contextTokens
                        / (die.bf16Flops() * ATTENTION_EFFICIENCY),
                model.cacheBytesPerTokenLayer() * (double) contextTokens / die.memoryBytesPerSecond());
        return core + matrixSeconds(model.attentionParameters(), QUERY_TOKENS * sequences, model.attentionParameters());
    }

    /**
     * One layer's experts on a die, before microbatching. Routing is balanced (what imbalance costs is inside the fitted
     * efficiency).
     *
     * @param sequences sequences of the whole instance
     */
    double expertSeconds(int sequences) {
        double tokens = expertTokensPerDie(sequences);
        double touched = Math.max(1, Math.min(model.expertsPerDie(dies), tokens));
        return matrixSeconds(model.expertParameters(), tokens, touched * model.expertParameters());
    }

    /** One layer's dispatch, before microbatching; {@code sequences} of the fullest die. */
    double dispatchSeconds(int sequences) {
        return exchange.dispatchSeconds(dispatchBytes(sequences), wireBytesPerSecond, dies);
    }

    /** One layer's combine, before microbatching; {@code sequences} of the fullest die. */
    double combineSeconds(int sequences) {
        return exchange.combineSeconds(combineBytes(sequences), wireBytesPerSecond, dies);
    }

    /** What a part of each layer adds to an iteration. */
    double perIteration(double layerSeconds) {
        return model.layers() * (1 - MICROBATCH_GAIN) * layerSeconds;
    }

    /** Launches and operators without matrix work, in an iteration. */
    double overheadSeconds() {
        return model.layers() * settings.overheadNanos() * 1e-9;
    }

    /** Bytes that the sequences of a die or card send in one layer's dispatch. */
    double dispatchBytes(int sequences) {
        return (double) QUERY_TOKENS * sequences * model.routedPerToken() * model.dispatchBytes();
    }

    /** Bytes that the sequences of a die or card get back in one layer's combine. */
    double combineBytes(int sequences) {
        return (double) QUERY_TOKENS * sequences * model.routedPerToken() * model.combineBytes();
    }

    /** Operations of one iteration for a die's own sequences, drafts included. */
    double attentionFlops(int sequences, long contextTokens) {
        return model.layers()
                * QUERY_TOKENS
                * (2.0 * model.attentionParameters() * sequences
                        + (double) model.decodeAttentionFlops() * contextTokens);
    }

    /** Operations of one iteration for the experts of a die. */
    double expertFlops(int sequences) {
        return model.layers() * 2.0 * model.expertParameters() * expertTokensPerDie(sequences);
    }

    /** Memory traffic of one iteration on a die. */
    double memoryBytes(int sequencesOfDie, long contextTokens, int sequencesOfInstance) {
        double attention = sequencesOfDie == 0 ? 0 : model.attentionParameters();
        double touched = Math.min(model.expertsPerDie(dies), expertTokensPerDie(sequencesOfInstance));
        return model.layers() * (attention + (double) model.cacheBytesPerTokenLayer() * contextTokens)
                + model.expertLayers() * touched * model.expertParameters();
    }

    /**
     * The balanced operating point: every die holds the same sequences, each with the same context.
     *
     * @param sequencesPerDie rounded up where the two dies of a card cannot share evenly
     */
    double iterationSeconds(int sequencesPerDie, double contextPerSequence) {
        double layer = attentionSeconds(sequencesPerDie, Math.round(sequencesPerDie * contextPerSequence))
                + dispatchSeconds(sequencesPerDie)
                + expertSeconds(sequencesPerDie * dies)
                + combineSeconds(sequencesPerDie);
        return perIteration(layer) + overheadSeconds() + SCHEDULING_SECONDS;
    }

    /**
     * The nominal operating point of the settings.
     *
     * @param prefillTokensPerSecondPerCard what prefill instances give at theirs; 0 without any
     */
    NominalServing nominal(double prefillTokensPerSecondPerCard) {
        int sequences = (settings.batch() + DieRates.PER_CARD - 1) / DieRates.PER_CARD;
        double context = settings.promptTokens() + settings.outputTokens() / 2.0;
        int all = sequences * dies;
        long contextTokens = Math.round(sequences * context);
        double iteration = iterationSeconds(sequences, context);
        double tokenSeconds = iteration / (1 + settings.draftAcceptance());
        double flops = DieRates.PER_CARD * (attentionFlops(sequences, contextTokens) + expertFlops(all));
        return new NominalServing(
                iteration,
                perIteration(attentionSeconds(sequences, contextTokens)),
                perIteration(expertSeconds(all)),
                perIteration(dispatchSeconds(sequences)),
                perIteration(combineSeconds(sequences)),
                overheadSeconds() + SCHEDULING_SECONDS,
                tokenSeconds,
                settings.batch() / tokenSeconds,
                flops / iteration,
                DieRates.PER_CARD * memoryBytes(sequences, contextTokens, all) / iteration,
                model.expertLayers() * (dispatchBytes(settings.batch()) + combineBytes(settings.batch())) / iteration,
                prefillTokensPerSecondPerCard);
    }

    private double expertTokensPerDie(int sequences) {
        return (double) QUERY_TOKENS * sequences * (model.routedPerToken() + model.sharedPerToken()) / dies;
    }

    private double matrixSeconds(double parameters, double tokens, double weightBytes) {
        return Math.max(
                2 * parameters * tokens / (die.int8Ops() * settings.matrixEfficiency()),
                weightBytes / die.memoryBytesPerSecond());
    }
}
