package io.supernode.training;

import io.supernode.cost.Roofline;
import io.supernode.machine.Machine;
import io.supernode.workload.Recompute;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;

/**
 * What one microbatch costs one card of one pipeline stage, and what the stage has to keep.
 *
 * @param layers transformer layers of the stage
 * @param parameters of the card's share of the stage
 * @param forwardSeconds forward computation, without communication
 * @param backwardSeconds backward computation: twice the forward one, and the forward one again under full recompute
 * @param forwardFlops model work of the card: 2 operations per matrix parameter and token
 * @param backwardFlops model work of the card: 4 operations per matrix parameter and token
 * @param attentionFlops attention's own operations, forward and backward; not in the two before
 * @param forwardMemoryBytes to and from the card's memory
 * @param backwardMemoryBytes to and from the card's memory
 * @param forwardReductions tensor-parallel all-reduces of the microbatch's activations
 * @param backwardReductions the same in the backward pass
 */
public record StageCost(
        int layers,
        double parameters,
        double forwardSeconds,
        double backwardSeconds,
        double forwardFlops,
        double backwardFlops,
        double attentionFlops,
        double forwardMemoryBytes,
        double backwardMemoryBytes,
        int forwardReductions,
        int backwardReductions) {
    /** Two all-reduces per layer and pass: after attention and after the feed-forward (Shoeybi et al. 2019, section 3). */
    private static final int REDUCTIONS_PER_LAYER = 2;

    /** Activations of a layer: 34 bytes per token and hidden unit (Korthikanti et al. 2022, equation 1, without scores). */
    private static final double ACTIVATION_BYTES = 34;

    public double seconds() {
        return forwardSeconds + backwardSeconds;
    }

    static StageCost of(Machine machine, TrainingWorkload workload, int stage) {
        TransformerShape shape = workload.shape();
        int tensor = workload.layout().tensor();
        boolean first = stage == 0;
        boolean last = stage == workload.layout().pipeline() - 1;
        boolean recompute = workload.recompute() == Recompute.FULL;
        int layers = layers(shape.layers(), workload.layout().pipeline(), stage);
        double tokens = workload.microbatchTokens();

        double matrix = layers * (double) shape.layerMatrixParameters() + (last ? shape.headParameters() : 0);
        double parameters = matrix + (first ? shape.headParameters() : 0);
        double forward = 2 * matrix * tokens / tensor;
        // a causal mask leaves half of the sequence as context on average
        double attention = layers * shape.attentionFlops(workload.sequenceTokens() / 2.0) * tokens / tensor;
        double weights = 2 * parameters / tensor;
        double activations = layers * ACTIVATION_BYTES * tokens * shape.hidden() / tensor;
        double forwardBytes = weights + activations;
        // weights twice (for inputs and for weights), activations once, gradients read and written in 4 bytes
        double backwardBytes = 2 * weights + activations + 8 * parameters / tensor + (recompute ? forwardBytes : 0);
        int forwardPasses = recompute ? 1 : 0;
        return new StageCost(
                layers,
                parameters / tensor,
                Roofline.seconds(
                        machine.card(), workload.precision(), forward + attention, workload.efficiency(), forwardBytes),
                Roofline.seconds(
                        machine.card(),
                        workload.precision(),
                        (2 + forwardPasses) * (forward + attention),
                        workload.efficiency(),
                        backwardBytes),
                forward,
                2 * forward,
                3 * attention,
                forwardBytes,
                backwardBytes,
                REDUCTIONS_PER_LAYER * layers + (first ? 1 : 0), // the embedding's, split by vocabulary
                REDUCTIONS_PER_LAYER * layers + (last ? 1 : 0)); // and the output matrix's
    }

    /**
     * Layers of a stage. Where they do not divide, stages in the middle have one more than the first, which embeds, and
     * the last, which has the output matrix: Llama 3 dropped one layer from each end for that (2407.21783, 3.3.2).
     */
    static int layers(int layers, int stages, int stage) {
        int extra = layers % stages;
        int turn = stage == stages - 1 ? stages - 1 : stage == 0 ? Math.max(0, stages - 2) : stage - 1;
        return layers / stages + (turn < extra ? 1 : 0);
    }
}
