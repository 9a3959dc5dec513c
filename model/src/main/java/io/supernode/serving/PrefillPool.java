package io.supernode.serving;

import io.supernode.event.EventBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * All prefill instances. Requests are taken in the order of arrival by instances that are idle, the one with the
 * fewest tokens in its batch first; while all are busy, or full of prompts that decode has not taken, requests queue.
 */
final class PrefillPool {
    private static final int BLOCK_TOKENS = 512;

    private final List<PrefillInstance> instances;
    private final PrefixCache prefixes;
    private final List<Sequence> done = new ArrayList<>();

    PrefillPool(List<PrefillInstance> instances, PrefixCache prefixes) {
        this.instances = instances;
        this.prefixes = prefixes;
    }

    /** End of the next batch to end; {@link Long#MAX_VALUE} when all are idle. */
    long nextEndNanos() {
        long next = Long.MAX_VALUE;
        for (PrefillInstance instance : instances) {
            next = Math.min(next, instance.endNanos());
        }
        return next;
    }

    /** When the head of the queue can start, not before {@code now}; {@link Long#MAX_VALUE} while none can take it. */
    long nextStartNanos(RequestQueue queue, long now) {
        if (queue.isEmpty() || emptiestFor(queue.inputTokens()) == null) {
            return Long.MAX_VALUE;
        }
        return Math.max(now, queue.arrivalNanos());
    }

    /** Ends the batches that end at {@code now}; gives the prompts that are done. */
    List<Sequence> end(long now) {
        done.clear();
        for (PrefillInstance instance : instances) {
            if (instance.endNanos() == now) {
                instance.end(done);
                instance.addUnfinished();
            }
        }
        for (Sequence sequence : done) {
            prefixes.keep(sequence.prefixBlocks);
            sequence.prefixDone();
        }
        return done;
    }

    /** Hands requests that have arrived to idle instances, and starts their batches. */
    void start(RequestQueue queue, long now, EventBatch events) {
        while (!queue.isEmpty() && queue.arrivalNanos() <= now) {
            PrefillInstance instance = emptiestFor(queue.inputTokens());
            if (instance == null) {
                break;
            }
            Sequence sequence = new Sequence(queue.take());
            sequence.reusedTokens = reusableTokens(sequence);
            instance.add(sequence);
        }
        for (PrefillInstance instance : instances) {
            if (instance.endNanos() == Long.MAX_VALUE) {
                instance.start(now, events);
            }
        }
    }

    void release(Sequence sequence) {
        instances.get(sequence.prefillInstance).release(sequence);
    }

    /** At least the last token of a prompt is computed: the first output token comes from it. */
    private long reusableTokens(Sequence sequence) {
        long hits = (long) BLOCK_TOKENS * prefixes.leadingHits(sequence.prefixBlocks);
        return Math.max(0, Math.min(hits, sequence.inputTokens - 1));
    }

    private PrefillInstance emptiestFor(long inputTokens) {
        PrefillInstance best = null;
        for (PrefillInstance instance : instances) {
            if (instance.accepts(inputTokens) && (best == null || instance.batchTokens() < best.batchTokens())) {
                best = instance;
            }
        }
        return best;
    }
}
