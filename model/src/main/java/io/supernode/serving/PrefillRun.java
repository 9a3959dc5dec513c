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
import io.supernode.workload.PrefillWorkload;
import java.util.function.LongUnaryOperator;

/**
 * Batches of a prefill instance that always has one, one stretch each. Dispatches and combines of all layers, as one event
 * each, go on beside the computing as far as it lasts; who is done before the slowest card waits for it in the combine. The
 * measured efficiency holds what that waiting costs, so a card's own work is shorter by what the slowest of all is later.
 *
 * <p>Every batch's length and events are a function of (scenario, seed, its index); its start is the sum of the lengths
 * before. What disturbs it is asked for the moment at which each of its three parts starts; a card that is lost in the midst of
 * one does it again when it is back.
 */
final class PrefillRun implements EventSource {
    private static final int COMPUTE = 33;

    private final NominalPrefill nominal;
    private final Outlook outlook;
    private final HotExperts experts;
    private final Fabric fabric;
    private final Draws draws;
    private final double jitter;
    private final double computeNanos;
    /** Part of computing that goes with the tokens routed to a card's experts. */
    private final double routedShare;

    private final long overheadNanos;
    private final long dispatchNanos;
    private final long combineNanos;
    private final int cards;
    /** When each card begins to compute, and how long it does. */
    private final long[] begin;

    private final long[] compute;
    private final LongUnaryOperator dispatchEnd = this::dispatchEnd;
    private final LongUnaryOperator combineEnd = this::combineEnd;

    private int batch;
    private long through;
    // of the batch in hand: when the last card is there for the dispatch, when that ends, when the last card has
    // computed
    private long dispatching;
    private long dispatched;
    private long computed;
    // when nothing is in the way of the combine, when the last card is there for it, when it ends
    private long due;
    private long combining;
    private long combined;

    PrefillRun(
            PrefillWorkload workload, NominalPrefill nominal, Fabric fabric, long seed, DisturbanceSchedule schedule) {
        this.nominal = nominal;
        this.fabric = fabric;
        outlook = new Outlook(schedule);
        draws = new Draws(seed);
        jitter = workload.jitter();
        cards = workload.prefill().cards();
        experts = new HotExperts(0, cards);
        computeNanos = nominal.computeSeconds() / (1 + jitter * Straggling.expectedMaximum(cards)) * 1e9;
        routedShare = workload.model().routedShareOfPrefill();
        overheadNanos = (long) Math.ceil(nominal.overheadSeconds() * 1e9);
        dispatchNanos = (long) Math.ceil(nominal.dispatchSeconds() * 1e9);
        combineNanos = (long) Math.ceil(nominal.combineSeconds() * 1e9);
        begin = new long[cards];
        compute = new long[cards];
    }

    /** Goes on with the batch in which a moment lies, whose events are the next. */
    void seekNanos(long nanos) {
        process();
        while (combined <= nanos) {
            through = combined;
            batch++;
            process();
        }
    }

    @Override
    public boolean next(EventBatch events) {
        events.clear();
        process();
        for (int card = 0; card < cards; card++) {
            tell(events, card);
        }
        through = combined;
        batch++;
        return true;
    }

    private void process() {
        experts.look(outlook.at(through), through);
        dispatching = outlook.wholeNanos(0, cards, through, dispatchEnd);
        dispatched = dispatchEnd(dispatching);
        computed = through;
        for (int card = 0; card < cards; card++) {
            computed = Math.max(computed, compute(card));
        }
        // combines hide behind computing and end with the slowest card; else they follow the dispatches
        due = Math.max(dispatched + overheadNanos, computed - ofFullest(combineNanos));
        combining = outlook.wholeNanos(0, cards, due, combineEnd);
        combined = combineEnd(combining);
    }

    @Override
    public long throughNanos() {
        return through;
    }

    /** When a card has computed. */
    private long compute(int card) {
        double own = 1 + jitter * draws.bell(COMPUTE, batch, card, 0, 0);
        long nanos = overheadNanos + Math.round(computeNanos * (own + routedShare * (experts.of(card) - 1)));
        begin[card] = through;
        compute[card] = nanos;
        if (!outlook.isCalm()) {
            long late = outlook.at(through).launchGapNanos(card, through, nanos, batch, 0, 0);
            LongUnaryOperator end = from -> from + slowed(card, nanos, from);
            begin[card] = outlook.wholeNanos(card, 1, through + late, end);
            compute[card] = slowed(card, nanos, begin[card]);
        }
        return begin[card] + compute[card];
    }

    private long slowed(int card, long nanos, long from) {
        return Math.round(nanos * outlook.at(from).slowness(card, -1, from));
    }

    private long dispatchEnd(long from) {
        return from + transit(dispatchNanos, from);
    }

    private long combineEnd(long from) {
        return Math.max(computed, from + transit(combineNanos, from));
    }

    private long transit(long nominal, long from) {
        return outlook.at(from).transitNanos(fabric, ofFullest(nominal), from, cards, card -> card);
    }

    private long ofFullest(long nominal) {
        return (long) Math.ceil(nominal * experts.fullest());
    }

    private void tell(EventBatch events, int card) {
        long slack = computed - begin[card] - compute[card];
        long tokens = Shares.share(nominal.tokens(), cards, card);
        long megaflops = Shares.share((long) (nominal.flops() / 1e6), cards, card);
        long memoryBytes = Shares.share((long) nominal.memoryBytes(), cards, card);
        long dispatchBytes = (long) nominal.dispatchBytes();
        long combineBytes = (long) nominal.combineBytes();
        long dispatchHere = outlook.hereNanos(card, through, dispatching);
        // where the exchange is what takes longest, computing is over before it, and so is the waiting for it
        long late = Math.min(slack, due - dispatched);
        long combineHere = outlook.hereNanos(card, due, combining);
        combineHere = combineHere == due ? due - late : combineHere;
        events.addCompute(
                card, ComputeOp.PREFILL, begin[card], compute[card], tokens, megaflops, memoryBytes, batch, -1, -1);
        exchange(
                events,
                card,
                BusOp.DISPATCH,
                dispatchHere,
                dispatching,
                dispatched,
                Shares.share(dispatchBytes, cards, card),
                experts.part(card, dispatchBytes));
        exchange(
                events,
                card,
                BusOp.COMBINE,
                combineHere,
                combining,
                combined,
                experts.part(card, combineBytes),
                Shares.share(combineBytes, cards, card));
        long length = combined - through;
        long waited = slack + dispatching - through + combining - due;
        events.addStep(card, batch, through, length, Math.min(length - compute[card], waited), tokens, megaflops);
    }

    private void exchange(
            EventBatch events, int card, BusOp op, long here, long ready, long end, long sent, long received) {
        events.addBus(
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
                batch,
                -1,
                -1);
    }
}
