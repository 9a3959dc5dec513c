package io.supernode.training;

import io.supernode.cost.CollectiveCost;
import io.supernode.cost.Ranks;
import io.supernode.cost.Roofline;
import io.supernode.cost.Straggling;
import io.supernode.cost.Transfer;
import io.supernode.machine.Collective;
import io.supernode.machine.Machine;
import io.supernode.workload.Checkpoint;
import io.supernode.workload.ExpertWork;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;
import java.util.stream.IntStream;

/**
 * The nominal costs of a training step on a machine: what the simulation adds jitter and waiting to, and what the
 * analytic estimate sums up. Immutable.
 */
public final class TrainingCost {
    /** Gradients are reduced in 4 bytes, parameters gathered in 2 (mixed precision, ZeRO stage 1). */
    private static final double GRADIENT_BYTES = 4;

    private static final double PARAMETER_BYTES = 2;
    /** Adam on sharded 4-byte state: gradient read, master, two moments read and written, 2-byte parameter written. */
    private static final double OPTIMIZER_BYTES = 4 + 3 * 8 + 2;
    /** The squared norm of the gradients, reduced over all cards before they are clipped. */
    private static final double NORM_BYTES = 4;
    /** Most of the computation that communication hides behind: the rest is kept for its own variation [A]. */
    private static final double HIDING_SHARE = 0.9;

    private final Machine machine;
    private final TrainingWorkload workload;
    private final Layout layout;
    private final StageCost[] chunks;

