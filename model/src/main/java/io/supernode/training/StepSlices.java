package io.supernode.training;

import io.supernode.event.EventBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of a step by the second in which they end, each second's in the order in which they were simulated. A step of
 * half a million events is simulated stage by stage and given second by second: filed at once where they belong, they are
 * neither sorted nor fetched from all over memory. Keeps its batches from step to step; not thread-safe.
 */
final class StepSlices implements StepEvents {
    static final long SLICE_NANOS = 1_000_000_000;

    private final List<EventBatch> slices = new ArrayList<>();
    private final ArrayDeque<EventBatch> spare = new ArrayDeque<>();
    private long first;
    /** The slice that was asked for last, and its stretch of time. */
    private EventBatch open;

    private long openFrom;
    private long openUntil;

    /** Forgets what it holds; what comes ends at {@code startNanos} or later. */
    void begin(long startNanos) {
        for (int i = 0; i < slices.size(); i++) {
            release(i);
        }
        slices.clear();
        first = startNanos / SLICE_NANOS;
        close();
    }

    @Override
    public EventBatch at(long endNanos) {
        return endNanos >= openFrom && endNanos < openUntil ? open : open(endNanos);
    }

    private EventBatch open(long endNanos) {
        int slice = Math.toIntExact(endNanos / SLICE_NANOS - first);
        while (slices.size() <= slice) {
            slices.add(null);
        }
        EventBatch batch = slices.get(slice);
        if (batch == null) {
            batch = spare.isEmpty() ? new EventBatch(16) : spare.pop();
            slices.set(slice, batch);
        }
        open = batch;
        openFrom = (first + slice) * SLICE_NANOS;
        openUntil = openFrom + SLICE_NANOS;
        return batch;
    }

    /** Moves what ends in the second of {@code nanos} to {@code target}. */
    void give(long nanos, EventBatch target) {
        int slice = (int) (nanos / SLICE_NANOS - first);
        if (slice < slices.size() && slices.get(slice) != null) {
            target.addAll(slices.get(slice));
            release(slice);
        }
    }

    /** Moves all that is left to {@code target}. */
    void giveAll(EventBatch target) {
        for (int slice = 0; slice < slices.size(); slice++) {
            give((first + slice) * SLICE_NANOS, target);
        }
    }

    private void release(int slice) {
        EventBatch batch = slices.set(slice, null);
        if (batch != null) {
            batch.clear();
            spare.push(batch);
        }
        close();
    }

    private void close() {
        open = null;
        openFrom = Long.MAX_VALUE;
        openUntil = Long.MIN_VALUE;
    }
}
