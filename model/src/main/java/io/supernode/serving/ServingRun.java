package io.supernode.serving;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;

/**
 * Requests served from the first to the last: queue, prefill, transfer of keys and values, decode. A discrete-event
 * simulation: time goes from one end of a batch, transfer or iteration, or arrival, to the next. Memory is bounded by
 * what the machine holds at once, not by the log.
 *
 * <p>What is emitted: per prefill batch and card a PREFILL, a DISPATCH and a COMBINE event; per cache transfer a
 * CACHE_TRANSFER event of each end; per burst and decode card a DISPATCH, a COMBINE and a DECODE event; per request its
 * event, on the card that gave its last token. Idle instances emit nothing. Tokens of all compute events add up to all
 * input and output tokens of the requests: PREFILL counts prompts, reused prefixes included, and the first output token;
 * DECODE all others.
 */
final class ServingRun implements EventSource {
    private static final long STRETCH_NANOS = 500_000_000;

    private final RequestQueue queue;
    private final PrefillPool prefill;
    private final CacheTransfers transfers;
    private final DecodeInstance decode;
    private final DecodeBurst burst;
    private final EventBuffer buffer = new EventBuffer();
    private long nowNanos;
    /** Up to where the simulation went: never behind {@code throughNanos}, before it while a burst is open. */
    private long horizonNanos;

    private long throughNanos;
    private boolean finished;

    ServingRun(
            RequestQueue queue,
            PrefillPool prefill,
            CacheTransfers transfers,
            DecodeInstance decode,
            DecodeBurst burst) {
        this.queue = queue;
        this.prefill = prefill;
        this.transfers = transfers;
        this.decode = decode;
        this.burst = burst;
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        if (finished) {
            return false;
        }
        long upcoming = upcomingNanos();
        if (upcoming == Long.MAX_VALUE) {
            return giveRest(batch);
        }
        // over a pause in one stretch: a log may be silent for hours
        long from = buffer.isEmpty() ? Math.max(horizonNanos, upcoming) : horizonNanos;
        horizonNanos = Math.addExact(from, STRETCH_NANOS);
        while (upcoming < horizonNanos) {
            nowNanos = upcoming;
            advance();
            upcoming = upcomingNanos();
        }
        throughNanos = Math.max(throughNanos, Math.min(horizonNanos, burst.startNanos()));
        buffer.release(throughNanos, batch);
        return true;
    }

    @Override
    public long throughNanos() {
        return throughNanos;
    }

    /** When something happens next; {@link Long#MAX_VALUE} when all requests are served. */
    private long upcomingNanos() {
        long ends = Math.min(decode.endNanos(), Math.min(prefill.nextEndNanos(), transfers.nextArrivalNanos()));
        return Math.min(ends, prefill.nextStartNanos(queue, nowNanos));
    }

    /** All that happens at this moment: first what ends, so that what starts finds the room. */
    private void advance() {
        EventBatch events = buffer.events();
        if (decode.endNanos() == nowNanos) {
            decode.end(events);
        }
        for (Sequence sequence : prefill.end(nowNanos)) {
            prefilled(sequence, events);
        }
        while (transfers.nextArrivalNanos() == nowNanos) {
            Sequence sequence = transfers.takeArrived();
            prefill.release(sequence);
            decode.join(sequence);
        }
        decode.admit(transfers, nowNanos, events);
        prefill.start(queue, nowNanos, events);
        decode.start(nowNanos);
    }

    private void prefilled(Sequence sequence, EventBatch events) {
        if (sequence.outputTokens > 0) {
            sequence.firstTokenNanos = nowNanos;
            sequence.producedTokens = 1;
        }
        if (sequence.outputTokens > 1) {
            decode.offer(sequence);
            return;
        }
        prefill.release(sequence);
        events.addRequest(
                sequence.prefillCard,
                sequence.index,
                sequence.arrivalNanos,
                sequence.firstTokenNanos,
                nowNanos,
                sequence.inputTokens,
                sequence.outputTokens);
    }

    private boolean giveRest(EventBatch batch) {
        if (!queue.isEmpty() || !decode.isEmpty()) {
            throw new IllegalStateException("must not stop before the last request: queue empty=" + queue.isEmpty()
                    + ", decode empty=" + decode.isEmpty());
        }
        finished = true;
        if (buffer.isEmpty()) {
            return false;
        }
        throughNanos = Math.max(throughNanos, buffer.lastEndNanos() + 1);
        buffer.release(throughNanos, batch);
        return true;
    }
}
