package io.supernode.serving;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;

/**
 * Sums the iterations of half a second or so, card by card, into one dispatch, one combine and one compute event each:
 * single iterations of 160 cards would be thousands of events a second. Sums are exact. All three end with the burst, as they
 * do in truth but for the last layer, and tokens are credited then: nothing of a burst is told before all of it has happened.
 */
final class DecodeBurst {
    private static final long CLOSED = Long.MAX_VALUE;

    private final int cards;
    private final Fabric fabric;
    private final long spanNanos;

    private final double[] computeSeconds;
    private final double[] dispatchWaitSeconds;
    private final double[] combineWaitSeconds;
    private final double[] flops;
    private final double[] memoryBytes;
    private final long[] dispatchBytes;
    private final long[] combineBytes;
    private final long[] tokens;
    /** What a card with hot experts gets in dispatches beyond its even share, and sends in combines. */
    private final long[] moreDispatched;

    private final long[] moreCombined;
    private double dispatchSeconds;
    private double combineSeconds;
    private long startNanos = CLOSED;

    DecodeBurst(int cards, Fabric fabric, long spanNanos) {
        this.cards = cards;
        this.fabric = fabric;
        this.spanNanos = spanNanos;
        computeSeconds = new double[cards];
        dispatchWaitSeconds = new double[cards];
        combineWaitSeconds = new double[cards];
        flops = new double[cards];
        memoryBytes = new double[cards];
        dispatchBytes = new long[cards];
        combineBytes = new long[cards];
        tokens = new long[cards];
        moreDispatched = new long[cards];
        moreCombined = new long[cards];
    }

    /** Start of the burst; {@link Long#MAX_VALUE} when none is open. No event of it ends earlier. */
    long startNanos() {
        return startNanos;
    }

    void open(long now) {
        if (startNanos == CLOSED) {
            startNanos = now;
        }
    }

    /** Bursts end on a grid of event time, so that windows of whole seconds hold equally many. */
    boolean isDue(long now) {
        return startNanos != CLOSED && now / spanNanos > startNanos / spanNanos;
    }

    Fabric fabric() {
        return fabric;
    }

    void addWork(int card, double compute, double flops, double memoryBytes) {
        computeSeconds[card] += compute;
        this.flops[card] += flops;
        this.memoryBytes[card] += memoryBytes;
    }

    void addWaits(int card, double dispatch, double combine) {
        dispatchWaitSeconds[card] += dispatch;
        combineWaitSeconds[card] += combine;
    }

    void addBytes(int card, long dispatch, long combine) {
        dispatchBytes[card] += dispatch;
        combineBytes[card] += combine;
    }

    /** Bytes that a card has to do with beyond its even share, because its experts are asked for more; less than 0 for less. */
    void addRouted(int card, long dispatch, long combine) {
        moreDispatched[card] += dispatch;
        moreCombined[card] += combine;
    }

    void addTransit(double dispatch, double combine) {
        dispatchSeconds += dispatch;
        combineSeconds += combine;
    }

    void addTokens(int card, long count) {
        tokens[card] += count;
    }

    /** Emits the burst, which ends at {@code now} with iteration {@code step}, and forgets it. */
    void close(long now, int step, EventBatch events) {
        long dispatched = sum(dispatchBytes);
        long combined = sum(combineBytes);
        for (int c = 0; c < cards; c++) {
            long compute = nanos(computeSeconds[c]);
            long combineWait = nanos(combineWaitSeconds[c]);
            long combine = combineWait + nanos(combineSeconds);
            long dispatchWait = nanos(dispatchWaitSeconds[c]);
            long dispatch = dispatchWait + nanos(dispatchSeconds);
            long received = Shares.share(dispatched, cards, c) + moreDispatched[c];
            addBus(events, c, BusOp.DISPATCH, now - dispatch, dispatch, dispatchWait, dispatchBytes[c], received, step);
            long returned = Shares.share(combined, cards, c) + moreCombined[c];
            addBus(events, c, BusOp.COMBINE, now - combine, combine, combineWait, returned, combineBytes[c], step);
            events.addCompute(
                    c,
                    ComputeOp.DECODE,
                    now - compute,
                    compute,
                    tokens[c],
                    (long) (flops[c] / 1e6),
                    (long) memoryBytes[c],
                    step,
                    -1,
                    -1);
        }
        clear();
    }

    private void addBus(
            EventBatch events,
            int card,
            BusOp op,
            long start,
            long duration,
            long wait,
            long sent,
            long received,
            int step) {
        events.addBus(
                card, op, fabric, Serving.group(0, op), cards, -1, start, duration, wait, sent, received, step, -1, -1);
    }

    private void clear() {
        for (int c = 0; c < cards; c++) {
            computeSeconds[c] = 0;
            dispatchWaitSeconds[c] = 0;
            combineWaitSeconds[c] = 0;
            flops[c] = 0;
            memoryBytes[c] = 0;
            dispatchBytes[c] = 0;
            combineBytes[c] = 0;
            tokens[c] = 0;
            moreDispatched[c] = 0;
            moreCombined[c] = 0;
        }
        dispatchSeconds = 0;
        combineSeconds = 0;
        startNanos = CLOSED;
    }

    /** Rounds down, so that the parts of a burst never add up to more than its length. */
    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
