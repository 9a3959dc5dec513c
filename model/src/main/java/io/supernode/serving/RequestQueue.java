package io.supernode.serving;

import java.util.Iterator;

/**
 * The requests in the order of arrival, looked at one ahead. Requests that have arrived but were not taken stay in the
 * log they come from: a queue of any length costs no memory.
 */
final class RequestQueue {
    private final Iterator<Request> requests;
    private final long tokensMax;
    private Request head;

    /** @param tokensMax tokens of a request, prompt and output, that fit a die */
    RequestQueue(Iterator<Request> requests, long tokensMax) {
        this.requests = requests;
        this.tokensMax = tokensMax;
        advance();
    }

    boolean isEmpty() {
        return head == null;
    }

    /** When the first request arrived or will arrive. */
    long arrivalNanos() {
        return head.arrivalNanos();
    }

    long inputTokens() {
        return head.inputTokens();
    }

    Request take() {
        Request taken = head;
        advance();
        return taken;
    }

    private void advance() {
        Request before = head;
        head = requests.hasNext() ? requests.next() : null;
        if (head == null) {
            return;
        }
        if (before != null && head.arrivalNanos() < before.arrivalNanos()) {
            throw new IllegalArgumentException("must not go back in time: request " + head.index() + " arrivalNanos="
                    + head.arrivalNanos() + " after " + before.arrivalNanos());
        }
        // each is bounded first, so that the sum cannot wrap
        if (head.inputTokens() > tokensMax || head.outputTokens() > tokensMax - head.inputTokens()) {
            throw new IllegalArgumentException("must fit the memory of a decode die, " + tokensMax
                    + " tokens: request " + head.index() + " inputTokens=" + head.inputTokens() + " outputTokens="
                    + head.outputTokens());
        }
    }
}
