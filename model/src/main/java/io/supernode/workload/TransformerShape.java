package io.supernode.workload;

/**
 * A dense decoder-only transformer with grouped-query attention and a gated feed-forward (three matrices).
 *
 * @param name as scenarios write it
 * @param headSize width of one attention head; keys and values have the same
 * @param feedForward width of the feed-forward layer
 */
public record TransformerShape(
        String name,
        int layers,
        int hidden,
        int heads,
        int keyValueHeads,
        int headSize,
        int feedForward,
        int vocabulary) {
    /** Llama 3 405B: The Llama 3 Herd of Models (arXiv 2407.21783), Table 3. */
    public static TransformerShape llama3With405B() {
        return new TransformerShape("llama3-405b", 126, 16_384, 128, 8, 128, 53_248, 128_256);
    }

    /** Parameters of one layer's matrices: query and output, key and value, and the feed-forward's three. */
    public long layerMatrixParameters() {
        long attention = 2L * hidden * heads * headSize + 2L * hidden * keyValueHeads * headSize;
        return attention + 3L * hidden * feedForward;
    }

    /** Parameters of the output matrix; the input embedding has as many but does no arithmetic. */
    public long headParameters() {
        return (long) hidden * vocabulary;
    }

    /** Parameters that take part in matrix products, once per token each. */
    public long matrixParameters() {
        return layers * layerMatrixParameters() + headParameters();
    }

    /** All parameters, with the embedding and two norms per layer and one at the end. */
    public long parameters() {
        return matrixParameters() + headParameters() + (2L * layers + 1) * hidden;
    }

    /**
     * Forward operations of attention itself, for one token in one layer: {@code 2 · context · heads · (d_qk + d_v)}.
     *
     * @param context tokens attended to; half the sequence on average under a causal mask
     */
    public double attentionFlops(double context) {
        return 2 * context * heads * (2.0 * headSize);
    }
}
