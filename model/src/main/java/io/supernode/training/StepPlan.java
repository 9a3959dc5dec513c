package io.supernode.training;

import io.supernode.cost.Transfer;
import io.supernode.workload.Layout;

/**
 * The nominal costs of a step by card, chunk of layers and group, looked up once: what {@link StepSimulation} reads in
 * its inner loop. Direction 0 is forward, 1 backward. Chunks are counted over all stages; without interleaving a chunk
 * is a stage.
 */
final class StepPlan {
    /** By direction and chunk. */
    final double[][] computeNanos = new double[2][];

    final long[][] megaflops = new long[2][];
    final long[][] memoryBytes = new long[2][];
    /** By chunk. */
    final double[] routedShare;

    final double[] rootOfExchanges;
    /** By stage. */
    final long[] stepMegaflops;

    final double[] optimizerNanos;
    final long[] optimizerMemoryBytes;
    final long[] hiddenGradientNanos;
    final long[] checkpointNanos;
    /** By direction, chunk of the stage, and tensor-parallel group. */
    final Transfer[][][] reductions;
    /** By direction and chunk. */
    final double[][] rootOfReductions = new double[2][];

    final long[][] hiddenReductionNanos = new long[2][];
    final long[][] hiddenExchangeNanos = new long[2][];
    /** By block of replicas and chunk; null without expert layers. */
    final Transfer[][] exchanges;
    /** By direction and sender; null where the pipeline ends. */
    final Transfer[][] pipeline;

    final long[] pipelineLatency;
    /** By place in the replica. */
    final Transfer[] gradientReduction;

    final Transfer[] parameterGathering;
    /** By place in the block of replicas; empty where every expert exists once. */
    final Transfer[] expertGradientReduction;

    final Transfer[] expertParameterGathering;
    final Transfer normReduction;
    /** Each card's share of a microbatch's tokens. */
    final long[] tokens;

    private final TrainingCost cost;
    private final Layout layout;

