package io.supernode.workload;

/**
 * How tokens are generated: one instance, expert-parallel over all its dies.
 *
 * @param cards cards of the instance, the machine's first ones
 * @param batch sequences that a card decodes at once, at most
 * @param promptTokens prompt of the nominal operating point
 * @param outputTokens output of the nominal operating point
 * @param draftAcceptance share of drafted tokens that the model accepts, 0 to 1 (multi-token prediction, one draft)
 * @param matrixEfficiency share of the INT8 peak that matrix work reaches at decode's shapes
 * @param overheadNanos launch and operator overhead of one layer
 * @param burstNanos span of event time that one decode event sums up
 */
public record DecodeSettings(
        int cards,
        int batch,
        int promptTokens,
        int outputTokens,
        double draftAcceptance,
        double matrixEfficiency,
        long overheadNanos,
        long burstNanos) {
    /**
     * CloudMatrix-Infer's decode instance: 160 cards, batch 96, prompts of 4,096 and outputs of 256, acceptance 0.7
     * (arXiv 2506.12708 section 5). Efficiency 0.25 and overhead 130 us are the two constants fitted on its rows of
     * batch 96 and 24, given the latencies of dispatch and combine that the same paper measured.
     */
    public static DecodeSettings published() {
        return new DecodeSettings(160, 96, 4096, 256, 0.7, 0.25, 130_000, 500_000_000);
    }

    public DecodeSettings {
        atLeast("decode.cards", cards, 1);
        atLeast("decode.batch", batch, 1);
        atLeast("decode.promptTokens", promptTokens, 0);
        atLeast("decode.outputTokens", outputTokens, 1);
        atLeast("decode.overhead", overheadNanos, 0);
        atLeast("decode.burst", burstNanos, 1_000_000);
        if (!(draftAcceptance >= 0 && draftAcceptance <= 1)) {
            throw new IllegalArgumentException("must be 0 to 1: decode.draftAcceptance=" + draftAcceptance);
        }
        if (!(matrixEfficiency > 0 && matrixEfficiency <= 1)) {
            throw new IllegalArgumentException("must be above 0, at most 1: decode.efficiency=" + matrixEfficiency);
        }
    }

    public DecodeSettings withCards(int count) {
        return new DecodeSettings(
                count, batch, promptTokens, outputTokens, draftAcceptance, matrixEfficiency, overheadNanos, burstNanos);
    }

    public DecodeSettings withBatch(int sequences) {
        return new DecodeSettings(
                cards,
                sequences,
                promptTokens,
                outputTokens,
                draftAcceptance,
                matrixEfficiency,
                overheadNanos,
                burstNanos);
    }

    private static void atLeast(String key, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException("must be >= " + least + ": " + key + "=" + value);
        }
    }
}
