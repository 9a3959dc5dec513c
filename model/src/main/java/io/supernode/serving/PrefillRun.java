package io.supernode.serving;

import io.supernode.cost.Straggling;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.event.Fabric;
import io.supernode.unit.Draws;
import io.supernode.workload.PrefillWorkload;
import java.util.Arrays;

/**
 * Batches of a prefill instance that always has one, one stretch each. Dispatches and combines of all layers, as one event
 * each, go on beside the computing as far as it lasts; who is done before the slowest card waits for it in the combine. The
 * measured efficiency holds what that waiting costs, so a card's own work is shorter by what the slowest of all is later.
 *
 * <p>Every batch's length and events are a function of (scenario, seed, its index); its start is the sum of the lengths
 * before.
 */
final class PrefillRun implements EventSource {
    private static final int COMPUTE = 33;

    private final NominalPrefill nominal;
    private final Fabric fabric;
    private final Draws draws;
    private final double jitter;
    private final double computeNanos;
    private final long overheadNanos;
    private final long dispatchNanos;
    private final long combineNanos;
    private final long[] compute;

    private int batch;
    private long through;

    PrefillRun(PrefillWorkload workload, NominalPrefill nominal, Fabric fabric, long seed) {
        this.nominal = nominal;
        this.fabric = fabric;
        draws = new Draws(seed);
        jitter = workload.jitter();
        int cards = workload.prefill().cards();
        computeNanos = nominal.computeSeconds() / (1 + jitter * Straggling.expectedMaximum(cards)) * 1e9;
        overheadNanos = (long) Math.ceil(nominal.overheadSeconds() * 1e9);
        dispatchNanos = (long) Math.ceil(nominal.dispatchSeconds() * 1e9);
        combineNanos = (long) Math.ceil(nominal.combineSeconds() * 1e9);
        compute = new long[cards];
    }

    @Override
    public boolean next(EventBatch events) {
        events.clear();
        Arrays.setAll(
                compute,
                card -> overheadNanos
                        + Math.round(computeNanos * (1 + jitter * draws.bell(COMPUTE, batch, card, 0, 0))));
        long slowest = Arrays.stream(compute).max().orElseThrow();
        long length = Math.max(slowest, overheadNanos + dispatchNanos + combineNanos);
        for (int card = 0; card < compute.length; card++) {
            card(events, card, slowest - compute[card], length);
        }
        through += length;
        batch++;
        return true;
    }

    @Override
    public long throughNanos() {
        return through;
    }

    private void card(EventBatch events, int card, long wait, long length) {
        int cards = compute.length;
        long end = through + length;
        long tokens = Shares.share(nominal.tokens(), cards, card);
        long megaflops = Shares.share((long) (nominal.flops() / 1e6), cards, card);
        long memoryBytes = Shares.share((long) nominal.memoryBytes(), cards, card);
        events.addCompute(
                card, ComputeOp.PREFILL, through, compute[card], tokens, megaflops, memoryBytes, batch, -1, -1);
        exchange(events, card, BusOp.DISPATCH, through, dispatchNanos, 0, (long) nominal.dispatchBytes());
        // where the exchange is what takes longest, computing is over before it, and so is the waiting for it
        long late = Math.min(wait, length - dispatchNanos - combineNanos);
        exchange(events, card, BusOp.COMBINE, end - combineNanos - late, late + combineNanos, late, (long)
                nominal.combineBytes());
        events.addStep(card, batch, through, length, wait, tokens, megaflops);
    }

    private void exchange(EventBatch events, int card, BusOp op, long start, long duration, long wait, long allBytes) {
        int cards = compute.length;
        long bytes = Shares.share(allBytes, cards, card);
        events.addBus(
                card, op, fabric, Serving.group(0, op), cards, -1, start, duration, wait, bytes, bytes, batch, -1, -1);
    }
}
