package io.supernode.serving;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.sample.CardProfile;

/**
 * What gauges say of serving cards: weights, and keys and values as events tell of them. A decode card holds what it has got of a
 * prompt and the tokens that it has given since, until the request is told. A prefill instance holds, spread over its cards,
 * the tokens of its batches until a decode card takes them or the request is told.
 */
final class ServingProfile implements CardProfile {
    private final int decodeCards;
    private final int prefillCards;
    private final double decodeShare;
    private final double prefillShare;
    private final long decodeWeights;
    private final long prefillWeights;
    private final long bytesPerToken;
    /** By decode card, then by prefill instance. */
    private final long[] tokens;

    /**
     * @param decodeShare of decode's computing, what matrix units do; {@code prefillShare} of prefill's
     * @param decodeWeights of a decode card in bytes; {@code prefillWeights} of a prefill card
     * @param bytesPerToken of keys and values
     */
    ServingProfile(
            int decodeCards,
            int prefillCards,
            int instances,
            double decodeShare,
            double prefillShare,
            long decodeWeights,
            long prefillWeights,
            long bytesPerToken) {
        this.decodeCards = decodeCards;
        this.prefillCards = prefillCards;
        this.decodeShare = decodeShare;
        this.prefillShare = prefillShare;
        this.decodeWeights = decodeWeights;
        this.prefillWeights = prefillWeights;
        this.bytesPerToken = bytesPerToken;
        tokens = new long[decodeCards + instances];
    }

    @Override
    public double matrixShare(int card) {
        return card < decodeCards ? decodeShare : prefillShare;
    }

    @Override
    public long hbmUsedBytes(int card) {
        if (card < decodeCards) {
            return decodeWeights + bytesPerToken * held(card);
        }
        int holder = holder(card);
        return holder < tokens.length ? prefillWeights + bytesPerToken * held(holder) / prefillCards : 0;
    }

    @Override
    public void take(EventBatch events, int i) {
        int holder = holder(events.card(i));
        boolean decodes = events.card(i) < decodeCards;
        EventKind kind = events.kind(i);
        if (kind == EventKind.COMPUTE) {
            tokens[holder] += events.tokens(i);
        } else if (kind == EventKind.REQUEST) {
            // the first token is prefill's: decode has made all but that
            boolean first = decodes && events.outputTokens(i) > 0;
            tokens[holder] -= events.inputTokens(i) + events.outputTokens(i) - (first ? 1 : 0);
        } else if (kind == EventKind.BUS && events.busOp(i) == BusOp.CACHE_TRANSFER) {
            // with the prompt goes what prefill has counted for its first token
            tokens[holder] +=
                    decodes ? events.receivedBytes(i) / bytesPerToken : -events.sentBytes(i) / bytesPerToken - 1;
        }
    }

    /** A request is told before the burst that holds its last tokens. */
    private long held(int holder) {
        return Math.max(0, tokens[holder]);
    }

    private int holder(int card) {
        return card < decodeCards ? card : decodeCards + (card - decodeCards) / prefillCards;
    }
}
