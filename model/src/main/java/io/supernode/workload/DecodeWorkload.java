package io.supernode.workload;

/**
 * Nothing but the generation of tokens: one decode instance that is always full, at its nominal batch, prompt and output,
 * as measurements are published.
 *
 * @param model what is served
 * @param decode the instance and its operating point
 * @param jitter coefficient of variation of a card's working time from iteration to iteration, 0 to 0.2
 */
public record DecodeWorkload(String name, ServedModel model, DecodeSettings decode, double jitter) implements Workload {
    public DecodeWorkload {
        if (!(jitter >= 0 && jitter <= 0.2)) {
            throw new IllegalArgumentException("must be 0 to 0.2: jitter=" + jitter);
        }
    }
}
