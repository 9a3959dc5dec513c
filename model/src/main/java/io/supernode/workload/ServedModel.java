package io.supernode.workload;

/**
 * A mixture-of-experts model with latent attention, as far as serving costs depend on it. Weights are INT8 (one byte
 * each), keys and values BF16 (two).
 *
 * @param name as its maker calls it
 * @param layers transformer layers
 * @param expertLayers layers of these that route tokens to experts
 * @param heads attention heads
 * @param latent width of the compressed keys and values
 * @param rope width of the position part of a key
 * @param queryKey width of one head's query and key in the uncompressed form, which prefill uses
 * @param value width of one head's value in that form
 * @param activeParameters parameters that one token meets in matrix multiplications
 * @param attentionParameters projections of one layer's attention
 * @param expertParameters one expert
 * @param embeddingParameters vocabulary times width, once for the embedding and once for the output
 * @param routedExperts experts of a layer that tokens are routed to
 * @param expertSlots places for experts of one layer: routed, shared and redundant copies
 * @param routedPerToken routed experts that one token meets; as many copies of it travel
 * @param sharedPerToken experts that every token meets
 * @param dispatchBytes one copy of a token on its way to an expert
 * @param combineBytes one expert's result on its way back
 */
public record ServedModel(
        String name,
        int layers,
        int expertLayers,
        int heads,
        int latent,
        int rope,
        int queryKey,
        int value,
        long activeParameters,
        long attentionParameters,
        long expertParameters,
        long embeddingParameters,
        int routedExperts,
        int expertSlots,
        int routedPerToken,
        int sharedPerToken,
        int dispatchBytes,
        int combineBytes) {
    private static final int HIDDEN = 7168;

    /**
     * DeepSeek-R1 (the shapes of DeepSeek-V3, arXiv 2412.19437 section 4.2): 36.6 billion active parameters without the
     * embedding. Expert slots as CloudMatrix-Infer deploys them (arXiv 2506.12708 section 4): 256 routed, 32 copies of
     * the shared and 32 redundant ones. A copy travels as INT8 with its scales (7,680 B) and returns as BF16.
     */
    public static ServedModel deepSeekR1() {
        // query down and up, key-value down and up, output
        long attention = HIDDEN * 1536L
                + 1536L * 128 * (128 + 64)
                + HIDDEN * (512L + 64)
                + 512L * 128 * (128 + 128)
                + 128L * 128 * HIDDEN;
        long expert = 3L * HIDDEN * 2048;
        return new ServedModel(
                "deepseek-r1",
                61,
                58,
                128,
                512,
                64,
                128 + 64,
                128,
                36_600_000_000L,
                attention,
                expert,
                2L * 129_280 * HIDDEN,
                256,
                256 + 32 + 32,
                8,
                1,
                HIDDEN + 512,
                2 * HIDDEN);
    }

    /** Of the experts that a token meets, those that it is routed to. */
    public double routedPart() {
        return (double) routedPerToken / (routedPerToken + sharedPerToken);
    }

    /** Of the operations of a prompt token without its attention, those in routed experts: 0.56 for DeepSeek-R1. */
    public double routedShareOfPrefill() {
        return (double) expertLayers * routedPerToken * expertParameters / activeParameters;
    }

    /** Keys and values of one token in one layer. */
    public long cacheBytesPerTokenLayer() {
        return 2L * (latent + rope);
    }

    /** Keys and values of one token in all layers: 70,272 B for DeepSeek-R1. */
    public long cacheBytesPerToken() {
        return layers * cacheBytesPerTokenLayer();
    }

    /**
     * Operations of one query token in one layer per token of context, in the absorbed form that decode uses:
     * {@code 2 heads (latent + rope + latent)}; 278,528 for DeepSeek-R1.
     */
    public long decodeAttentionFlops() {
        return 2L * heads * (2L * latent + rope);
    }

    /**
     * Operations to prefill {@code tokens} tokens that follow {@code before} tokens whose keys and values exist:
     * {@code 2 N n + 2 heads (queryKey + value) layers (before n + n^2 / 2)}, the causal half. 83.5 GFLOP a token for a
     * prompt of 4,096.
     */
    public double prefillFlops(long before, long tokens) {
        double pairs = (double) before * tokens + 0.5 * tokens * tokens;
        return 2.0 * activeParameters * tokens + 2.0 * heads * (queryKey + value) * layers * pairs;
    }

    /** Experts of one layer that a die holds when {@code dies} dies share them, rounded up. */
    public int expertsPerDie(int dies) {
        return (expertSlots + dies - 1) / dies;
    }

    /** Memory that the weights take on one of {@code dies} dies: attention and embeddings on each, experts shared. */
    public long weightBytesPerDie(int dies) {
        return layers * attentionParameters
                + (long) expertLayers * expertsPerDie(dies) * expertParameters
                + 2 * embeddingParameters;
    }
}
