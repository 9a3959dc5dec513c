package io.supernode.event;

/**
 * One served request, reported by the card that finished it. Times are event time: nanoseconds from the run's start.
 *
 * @param card index of the card that reported, from 0
 * @param request position of the request in its trace, from 0
 * @param arrivalNanos when the request arrived
 * @param firstTokenNanos when its first token left; -1 unknown
 * @param endNanos when its last token left
 * @param inputTokens tokens of the prompt, &gt;= 0
 * @param outputTokens tokens generated, &gt;= 0
 */
public record RequestEvent(
        int card,
        long request,
        long arrivalNanos,
        long firstTokenNanos,
        long endNanos,
        long inputTokens,
        long outputTokens) {
    /** Stands for a moment that the source does not tell. */
    public static final long UNKNOWN_NANOS = -1;
}
