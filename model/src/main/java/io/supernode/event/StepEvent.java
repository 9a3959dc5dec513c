package io.supernode.event;

/**
 * One whole step (training step or decode iteration) as one card saw it, reported when it ended. Sums over step events
 * count whole steps only, which is what tokens per second per card are read from. Times are event time.
 *
 * @param card index of the card in its supernode, from 0
 * @param step index of the step, from 0
 * @param startNanos start of the step
 * @param durationNanos length of the step
 * @param waitNanos time of the step in which the card neither computed nor transferred
 * @param tokens this card's share of the step's tokens: over all cards, each token once
 * @param megaflops model work of this card in the step, 10^6 floating-point operations
 */
public record StepEvent(
        int card, int step, long startNanos, long durationNanos, long waitNanos, long tokens, long megaflops) {
    public long endNanos() {
        return startNanos + durationNanos;
    }
}
