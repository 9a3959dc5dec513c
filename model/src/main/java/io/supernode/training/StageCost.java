package io.supernode.training;

import io.supernode.cost.Roofline;
import io.supernode.machine.Machine;
import io.supernode.workload.Layout;
import io.supernode.workload.Recompute;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;

/**
 * What one microbatch costs one card in one chunk of layers (a whole pipeline stage, unless stages are interleaved), and
 * what the card has to keep of it.
 *
 * @param layers transformer layers of the chunk
 * @param expertLayers layers of these that route tokens to experts
 * @param parameters of the card's share, without routed experts
 * @param expertParameters routed experts' parameters on the card
 * @param forwardSeconds forward computation, without communication
 * @param backwardSeconds backward computation: twice the forward one, and the forward one again under full recompute
 * @param routedShare share of the computation that goes with the tokens routed to the card's experts, 0 to 1
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
        int expertLayers,
        double parameters,
        double expertParameters,
        double forwardSeconds,
        double backwardSeconds,
        double routedShare,
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

    static StageCost of(Machine machine, TrainingWorkload workload, int chunk) {
        TransformerShape shape = workload.shape();
        Layout layout = workload.layout();
        int tensor = layout.tensor();
        boolean first = chunk == 0;
        boolean last = chunk == layout.chunks() - 1;
        boolean recompute = workload.recompute() == Recompute.FULL;
        int layers = layers(shape.layers(), layout.chunks(), chunk);
        int expertLayers = shape.expertLayers(layersBefore(shape.layers(), layout.chunks(), chunk), layers);
        int denseLayers = layers - expertLayers;
        double tokens = workload.microbatchTokens();

        double head = last ? shape.headParameters() : 0;
        double denseMatrix = denseLayers * (double) shape.denseLayerParameters() + head;
        double commonMatrix = expertLayers * (double) shape.commonParameters();
        double routedMatrix = expertLayers * (double) shape.experts().perToken() * shape.expertParameters();
        double parameters = denseMatrix + commonMatrix + (first ? shape.headParameters() : 0);
        double expertParameters =
                expertLayers * (double) shape.experts().count() * shape.expertParameters() / layout.expert();
        double forward = 2 * (denseMatrix + commonMatrix + routedMatrix) * tokens / tensor;
        // a causal mask leaves half of the sequence as context on average
        double layerAttention = shape.attention().flops(workload.sequenceTokens() / 2.0) * tokens / tensor;
        double attention = layers * layerAttention;
        // expert layers reach less of the peak, all of their work: as if they had more of it
        double slower = workload.efficiency() / workload.experts().efficiency();
        double inExpertLayers = 2 * (commonMatrix + routedMatrix) * tokens / tensor + expertLayers * layerAttention;
        double work = forward + attention + (expertLayers == 0 ? 0 : (slower - 1) * inExpertLayers);
        double weights = 2 * (parameters + expertParameters) / tensor;
        double activations = layers * ACTIVATION_BYTES * tokens * shape.hidden() / tensor;
        double forwardBytes = weights + activations;
        // weights twice (for inputs and for weights), activations once, gradients read and written in 4 bytes
        double backwardBytes = 2 * weights
                + activations
                + 8 * (parameters + expertParameters) / tensor
                + (recompute ? forwardBytes : 0);
        int forwardPasses = recompute ? 1 : 0;
        return new StageCost(
                layers,
                expertLayers,
                parameters / tensor,
                expertParameters / tensor,
                Roofline.seconds(machine.card(), workload.precision(), work, workload.efficiency(), forwardBytes),
                Roofline.seconds(
                        machine.card(),
                        workload.precision(),
                        (2 + forwardPasses) * work,
                        workload.efficiency(),
                        backwardBytes),
                slower * 2 * routedMatrix * tokens / tensor / work,
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

    private static int layersBefore(int layers, int stages, int stage) {
        int before = 0;
        for (int s = 0; s < stage; s++) {
            before += layers(layers, stages, s);
        }
        return before;
    }
}
