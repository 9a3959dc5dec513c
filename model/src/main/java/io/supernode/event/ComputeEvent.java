package io.supernode.event;

/**
 * One span of work of one card. Times are event time: nanoseconds from the run's start.
 *
 * @param card index of the card in its supernode, from 0
 * @param startNanos start of the work
 * @param durationNanos length of the work, &gt;= 0
 * @param tokens this card's share of the tokens that the span completed: summed over all cards it gives the tokens
 *     completed, each counted once; 0 while work on them goes on
 * @param megaflops model work done in the span, 10^6 floating-point operations
 * @param hbmBytes bytes moved to and from the card's memory
 * @param step index of the training or decode step, from 0; -1 where there is none
 * @param microbatch index of the microbatch in the step; -1 where there is none
 * @param stage pipeline stage of the card; -1 where there is none
 */
public record ComputeEvent(
        int card,
        ComputeOp op,
        long startNanos,
        long durationNanos,
        long tokens,
        long megaflops,
        long hbmBytes,
        int step,
        int microbatch,
        int stage) {
    public long endNanos() {
        return startNanos + durationNanos;
    }
}
