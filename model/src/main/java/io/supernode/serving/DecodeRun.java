package io.supernode.serving;

import io.supernode.cost.Straggling;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.event.Fabric;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.DecodeWorkload;
import java.util.Arrays;

/**
 * Iterations of a full decode instance, one stretch each. A card gets its tokens (the dispatches of all layers as one
 * event), computes, and waits in the combine for the slowest card. The fitted constants hold what that waiting costs, so
 * a card's own work is shorter by what the slowest of all is later.
 *
 * <p>Every iteration's length, tokens and events are a function of (scenario, seed, its index); its start is the sum of
 * the lengths before.
 */
final class DecodeRun implements EventSource {
    private static final int COMPUTE = 31;
    private static final int ACCEPTED = 32;

    private final DecodeSettings settings;
    private final Fabric fabric;
    private final Draws draws;
    private final double jitter;
    private final double computeNanos;
    private final long dispatchNanos;
    private final long combineNanos;
    private final long dispatchBytes;
    private final long combineBytes;
    private final long megaflops;
    private final long memoryBytes;
    private final long[] compute;

    private int iteration;
    private long through;

    DecodeRun(DecodeWorkload workload, DecodeCost cost, Fabric fabric, long seed) {
        settings = workload.decode();
        this.fabric = fabric;
        draws = new Draws(seed);
        jitter = workload.jitter();
        NominalServing nominal = cost.nominal(0);
        double exchange = nominal.dispatchSeconds() + nominal.combineSeconds();
        double lateness = jitter * Straggling.expectedMaximum(settings.cards());
        computeNanos = (nominal.iterationSeconds() - exchange) / (1 + lateness) * 1e9;
        dispatchNanos = (long) Math.ceil(nominal.dispatchSeconds() * 1e9);
        combineNanos = (long) Math.ceil(nominal.combineSeconds() * 1e9);
        int layers = workload.model().expertLayers();
        dispatchBytes = Math.round(layers * cost.dispatchBytes(settings.batch()));
        combineBytes = Math.round(layers * cost.combineBytes(settings.batch()));
        megaflops = Math.round(nominal.decodeFlopsPerSecondPerCard() * nominal.iterationSeconds() / 1e6);
        memoryBytes = Math.round(nominal.decodeMemoryBytesPerSecondPerCard() * nominal.iterationSeconds());
        compute = new long[settings.cards()];
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        Arrays.setAll(
                compute, card -> Math.round(computeNanos * (1 + jitter * draws.bell(COMPUTE, iteration, card, 0, 0))));
        long slowest = Arrays.stream(compute).max().orElseThrow();
        long length = dispatchNanos + slowest + combineNanos;
        for (int card = 0; card < compute.length; card++) {
            card(batch, card, slowest - compute[card], length);
        }
        through += length;
        iteration++;
        return true;
    }

    @Override
    public long throughNanos() {
        return through;
    }

    private void card(EventBatch batch, int card, long wait, long length) {
        long start = through;
        long computed = start + dispatchNanos + compute[card];
        long tokens = tokens(card);
        exchange(batch, card, BusOp.DISPATCH, start, dispatchNanos, 0, dispatchBytes);
        batch.addCompute(
                card,
                ComputeOp.DECODE,
                start + dispatchNanos,
                compute[card],
                tokens,
                megaflops,
                memoryBytes,
                iteration,
                -1,
                -1);
        exchange(batch, card, BusOp.COMBINE, computed, wait + combineNanos, wait, combineBytes);
        batch.addStep(card, iteration, start, length, wait, tokens, megaflops);
    }

    /** One for each sequence, and one more where its draft is accepted: binomial, drawn by its mean and deviation. */
    private long tokens(int card) {
        double acceptance = settings.draftAcceptance();
        double mean = settings.batch() * acceptance;
        double deviation = StrictMath.sqrt(mean * (1 - acceptance));
        long accepted = Math.round(mean + deviation * draws.bell(ACCEPTED, iteration, card, 0, 0));
        return settings.batch() + Math.max(0, Math.min(settings.batch(), accepted));
    }

    private void exchange(EventBatch batch, int card, BusOp op, long start, long duration, long wait, long bytes) {
        batch.addBus(
                card,
                op,
                fabric,
                Serving.group(0, op),
                compute.length,
                -1,
                start,
                duration,
                wait,
                bytes,
                bytes,
                iteration,
                -1,
                -1);
    }
}
