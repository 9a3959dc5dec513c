package io.supernode.workload;

/**
 * A decoder-only transformer with a gated feed-forward (three matrices), dense or of experts, and separate matrices for
 * input and output tokens.
 *
 * @param name as scenarios write it
 * @param feedForward width of the feed-forward of a dense layer
 * @param experts of the other layers; {@link Experts#NONE} for a dense model
 */
public record TransformerShape(
        String name, int layers, int hidden, Attention attention, int feedForward, Experts experts, int vocabulary) {
    /** A dense model with grouped-query attention. */
    public TransformerShape(
            String name,
            int layers,
            int hidden,
            int heads,
            int keyValueHeads,
            int headSize,
            int feedForward,
            int vocabulary) {
        this(
                name,
                layers,
                hidden,
                Attention.grouped(heads, keyValueHeads, headSize),
                feedForward,
                Experts.NONE,
                vocabulary);
    }

    public boolean hasExperts() {
        return experts.count() > 0;
    }

    /** Layers that route tokens to experts, among the {@code layers} that follow the first {@code before}. */
    public int expertLayers(int before, int layers) {
        return hasExperts() ? Math.max(0, before + layers - Math.max(before, experts.denseLayers())) : 0;
    }

    /** Parameters of a dense layer's matrices: attention and the feed-forward's three. */
    public long denseLayerParameters() {
        return attention.parameters(hidden) + 3L * hidden * feedForward;
    }

    /** Parameters of an expert layer that every token meets: attention, router, shared experts. */
    public long commonParameters() {
        return attention.parameters(hidden) + (long) hidden * experts.count() + experts.shared() * expertParameters();
    }

    /** One expert's three matrices. */
    public long expertParameters() {
        return 3L * hidden * experts.feedForward();
    }

    /** Parameters of the output matrix; the input embedding has as many but does no arithmetic. */
    public long headParameters() {
        return (long) hidden * vocabulary;
    }

    /** Parameters that one token meets in matrix products, once each. */
    public long matrixParameters() {
        int expertLayers = expertLayers(0, layers);
        return (layers - expertLayers) * denseLayerParameters()
                + expertLayers * (commonParameters() + experts.perToken() * expertParameters())
                + headParameters();
    }

    /** All parameters, with the embedding and two norms per layer and one at the end. */
    public long parameters() {
        int unmet = experts.count() - experts.perToken();
        return matrixParameters()
                + expertLayers(0, layers) * unmet * expertParameters()
                + headParameters()
                + (2L * layers + 1) * hidden;
    }
}
