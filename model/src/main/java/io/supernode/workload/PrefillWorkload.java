package io.supernode.workload;

/**
 * Nothing but the processing of prompts: one prefill instance that always has a full batch of prompts of one length, none of
 * which it has seen before, as measurements are published.
 *
 * @param model what is served
 * @param prefill the instance; its number of instances and its prefix cache do not count
 * @param promptTokens length of every prompt
 * @param overheadNanos launch and operator overhead of one layer
 * @param jitter coefficient of variation of a card's working time from batch to batch, 0 to 0.2
 */
public record PrefillWorkload(
        String name, ServedModel model, PrefillSettings prefill, int promptTokens, long overheadNanos, double jitter)
        implements Workload {
    public PrefillWorkload {
        if (promptTokens < 1 || promptTokens > prefill.batchTokens()) {
            throw new IllegalArgumentException("must be 1 to prefill.batchTokens=" + prefill.batchTokens()
                    + ": prefill.promptTokens=" + promptTokens);
        }
        if (!(jitter >= 0 && jitter <= 0.2)) {
            throw new IllegalArgumentException("must be 0 to 0.2: jitter=" + jitter);
        }
    }

    /** Whole prompts of a full batch. */
    public long prompts() {
        return prefill.batchTokens() / promptTokens;
    }

    public long batchTokens() {
        return prompts() * promptTokens;
    }
}