    StepPlan(TrainingCost cost) {
        this.cost = cost;
        layout = cost.workload().layout();
        int stages = layout.pipeline();
        int chunks = layout.chunks();
        int places = layout.tensor() * stages;
        routedShare = new double[chunks];
        rootOfExchanges = new double[chunks];
        stepMegaflops = new long[stages];
        for (int direction = 0; direction < 2; direction++) {
            lookUpChunks(direction);
        }
        optimizerNanos = new double[stages];
        optimizerMemoryBytes = new long[stages];
        hiddenGradientNanos = new long[stages];
        checkpointNanos = new long[stages];
        for (int s = 0; s < stages; s++) {
            optimizerNanos[s] = cost.optimizerSeconds(s) * 1e9;
            optimizerMemoryBytes[s] = Math.round(cost.optimizerMemoryBytes(s));
            checkpointNanos[s] = (long) Math.ceil(cost.checkpointSeconds(s) * 1e9);
            hiddenGradientNanos[s] = (long) (cost.hiddenGradientSeconds(s) * 1e9);
        }
        reductions = new Transfer[2][layout.virtual()][layout.data() * stages];
        for (int v = 0; v < layout.virtual(); v++) {
            for (int group = 0; group < layout.data() * stages; group++) {
                int card = group * layout.tensor();
                int chunk = v * stages + layout.stage(card);
                reductions[0][v][group] = cost.forwardReductions(layout.replica(card), chunk);
                reductions[1][v][group] = cost.backwardReductions(layout.replica(card), chunk);
            }
        }
        exchanges = new Transfer[layout.data() / layout.expert()][chunks];
        for (int block = 0; block < exchanges.length && layout.expert() > 1; block++) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                boolean routes = cost.stage(chunk).expertLayers() > 0;
                exchanges[block][chunk] = routes ? cost.exchanges(block, chunk) : null;
            }
        }
        pipeline = new Transfer[2][layout.cards()];
        pipelineLatency = new long[layout.cards()];
        tokens = new long[layout.cards()];
        for (int card = 0; card < layout.cards(); card++) {
            lookUpCard(card, places);
        }
        gradientReduction = new Transfer[places];
        parameterGathering = new Transfer[places];
        for (int place = 0; place < places; place++) {
            gradientReduction[place] = cost.gradientReduction(place / layout.tensor(), place % layout.tensor());
            parameterGathering[place] = cost.parameterGathering(place / layout.tensor(), place % layout.tensor());
        }
        boolean copies = cost.workload().shape().hasExperts() && layout.data() > layout.expert();
        expertGradientReduction = new Transfer[copies ? places * layout.expert() : 0];
        expertParameterGathering = new Transfer[expertGradientReduction.length];
        for (int i = 0; i < expertGradientReduction.length; i++) {
            int stage = i / layout.expert() / layout.tensor();
            int rank = i / layout.expert() % layout.tensor();
            expertGradientReduction[i] = cost.expertGradientReduction(stage, rank, i % layout.expert());
            expertParameterGathering[i] = cost.expertParameterGathering(stage, rank, i % layout.expert());
        }
        normReduction = cost.normReduction();
    }

    private void lookUpChunks(int direction) {
        int chunks = layout.chunks();
        boolean forward = direction == 0;
        computeNanos[direction] = new double[chunks];
        megaflops[direction] = new long[chunks];
        memoryBytes[direction] = new long[chunks];
        rootOfReductions[direction] = new double[chunks];
        hiddenReductionNanos[direction] = new long[chunks];
        hiddenExchangeNanos[direction] = new long[chunks];
        for (int c = 0; c < chunks; c++) {
            StageCost chunk = cost.stage(c);
            computeNanos[direction][c] = (forward ? chunk.forwardSeconds() : chunk.backwardSeconds()) * 1e9;
            megaflops[direction][c] = Math.round((forward ? chunk.forwardFlops() : chunk.backwardFlops()) / 1e6);
            memoryBytes[direction][c] = Math.round(forward ? chunk.forwardMemoryBytes() : chunk.backwardMemoryBytes());
            rootOfReductions[direction][c] =
                    StrictMath.sqrt(forward ? chunk.forwardReductions() : chunk.backwardReductions());
            hiddenReductionNanos[direction][c] = (long) (cost.hiddenReductionSeconds(direction, c) * 1e9);
            hiddenExchangeNanos[direction][c] = (long) (cost.hiddenExchangeSeconds(direction, c) * 1e9);
            rootOfExchanges[c] = StrictMath.sqrt(chunk.expertLayers());
            routedShare[c] = layout.expert() == 1 ? 0 : chunk.routedShare();
            stepMegaflops[layout.stageOfChunk(c)] +=
                    megaflops[direction][c] * cost.workload().microbatches();
        }
    }

    private void lookUpCard(int card, int places) {
        int stage = layout.stage(card);
        int rank = layout.tensorRank(card);
        int replica = layout.replica(card);
        boolean wraps = layout.virtual() > 1;
        if (stage < layout.pipeline() - 1 || wraps) {
            int next = layout.card(replica, (stage + 1) % layout.pipeline(), rank);
            pipeline[0][card] = cost.pipelineTransfer(card, next);
        }
        if (stage > 0 || wraps) {
            int before = layout.card(replica, (stage + layout.pipeline() - 1) % layout.pipeline(), rank);
            pipeline[1][card] = cost.pipelineTransfer(card, before);
        }
        pipelineLatency[card] = cost.machine().sameNode().latencyNanos();
        tokens[card] = share(cost.workload().microbatchTokens(), places, stage * layout.tensor() + rank);
    }

    /**
     * Communicators are numbered: tensor-parallel groups forward, then backward, chunk after chunk; replicas' groups; all
     * cards; neighbours in the pipeline; expert-parallel groups; blocks' groups. Directions and chunks apart, so that
     * operation, group, step and microbatch name one collective or transfer.
     */
    int tensorGroup(int group, int direction, int chunk) {
        return (2 * (chunk / layout.pipeline()) + direction) * layout.data() * layout.pipeline() + group;
    }

    int replicaGroup(int place) {
        return 2 * layout.virtual() * layout.data() * layout.pipeline() + place;
    }

    int worldGroup() {
        return replicaGroup(layout.tensor() * layout.pipeline());
    }

    /** @param chunk the sender's */
    int pairGroup(int sender, int receiver, int direction, int chunk) {
        int earlier = direction == 0 ? sender : receiver;
        return worldGroup() + 1 + 2 * ((chunk / layout.pipeline()) * layout.cards() + earlier) + direction;
    }

    int exchangeGroup(int firstCard, int direction, int chunk) {
        int pairs = 2 * layout.virtual() * layout.cards();
        return worldGroup() + 1 + pairs + 2 * ((chunk / layout.pipeline()) * layout.cards() + firstCard) + direction;
    }

    int blockGroup(int place) {
        return worldGroup() + 1 + 4 * layout.virtual() * layout.cards() + place;
    }

    /** Communicators that these numbers can tell apart. */
    int groups() {
        return blockGroup(layout.cards());
    }

    /** Whole shares that add up: the first of {@code parts} get what does not divide. */
    static long share(long whole, int parts, int index) {
        return whole / parts + (index < whole % parts ? 1 : 0);
    }
}
