package io.supernode.workload;

/**
 * How expert layers work on cards.
 *
 * @param efficiency share of a card's peak that whole expert layers reach, 0 to 1
 * @param imbalance expected load of the fullest of 64 ranks over the mean, 1 to 1.6
 * @param crossServerShare share of a token's copies that cross between scale-up domains, where the others are made from
 *     behind the crossing: 1 flat, 0.5 for routing that is limited to 4 nodes
 */
public record ExpertWork(double efficiency, double imbalance, double crossServerShare) {
    /** Ranks at which the imbalance is stated. */
    public static final int RANKS = 64;

    /**
     * Efficiency 0.32: the one value that gives both published ends, DeepSeek-V3 at 600 tokens/s per card or 530 and
     * Qwen3 at 750 or 850 [D]. Imbalance 1.15 [A].
     */
    public static final ExpertWork ASSUMED = new ExpertWork(0.32, 1.15, 1);
}
