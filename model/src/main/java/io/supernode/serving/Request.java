package io.supernode.serving;

import java.util.Arrays;

/**
 * One request to a served model, as a log recorded it: what arrived, not what became of it.
 *
 * @param index position in the log, from 0
 * @param arrivalNanos arrival, nanoseconds from the log's origin; never before the request that precedes it
 * @param inputTokens tokens of the prompt, &gt;= 0
 * @param outputTokens tokens to generate, &gt;= 0
 * @param prefixBlocks identifiers of successive prompt blocks (512 tokens in Mooncake logs); equal identifiers mean
 *     equal content up to there, whose keys and values can be reused; empty where the log does not tell
 */
public record Request(long index, long arrivalNanos, long inputTokens, long outputTokens, int[] prefixBlocks) {
    public Request {
        if (arrivalNanos < 0) {
            throw new IllegalArgumentException("must be >= 0: arrivalNanos=" + arrivalNanos);
        }
        if (inputTokens < 0) {
            throw new IllegalArgumentException("must be >= 0: inputTokens=" + inputTokens);
        }
        if (outputTokens < 0) {
            throw new IllegalArgumentException("must be >= 0: outputTokens=" + outputTokens);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Request r
                && index == r.index
                && arrivalNanos == r.arrivalNanos
                && inputTokens == r.inputTokens
                && outputTokens == r.outputTokens
                && Arrays.equals(prefixBlocks, r.prefixBlocks);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(index * 31 + arrivalNanos);
    }
}
