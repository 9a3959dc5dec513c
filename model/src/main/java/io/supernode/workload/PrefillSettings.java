package io.supernode.workload;

/**
 * How prompts are processed: instances of some cards each, which take whole prompts or chunks of long ones.
 *
 * @param instances instances, on the cards after decode's
 * @param cards cards of one instance
 * @param batchTokens prompt tokens that an instance processes at once, at most; longer prompts go in chunks
 * @param efficiency share of the INT8 peak that a whole prefill reaches, 0 to 1
 * @param prefixCacheBytes memory for keys and values of prompt blocks kept for reuse; 0 for none
 */
public record PrefillSettings(int instances, int cards, long batchTokens, double efficiency, long prefixCacheBytes) {
    /**
     * Share of the INT8 peak measured with the experts' real balance: 5,655 tokens/s per card at prompts of 4,096
     * (arXiv 2506.12708 section 5); with perfectly balanced experts 6,688, which is 0.371.
     */
    public static final double EFFICIENCY_MEASURED = 0.314;

    public static final double EFFICIENCY_BALANCED = 0.371;

    /** Cards of one instance (arXiv 2506.12708 section 5). */
    public static final int CARDS_PUBLISHED = 16;

    /**
     * Instances of 16 cards as published. Assumed, not published: 4,096 tokens per card and batch (a prompt of the
     * published length each; throughput was measured at 16,384) and 8 TiB of the nodes' memory for prefixes, about a
     * twelfth of what they hold.
     */
    public static PrefillSettings published(int instances) {
        return new PrefillSettings(instances, CARDS_PUBLISHED, CARDS_PUBLISHED * 4096, EFFICIENCY_MEASURED, 8L << 40);
    }

    public PrefillSettings {
        if (instances < 1) {
            throw new IllegalArgumentException("must be >= 1: prefill.instances=" + instances);
        }
        if (cards < 1) {
            throw new IllegalArgumentException("must be >= 1: prefill.cards=" + cards);
        }
        if (batchTokens < 1) {
            throw new IllegalArgumentException("must be >= 1: prefill.batchTokens=" + batchTokens);
        }
        if (!(efficiency > 0 && efficiency <= 1)) {
            throw new IllegalArgumentException("must be above 0, at most 1: prefill.efficiency=" + efficiency);
        }
        if (prefixCacheBytes < 0) {
            throw new IllegalArgumentException("must be >= 0: prefill.prefixCache=" + prefixCacheBytes);
        }
    }

    public PrefillSettings withBatchTokens(long tokens) {
        return new PrefillSettings(instances, cards, tokens, efficiency, prefixCacheBytes);
    }

    public PrefillSettings withEfficiency(double share) {
        return new PrefillSettings(instances, cards, batchTokens, share, prefixCacheBytes);
    }

    public PrefillSettings withPrefixCacheBytes(long bytes) {
        return new PrefillSettings(instances, cards, batchTokens, efficiency, bytes);
    }
}
