package io.supernode.training;

import io.supernode.cost.CollectiveCost;
import io.supernode.cost.Ranks;
import io.supernode.cost.Roofline;
import io.supernode.cost.Transfer;
import io.supernode.machine.Collective;
import io.supernode.machine.Machine;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;

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

    private final Machine machine;
    private final TrainingWorkload workload;
    private final StageCost[] stages;

    public TrainingCost(Machine machine, TrainingWorkload workload) {
        this.machine = machine;
        this.workload = workload;
        stages = new StageCost[workload.layout().pipeline()];
        for (int stage = 0; stage < stages.length; stage++) {
            stages[stage] = StageCost.of(machine, workload, stage);
        }
    }

    public Machine machine() {
        return machine;
    }

    public TrainingWorkload workload() {
        return workload;
    }

    public StageCost stage(int stage) {
        return stages[stage];
    }

    /** All-reduces of one forward pass of a microbatch through a stage, as one transfer. */
    public Transfer forwardReductions(int replica, int stage) {
        return reduction(replica, stage).times(stages[stage].forwardReductions());
    }

    public Transfer backwardReductions(int replica, int stage) {
        return reduction(replica, stage).times(stages[stage].backwardReductions());
    }

    /**
     * Activations (or their gradients) from a card to its peer in the neighbouring stage; each card of the group sends
     * its share (Narayanan et al. 2021, section 4.1).
     */
    public Transfer pipelineTransfer(int fromCard, int toCard) {
        return CollectiveCost.pointToPoint(
                machine.link(fromCard, toCard),
                activationBytes() / workload.layout().tensor());
    }

    public Transfer gradientReduction(int stage, int tensorRank) {
        return CollectiveCost.reduceScatter(
                machine.collective(), replicas(stage, tensorRank), GRADIENT_BYTES * stages[stage].parameters());
    }

    public Transfer parameterGathering(int stage, int tensorRank) {
        return CollectiveCost.allGather(
                machine.collective(), replicas(stage, tensorRank), PARAMETER_BYTES * stages[stage].parameters());
    }

    public Transfer normReduction() {
        return CollectiveCost.allReduce(Collective.TREE, Ranks.of(machine, 0, 1, machine.cards()), NORM_BYTES);
    }

    /** Bytes that the update of a card's shard moves in memory. */
    public double optimizerMemoryBytes(int stage) {
        return OPTIMIZER_BYTES * stages[stage].parameters() / workload.layout().data();
    }

    /** The update is bound by memory: a dozen operations on every 30 bytes. */
    public double optimizerSeconds(int stage) {
        return Roofline.memorySeconds(machine.card(), optimizerMemoryBytes(stage));
    }

    /** Model work of a step over all cards: 6 operations per matrix parameter and token. */
    public double stepFlops() {
        return 6.0 * workload.shape().matrixParameters() * workload.stepTokens();
    }

    /** The same with attention's own operations. */
    public double stepFlopsWithAttention() {
        double flops = stepFlops();
        Layout layout = workload.layout();
        for (StageCost stage : stages) {
            flops += stage.attentionFlops() * layout.tensor() * layout.data() * workload.microbatches();
        }
        return flops;
    }

    private Transfer reduction(int replica, int stage) {
        Layout layout = workload.layout();
        Ranks ranks = Ranks.of(machine, layout.card(replica, stage, 0), 1, layout.tensor());
        return CollectiveCost.allReduce(machine.collective(), ranks, activationBytes());
    }

    /** Activations between layers, 2 bytes each. */
    private double activationBytes() {
        return 2.0 * workload.microbatchTokens() * workload.shape().hidden();
    }

    private Ranks replicas(int stage, int tensorRank) {
        Layout layout = workload.layout();
        return Ranks.of(machine, layout.card(0, stage, tensorRank), layout.tensor() * layout.pipeline(), layout.data());
    }
}
