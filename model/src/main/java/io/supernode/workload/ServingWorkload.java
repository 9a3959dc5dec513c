package io.supernode.workload;

/**
 * A served model: one decode instance on the machine's first cards, prefill instances on those after it. Cards that
 * belong to neither stay idle.
 *
 * @param model what is served
 * @param prefill how prompts are processed
 * @param decode how tokens are generated
 * @param jitter coefficient of variation of a card's working time from batch to batch, 0 to 0.2
 */
public record ServingWorkload(
        String name, ServedModel model, PrefillSettings prefill, DecodeSettings decode, double jitter)
        implements Workload {
    /**
     * Assumed: no figure is published for serving cards. Small, because an iteration waits for the slowest of 160 cards,
     * and what that costs on average is inside the fitted constants.
     */
    public static final double JITTER_ASSUMED = 0.005;

    public ServingWorkload {
        if (!(jitter >= 0 && jitter <= 0.2)) {
            throw new IllegalArgumentException("must be 0 to 0.2: jitter=" + jitter);
        }
    }

    /** DeepSeek-R1 as CloudMatrix-Infer serves it, with as many prefill instances as {@code cards} have room for. */
    public static ServingWorkload deepSeekR1(int cards) {
        DecodeSettings decode = DecodeSettings.published();
        int instances = Math.max(1, (cards - decode.cards()) / PrefillSettings.CARDS_PUBLISHED);
        return new ServingWorkload(
                "deepseek-r1-serving",
                ServedModel.deepSeekR1(),
                PrefillSettings.published(instances),
                decode,
                JITTER_ASSUMED);
    }

    /** Cards that serve. */
    public int cards() {
        return decode.cards() + prefill.instances() * prefill.cards();
    }
}
