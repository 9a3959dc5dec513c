package io.supernode.training;

import io.supernode.cost.Transfer;
import io.supernode.workload.Layout;

/**
 * The nominal costs of a step by card, stage and group, looked up once: what {@link StepSimulation} reads in its inner
 * loop. Direction 0 is forward, 1 backward.
 */
final class StepPlan {
    final double[] forwardNanos;
    final double[] backwardNanos;
    final long[] forwardMegaflops;
    final long[] backwardMegaflops;
    final long[] stepMegaflops;
    final long[] forwardMemoryBytes;
    final long[] backwardMemoryBytes;
    final double[] optimizerNanos;
    final long[] optimizerMemoryBytes;
    /** By direction and tensor-parallel group. */
    final Transfer[][] reductions;
    /** By direction and stage. */
    final double[][] rootOfReductions;
    /** By direction and sender; null where the pipeline ends. */
    final Transfer[][] pipeline;

    final long[] pipelineLatency;
    /** By place in the replica. */
    final Transfer[] gradientReduction;

    final Transfer[] parameterGathering;
    final Transfer normReduction;
    /** Each card's share of a microbatch's tokens. */
    final long[] tokens;

    private final Layout layout;

    StepPlan(TrainingCost cost) {
        layout = cost.workload().layout();
        int stages = layout.pipeline();
        int cards = layout.cards();
        int places = layout.tensor() * stages;
        int microbatches = cost.workload().microbatches();
        forwardNanos = new double[stages];
        backwardNanos = new double[stages];
        forwardMegaflops = new long[stages];
        backwardMegaflops = new long[stages];
        stepMegaflops = new long[stages];
        forwardMemoryBytes = new long[stages];
        backwardMemoryBytes = new long[stages];
        optimizerNanos = new double[stages];
        optimizerMemoryBytes = new long[stages];
        rootOfReductions = new double[2][stages];
        for (int s = 0; s < stages; s++) {
            StageCost stage = cost.stage(s);
            forwardNanos[s] = stage.forwardSeconds() * 1e9;
            backwardNanos[s] = stage.backwardSeconds() * 1e9;
            forwardMegaflops[s] = Math.round(stage.forwardFlops() / 1e6);
            backwardMegaflops[s] = Math.round(stage.backwardFlops() / 1e6);
            stepMegaflops[s] = (forwardMegaflops[s] + backwardMegaflops[s]) * microbatches;
            forwardMemoryBytes[s] = Math.round(stage.forwardMemoryBytes());
            backwardMemoryBytes[s] = Math.round(stage.backwardMemoryBytes());
            optimizerNanos[s] = cost.optimizerSeconds(s) * 1e9;
            optimizerMemoryBytes[s] = Math.round(cost.optimizerMemoryBytes(s));
            rootOfReductions[0][s] = StrictMath.sqrt(stage.forwardReductions());
            rootOfReductions[1][s] = StrictMath.sqrt(stage.backwardReductions());
        }
        reductions = new Transfer[2][layout.data() * stages];
        for (int group = 0; group < reductions[0].length; group++) {
            reductions[0][group] = cost.forwardReductions(group / stages, group % stages);
            reductions[1][group] = cost.backwardReductions(group / stages, group % stages);
        }
        pipeline = new Transfer[2][cards];
        pipelineLatency = new long[cards];
        tokens = new long[cards];
        for (int card = 0; card < cards; card++) {
            if (layout.stage(card) < stages - 1) {
                pipeline[0][card] = cost.pipelineTransfer(card, card + layout.tensor());
            }
            if (layout.stage(card) > 0) {
                pipeline[1][card] = cost.pipelineTransfer(card, card - layout.tensor());
            }
            pipelineLatency[card] = cost.machine().sameNode().latencyNanos();
            tokens[card] = share(cost.workload().microbatchTokens(), places, card % places);
        }
        gradientReduction = new Transfer[places];
        parameterGathering = new Transfer[places];
        for (int place = 0; place < places; place++) {
            gradientReduction[place] = cost.gradientReduction(place / layout.tensor(), place % layout.tensor());
            parameterGathering[place] = cost.parameterGathering(place / layout.tensor(), place % layout.tensor());
        }
        normReduction = cost.normReduction();
    }

    /**
     * Communicators are numbered: tensor-parallel groups forward, then backward; replicas' groups; all cards; neighbours
     * in the pipeline. Directions apart, so that group, step and microbatch name one collective or transfer.
     */
    int tensorGroup(int group, int direction) {
        return direction * layout.data() * layout.pipeline() + group;
    }

    int replicaGroup(int place) {
        return 2 * layout.data() * layout.pipeline() + place;
    }

    int worldGroup() {
        return replicaGroup(layout.tensor() * layout.pipeline());
    }

    int pairGroup(int sender, int receiver) {
        return worldGroup() + 1 + 2 * Math.min(sender, receiver) + (sender < receiver ? 0 : 1);
    }

    /** Whole shares that add up: the first of {@code parts} get what does not divide. */
    static long share(long whole, int parts, int index) {
        return whole / parts + (index < whole % parts ? 1 : 0);
    }
}
