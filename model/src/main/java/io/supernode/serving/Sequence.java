package io.supernode.serving;

import io.supernode.event.RequestEvent;

/** One request on its way through the machine. */
final class Sequence {
    private static final int[] NONE = {};

    final long index;
    final long arrivalNanos;
    final long inputTokens;
    final long outputTokens;
    int[] prefixBlocks;
    /** prompt tokens that need no computing, because an earlier prompt began with them */
    long reusedTokens;
    /** prompt tokens whose keys and values exist */
    long prefilledTokens;
    /** output tokens so far */
    long producedTokens;

    long firstTokenNanos;
    int prefillInstance;
    /** the prefill card that holds its keys and values and sends them */
    int prefillCard;
    /** die of the decode instance */
    int die;

    Sequence(Request request) {
        index = request.index();
        arrivalNanos = request.arrivalNanos();
        inputTokens = request.inputTokens();
        outputTokens = request.outputTokens();
        prefixBlocks = request.prefixBlocks() == null ? NONE : request.prefixBlocks();
        firstTokenNanos = RequestEvent.UNKNOWN_NANOS;
    }

    /** Tokens that it will hold at its end: what is reserved for it on its die. */
    long finalTokens() {
        return inputTokens + outputTokens;
    }

    long contextTokens() {
        return inputTokens + producedTokens;
    }

    void prefixDone() {
        prefixBlocks = NONE;
    }
}