    public TrainingCost(Machine machine, TrainingWorkload workload) {
        this.machine = machine;
        this.workload = workload;
        layout = workload.layout();
        chunks = new StageCost[layout.chunks()];
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            chunks[chunk] = StageCost.of(machine, workload, chunk);
        }
    }

    public Machine machine() {
        return machine;
    }

    public TrainingWorkload workload() {
        return workload;
    }

    /** One chunk of layers; the stage itself where each has one chunk. */
    public StageCost stage(int chunk) {
        return chunks[chunk];
    }

    /** All-reduces of one forward pass of a microbatch through a chunk, as one transfer. */
    public Transfer forwardReductions(int replica, int chunk) {
        return reduction(replica, chunk).times(chunks[chunk].forwardReductions());
    }

    public Transfer backwardReductions(int replica, int chunk) {
        return reduction(replica, chunk).times(chunks[chunk].backwardReductions());
    }

    /**
     * The dispatches (or the combines, which move as much) of one pass of a microbatch through a chunk, as one transfer:
     * every token of a card as one copy for each expert it meets, 2 bytes per hidden unit, at a balanced load.
     */
    public Transfer exchanges(int block, int chunk) {
        int first = layout.card(block * layout.expert(), layout.stageOfChunk(chunk), 0);
        Ranks ranks = Ranks.of(machine, first, layout.tensor(), layout.expert());
        double bytes = activationBytes() * workload.shape().experts().perToken() / layout.tensor();
        return CollectiveCost.allToAll(ranks, bytes, workload.experts().crossServerShare())
                .times(chunks[chunk].expertLayers());
    }

    /** Coefficient of variation of the tokens that the ranks of an expert-parallel group get. */
    public double loadVariation() {
        return layout.expert() == 1
                ? 0
                : (workload.experts().imbalance() - 1) / Straggling.expectedMaximum(ExpertWork.RANKS);
    }

    /** Part of a chunk's reductions that hides behind its computation, seconds; direction 0 is forward, 1 backward. */
    double hiddenReductionSeconds(int direction, int chunk) {
        Transfer transfer = direction == 0 ? forwardReductions(0, chunk) : backwardReductions(0, chunk);
        return Math.min(workload.overlap().tensor() * transfer.seconds(), hidingSeconds(direction, chunk));
    }

    /** Part of a chunk's dispatches, and as much of its combines, that hides behind its computation, seconds. */
    double hiddenExchangeSeconds(int direction, int chunk) {
        return Math.min(workload.overlap().expert() * exchanges(0, chunk).seconds(), hidingSeconds(direction, chunk));
    }

    /** Part of the reduction of gradients that hides behind the last backward pass, seconds. */
    double hiddenGradientSeconds(int stage) {
        return Math.min(workload.overlap().data() * gradientReduction(stage, 0).seconds(), hidingSeconds(1, stage));
    }

    /** Reductions, dispatches and combines share what there is to hide behind. */
    private double hidingSeconds(int direction, int chunk) {
        double seconds = direction == 0 ? chunks[chunk].forwardSeconds() : chunks[chunk].backwardSeconds();
        double balanced = 1 - chunks[chunk].routedShare();
        return HIDING_SHARE * balanced * seconds / 3;
    }

    /**
     * Activations (or their gradients) from a card to its peer in the neighbouring stage; each card of the group sends
     * its share (Narayanan et al. 2021, section 4.1).
     */
    public Transfer pipelineTransfer(int fromCard, int toCard) {
        return CollectiveCost.pointToPoint(machine.link(fromCard, toCard), activationBytes() / layout.tensor());
    }

    public Transfer gradientReduction(int stage, int tensorRank) {
        return CollectiveCost.reduceScatter(
                machine.collective(), replicas(stage, tensorRank), GRADIENT_BYTES * parameters(stage));
    }

    public Transfer parameterGathering(int stage, int tensorRank) {
        return CollectiveCost.allGather(
                machine.collective(), replicas(stage, tensorRank), PARAMETER_BYTES * parameters(stage));
    }

    /** Of routed experts, over the blocks of replicas that hold the same ones. */
    public Transfer expertGradientReduction(int stage, int tensorRank, int place) {
        return CollectiveCost.reduceScatter(
                machine.collective(), blocks(stage, tensorRank, place), GRADIENT_BYTES * expertParameters(stage));
    }

    public Transfer expertParameterGathering(int stage, int tensorRank, int place) {
        return CollectiveCost.allGather(
                machine.collective(), blocks(stage, tensorRank, place), PARAMETER_BYTES * expertParameters(stage));
    }

    public Transfer normReduction() {
        return CollectiveCost.allReduce(Collective.TREE, Ranks.of(machine, 0, 1, machine.cards()), NORM_BYTES);
    }

    /** Bytes that the update of a card's shard moves in memory. */
    public double optimizerMemoryBytes(int stage) {
        return OPTIMIZER_BYTES * parameters(stage) / layout.data()
                + OPTIMIZER_BYTES * expertParameters(stage) * layout.expert() / layout.data();
    }

    /** The update is bound by memory: a dozen operations on every 30 bytes. */
    public double optimizerSeconds(int stage) {
        return Roofline.memorySeconds(machine.card(), optimizerMemoryBytes(stage));
    }

    /** What a card of a stage keeps: weights in 2 bytes, gradients in 4, its shard of the optimizer's state in 12. */
    public double stateBytes(int stage) {
        return (2 + 4) * (parameters(stage) + expertParameters(stage)) + 12 * shard(stage);
    }

    /** What a card of a stage writes of a checkpoint: its replicas share what they hold alike. */
    public double checkpointBytes(int stage) {
        return Checkpoint.BYTES_PER_PARAMETER * shard(stage);
    }

    /** How long a card of a stage writes: storage takes as much of each card at a time. */
    public double checkpointSeconds(int stage) {
        return checkpointBytes(stage) * layout.cards() / workload.checkpoint().bytesPerSecond();
    }

    /** Parameters of which a card keeps the optimizer's state. */
    private double shard(int stage) {
        return parameters(stage) / layout.data() + expertParameters(stage) * layout.expert() / layout.data();
    }

    /** Model work of a step over all cards: 6 operations per matrix parameter that a token meets. */
    public double stepFlops() {
        return 6.0 * workload.shape().matrixParameters() * workload.stepTokens();
    }

    /** The same with attention's own operations. */
    public double stepFlopsWithAttention() {
        double flops = stepFlops();
        for (StageCost chunk : chunks) {
            flops += chunk.attentionFlops() * layout.tensor() * layout.data() * workload.microbatches();
        }
        return flops;
    }

    /** Bytes that all cards send in a step. */
    public double stepBusBytes() {
        double sent = 0;
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            double passes = forwardReductions(0, chunk).bytes()
                    + backwardReductions(0, chunk).bytes();
            if (layout.expert() > 1) {
                passes += 4.0 * exchanges(0, chunk).bytes();
            }
            int neighbours = (chunk > 0 ? 1 : 0) + (chunk < chunks.length - 1 ? 1 : 0);
            passes += neighbours * activationBytes() / layout.tensor();
            sent += passes * workload.microbatches() * layout.tensor() * layout.data();
        }
        boolean copies = workload.shape().hasExperts() && layout.data() > layout.expert();
        for (int stage = 0; stage < layout.pipeline(); stage++) {
            double card = gradientReduction(stage, 0).bytes()
                    + parameterGathering(stage, 0).bytes();
            if (copies) {
                card += expertGradientReduction(stage, 0, 0).bytes()
                        + expertParameterGathering(stage, 0, 0).bytes();
            }
            sent += card * layout.tensor() * layout.data();
        }
        return sent;
    }

    /** A card's parameters without routed experts, in all chunks of its stage. */
    private double parameters(int stage) {
        return chunksOf(stage).mapToDouble(c -> chunks[c].parameters()).sum();
    }

    private double expertParameters(int stage) {
        return chunksOf(stage).mapToDouble(c -> chunks[c].expertParameters()).sum();
    }

    private IntStream chunksOf(int stage) {
        return IntStream.range(0, layout.virtual()).map(v -> v * layout.pipeline() + stage);
    }

    private Transfer reduction(int replica, int chunk) {
        Ranks ranks = Ranks.of(machine, layout.card(replica, layout.stageOfChunk(chunk), 0), 1, layout.tensor());
        return CollectiveCost.allReduce(machine.collective(), ranks, activationBytes());
    }

    /** Activations between layers, 2 bytes each. */
    private double activationBytes() {
        return 2.0 * workload.microbatchTokens() * workload.shape().hidden();
    }

    private Ranks replicas(int stage, int tensorRank) {
        return Ranks.of(
                machine,
                IntStream.range(0, layout.data())
                        .map(replica -> layout.card(replica, stage, tensorRank))
                        .toArray());
    }

    private Ranks blocks(int stage, int tensorRank, int place) {
        return Ranks.of(
                machine,
                IntStream.range(0, layout.data() / layout.expert())
                        .map(block -> layout.card(block * layout.expert() + place, stage, tensorRank))
                        .toArray());
    }
}
