package io.supernode.serving;

import io.supernode.cost.Straggling;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Outlook;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.event.Fabric;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.DecodeWorkload;
import java.util.function.LongUnaryOperator;

/**
 * Iterations of a full decode instance, one stretch each. A card gets its tokens (the dispatches of all layers as one
 * event), computes, and waits in the combine for the slowest card. The fitted constants hold what that waiting costs, so
 * a card's own work is shorter by what the slowest of all is later.
 *
 * <p>Every iteration's length, tokens and events are a function of (scenario, seed, its index); its start is the sum of
 * the lengths before. What disturbs it is asked for the moment at which each of its three parts starts; a card that is lost in
 * the midst of one does it again when it is back.
 */
final class DecodeRun implements EventSource {
    private static final int COMPUTE = 31;
    private static final int ACCEPTED = 32;

    private final DecodeSettings settings;
    private final Outlook outlook;
    private final HotExperts experts;
    private final Fabric fabric;
    private final Draws draws;
    private final double jitter;
    private final double computeNanos;
    /** Part of computing that goes with the tokens routed to a card's experts. */
    private final double routedShare;

    private final long dispatchNanos;
    private final long combineNanos;
    private final long dispatchBytes;
    private final long combineBytes;
    private final long megaflops;
    private final long memoryBytes;

    private final int cards;
    /** When each card begins to compute, and how long it does. */
    private final long[] begin;

    private final long[] compute;
    private final LongUnaryOperator dispatchEnd = this::dispatchEnd;
    private final LongUnaryOperator combineEnd = this::combineEnd;

    private int iteration;
    private long through;
    // of the iteration in hand: when the last card is there for the dispatch and for the combine, and when these end
    private long dispatching;
    private long dispatched;
    private long combining;
    private long combined;

    DecodeRun(DecodeWorkload workload, DecodeCost cost, Fabric fabric, long seed, DisturbanceSchedule schedule) {
        settings = workload.decode();
        this.fabric = fabric;
        outlook = new Outlook(schedule);
        cards = settings.cards();
        experts = new HotExperts(0, cards);
        draws = new Draws(seed);
        jitter = workload.jitter();
        NominalServing nominal = cost.nominal(0);
        double exchange = nominal.dispatchSeconds() + nominal.combineSeconds();
        double lateness = jitter * Straggling.expectedMaximum(cards);
        double computeSeconds = nominal.iterationSeconds() - exchange;
        computeNanos = computeSeconds / (1 + lateness) * 1e9;
        routedShare = workload.model().routedPart() * nominal.expertSeconds() / computeSeconds;
        dispatchNanos = (long) Math.ceil(nominal.dispatchSeconds() * 1e9);
        combineNanos = (long) Math.ceil(nominal.combineSeconds() * 1e9);
        int layers = workload.model().expertLayers();
        dispatchBytes = Math.round(layers * cost.dispatchBytes(settings.batch()));
        combineBytes = Math.round(layers * cost.combineBytes(settings.batch()));
        megaflops = Math.round(nominal.decodeFlopsPerSecondPerCard() * nominal.iterationSeconds() / 1e6);
        memoryBytes = Math.round(nominal.decodeMemoryBytesPerSecondPerCard() * nominal.iterationSeconds());
        begin = new long[cards];
        compute = new long[cards];
    }

    /** Goes on with the iteration in which a moment lies, whose events are the next. */
    void seekNanos(long nanos) {
        iterate();
        while (combined <= nanos) {
            through = combined;
            iteration++;
            iterate();
        }
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        iterate();
        for (int card = 0; card < cards; card++) {
            tell(batch, card);
        }
        through = combined;
        iteration++;
        return true;
    }

    private void iterate() {
        experts.look(outlook.at(through), through);
        dispatching = outlook.wholeNanos(0, cards, through, dispatchEnd);
        dispatched = dispatchEnd(dispatching);
        combining = dispatched;
        for (int card = 0; card < cards; card++) {
            combining = Math.max(combining, compute(card));
        }
        combining = outlook.wholeNanos(0, cards, combining, combineEnd);
        combined = combineEnd(combining);
    }

    @Override
    public long throughNanos() {
        return through;
    }

    /** When a card has computed. */
    private long compute(int card) {
        double own = 1 + jitter * draws.bell(COMPUTE, iteration, card, 0, 0);
        double nanos = computeNanos * (own + routedShare * (experts.of(card) - 1));
        begin[card] = dispatched;
        compute[card] = Math.round(nanos);
        if (!outlook.isCalm()) {
            long late = outlook.at(dispatched).launchGapNanos(card, dispatched, nanos, iteration, 0, 0);
            LongUnaryOperator end = from -> from + slowed(card, nanos, from);
            begin[card] = outlook.wholeNanos(card, 1, dispatched + late, end);
            compute[card] = slowed(card, nanos, begin[card]);
        }
        return begin[card] + compute[card];
    }

    private long slowed(int card, double nanos, long from) {
        return Math.round(nanos * outlook.at(from).slowness(card, -1, from));
    }

    private long dispatchEnd(long from) {
        return from + transit(dispatchNanos, from);
    }

    private long combineEnd(long from) {
        return from + transit(combineNanos, from);
    }

    private long transit(long nominal, long from) {
        long ofFullest = (long) Math.ceil(nominal * experts.fullest());
        return outlook.at(from).transitNanos(fabric, ofFullest, from, cards, card -> card);
    }

    private void tell(EventBatch batch, int card) {
        long computed = begin[card] + compute[card];
        long dispatchHere = outlook.hereNanos(card, through, dispatching);
        long combineHere = outlook.hereNanos(card, computed, combining);
        long tokens = tokens(card);
        long received = experts.part(card, dispatchBytes * cards);
        exchange(batch, card, BusOp.DISPATCH, dispatchHere, dispatching, dispatched, dispatchBytes, received);
        batch.addCompute(
                card, ComputeOp.DECODE, begin[card], compute[card], tokens, megaflops, memoryBytes, iteration, -1, -1);
        long returned = experts.part(card, combineBytes * cards);
        exchange(batch, card, BusOp.COMBINE, combineHere, combining, combined, returned, combineBytes);
        long busy = dispatched - dispatching + compute[card] + combined - combining;
        long length = combined - through;
        batch.addStep(card, iteration, through, length, length - busy, tokens, megaflops);
    }

    /** One for each sequence, and one more where its draft is accepted: binomial, drawn by its mean and deviation. */
    private long tokens(int card) {
        double acceptance = settings.draftAcceptance();
        double mean = settings.batch() * acceptance;
        double deviation = StrictMath.sqrt(mean * (1 - acceptance));
        long accepted = Math.round(mean + deviation * draws.bell(ACCEPTED, iteration, card, 0, 0));
        return settings.batch() + Math.max(0, Math.min(settings.batch(), accepted));
    }

    private void exchange(
            EventBatch batch, int card, BusOp op, long here, long ready, long end, long sent, long received) {
        batch.addBus(
                card,
                op,
                fabric,
                Serving.group(0, op),
                cards,
                -1,
                here,
                end - here,
                ready - here,
                sent,
                received,
                iteration,
                -1,
                -1);
    }
}
