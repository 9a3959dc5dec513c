package io.supernode.workload;

/**
 * A layer's attention, as far as costs depend on it.
 *
 * @param heads query heads
 * @param keyValueHeads heads of keys and values (grouped-query attention); as many as {@code heads} with latents
 * @param queryKeySize width of one head's query and key
 * @param valueSize width of one head's value
 * @param queryLatent width to which queries are compressed; 0 without latents
 * @param keyValueLatent width to which keys and values are compressed; 0 without latents
 * @param ropeSize part of the key that carries the position and is shared by all heads; 0 without latents
 */
public record Attention(
        int heads,
        int keyValueHeads,
        int queryKeySize,
        int valueSize,
        int queryLatent,
        int keyValueLatent,
        int ropeSize) {
    /** Grouped-query attention (Ainslie et al. 2023). */
    public static Attention grouped(int heads, int keyValueHeads, int headSize) {
        return new Attention(heads, keyValueHeads, headSize, headSize, 0, 0, 0);
    }

    /** Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434 section 2.1). */
    public static Attention latent(int heads, int headSize, int ropeSize, int queryLatent, int keyValueLatent) {
        return new Attention(heads, heads, headSize + ropeSize, headSize, queryLatent, keyValueLatent, ropeSize);
    }

    /** Parameters of one layer's projections. */
    public long parameters(int hidden) {
        long output = (long) hidden * heads * valueSize;
        if (keyValueLatent == 0) {
            return (long) hidden * heads * queryKeySize
                    + output
                    + (long) hidden * keyValueHeads * (queryKeySize + valueSize);
        }
        long query = (long) hidden * queryLatent + (long) queryLatent * heads * queryKeySize;
        long down = (long) hidden * (keyValueLatent + ropeSize);
        long up = (long) keyValueLatent * heads * (queryKeySize - ropeSize + valueSize);
        return query + down + up + output;
    }

    /**
     * Forward operations of attention itself, for one token in one layer: {@code 2 · context · heads · (d_qk + d_v)}.
     *
     * @param context tokens attended to; half the sequence on average under a causal mask
     */
    public double flops(double context) {
        return 2 * context * heads * ((double) queryKeySize + valueSize);
    }
}
