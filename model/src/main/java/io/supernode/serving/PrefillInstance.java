package io.supernode.serving;

import io.supernode.disturbance.Outlook;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import io.supernode.unit.Draws;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.ServedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Some cards that prefill one batch of prompts at a time. A prompt that does not fit the batch goes on in the next one.
 * Each batch is one compute, one dispatch and one combine event per card. A card that is faster than the slowest waits
 * for it; the wait is at the front of its dispatch event, its work at the end of the batch.
 */
final class PrefillInstance {
    /** Memory for keys and values is given out in blocks of that many tokens (the logs' block size). */
    private static final long BLOCK_TOKENS = 512;

    private final int number;
    private final int firstCard;
    private final int cards;
    private final long batchTokensMax;
    private final long heldTokensMax;
    private final ServedModel model;
    private final PrefillCost cost;
    private final Fabric fabric;
    private final PrefillTimes times;

    private final List<Chunk> batch = new ArrayList<>();
    private Sequence unfinished;
    private long batchTokens;
    private long heldTokens;
    private long endNanos = Long.MAX_VALUE;
    private int batches;
    private int cardInTurn;

    PrefillInstance(
            int number,
            int firstCard,
            PrefillSettings settings,
            long heldTokensMax,
            ServedModel model,
            PrefillCost cost,
            Fabric fabric,
            Draws draws,
            double jitter,
            Outlook outlook) {
        this.number = number;
        this.firstCard = firstCard;
        this.cards = settings.cards();
        this.batchTokensMax = settings.batchTokens();
        this.heldTokensMax = heldTokensMax;
        this.model = model;
        this.cost = cost;
        this.fabric = fabric;
        times = new PrefillTimes(
                number, firstCard, cards, cost, model.routedShareOfPrefill(), fabric, draws, jitter, outlook);
    }

    /** End of the batch under way; {@link Long#MAX_VALUE} when idle. */
    long endNanos() {
        return endNanos;
    }

    /**
     * Whether a prompt of that length can start now: idle, room in the batch, and room to keep its keys and values until
     * decode takes them. A first prompt is always taken.
     */
    boolean accepts(long inputTokens) {
        return endNanos == Long.MAX_VALUE
                && batchTokens < batchTokensMax
                && (heldTokens == 0 || heldTokens + blocks(inputTokens) <= heldTokensMax);
    }

    long batchTokens() {
        return batchTokens;
    }

    void add(Sequence sequence) {
        sequence.prefillInstance = number;
        sequence.prefillCard = firstCard + cardInTurn;
        cardInTurn = (cardInTurn + 1) % cards;
        sequence.prefilledTokens = sequence.reusedTokens;
        heldTokens += blocks(sequence.inputTokens);
        addChunk(sequence, sequence.reusedTokens);
    }

    /** Puts the rest of a prompt that did not fit the last batch into this one. */
    void addUnfinished() {
        if (unfinished != null) {
            Sequence rest = unfinished;
            unfinished = null;
            addChunk(rest, 0);
        }
    }

    /** Frees the memory of a prompt that decode has taken or that needs no decode. */
    void release(Sequence sequence) {
        heldTokens -= blocks(sequence.inputTokens);
    }

    /** Starts the batch that was put together, if there is one. */
    void start(long now, EventBatch events) {
        if (batch.isEmpty()) {
            return;
        }
        double flops = 0;
        long computed = 0;
        long reused = 0;
        long completed = 0;
        for (Chunk chunk : batch) {
            flops += model.prefillFlops(chunk.sequence().prefilledTokens, chunk.tokens());
            computed += chunk.tokens();
            reused += chunk.reusedTokens();
            completed += chunk.tokens() + chunk.reusedTokens();
            if (chunk.last() && chunk.sequence().outputTokens > 0) {
                completed++;
            }
        }
        emit(now, flops, computed, reused, completed, events);
        batches++;
    }

    /** Ends the batch; adds the prompts that are done to {@code done}, in the order in which they were taken. */
    void end(List<Sequence> done) {
        for (Chunk chunk : batch) {
            Sequence sequence = chunk.sequence();
            sequence.prefilledTokens += chunk.tokens();
            if (chunk.last()) {
                done.add(sequence);
            } else {
                unfinished = sequence;
            }
        }
        batch.clear();
        batchTokens = 0;
        endNanos = Long.MAX_VALUE;
    }

    private void addChunk(Sequence sequence, long reusedTokens) {
        long rest = sequence.inputTokens - sequence.prefilledTokens;
        long tokens = Math.min(rest, batchTokensMax - batchTokens);
        batch.add(new Chunk(sequence, tokens, reusedTokens, tokens == rest));
        // an empty prompt takes a place too, or any number of them would fit
        batchTokens += Math.max(1, tokens);
    }

    private void emit(long now, double flops, long computed, long reused, long completed, EventBatch events) {
        endNanos = times.begin(now, batches, flops, computed, reused);
        long megaflops = (long) (flops / 1e6);
        long memoryBytes = (long) cost.memoryBytes(computed, reused);
        long dispatchBytes = (long) cost.dispatchBytes(computed);
        long combineBytes = (long) cost.combineBytes(computed);
        for (int c = 0; c < cards; c++) {
            int card = firstCard + c;
            long busy = times.busyNanos(c);
            events.addCompute(
                    card,
                    ComputeOp.PREFILL,
                    endNanos - busy,
                    busy,
                    Shares.share(completed, cards, c),
                    Shares.share(megaflops, cards, c),
                    Shares.share(memoryBytes, cards, c),
                    batches,
                    -1,
                    -1);
            long here = times.dispatchHereNanos(c);
            addBus(
                    events,
                    card,
                    BusOp.DISPATCH,
                    here,
                    times.dispatchEndNanos(c) - here,
                    times.dispatchWaitNanos(c),
                    Shares.share(dispatchBytes, cards, c),
                    times.routedBytes(c, dispatchBytes));
            here = times.combineHereNanos(c);
            addBus(
                    events,
                    card,
                    BusOp.COMBINE,
                    here,
                    endNanos - here,
                    times.combineWaitNanos(c),
                    times.routedBytes(c, combineBytes),
                    Shares.share(combineBytes, cards, c));
        }
    }

    private void addBus(
            EventBatch events, int card, BusOp op, long start, long duration, long wait, long sent, long received) {
        int group = Serving.group(1 + number, op);
        events.addBus(card, op, fabric, group, cards, -1, start, duration, wait, sent, received, batches, -1, -1);
    }

    private static long blocks(long tokens) {
        return (tokens / BLOCK_TOKENS + 1) * BLOCK_TOKENS;
    }

    /**
     * What a batch does of one prompt.
     *
     * @param tokens prompt tokens to compute
     * @param reusedTokens prompt tokens that come with it without computing
     * @param last whether the prompt is done with it
     */
    private record Chunk(Sequence sequence, long tokens, long reusedTokens, boolean last) {}
}
