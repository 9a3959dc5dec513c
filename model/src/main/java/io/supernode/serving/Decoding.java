package io.supernode.serving;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.event.EventSource;
import io.supernode.granularity.FineEvents;
import io.supernode.granularity.Granularity;
import io.supernode.machine.Machine;
import io.supernode.sample.CardProfile;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.DecodeWorkload;

/** A full decode instance on a machine: what the equations give, and its run. */
public final class Decoding {
    private final Machine machine;
    private final DecodeWorkload workload;

    /** @throws IllegalArgumentException when the instance does not fit the machine or the batch its memory */
    public Decoding(Machine machine, DecodeWorkload workload) {
        this.machine = machine;
        this.workload = workload;
        DecodeSettings decode = workload.decode();
        if (decode.cards() > machine.cards()) {
            throw new IllegalArgumentException(
                    "must be at most machine.cards=" + machine.cards() + ": decode.cards=" + decode.cards());
        }
        long room = DieRates.of(machine).cacheTokens(workload.model(), decode.cards() * DieRates.PER_CARD);
        long perSequence = (long) decode.promptTokens() + decode.outputTokens();
        long sequences = Math.max(0, room / perSequence) * DieRates.PER_CARD;
        if (decode.batch() > sequences) {
            throw new IllegalArgumentException("must be at most " + sequences + ", the sequences of " + perSequence
                    + " tokens that a card has memory for beside its weights: decode.batch=" + decode.batch());
        }
    }

    public NominalServing nominal() {
        return cost().nominal(0);
    }

    /** Iteration after iteration, without end. */
    public EventSource events(long seed, Granularity granularity) {
        return told(events(seed, DisturbanceSchedule.NONE, 0), granularity, 0);
    }

    /**
     * The same, pass by pass, while something goes wrong: what has ended before two schedules differ is the same under both.
     *
     * @param fromNanos event time; what ends earlier is left out
     */
    public EventSource events(long seed, DisturbanceSchedule schedule, long fromNanos) {
        DecodeRun run = new DecodeRun(workload, cost(), DieRates.of(machine).expertFabric(), seed, schedule);
        run.seekNanos(fromNanos);
        return run;
    }

    /**
     * A run, as finely as that.
     *
     * @param fromNanos event time at which an iteration begins: {@code run} tells all that ends later
     */
    public EventSource told(EventSource run, Granularity granularity, long fromNanos) {
        return granularity == Granularity.STAGE
                ? run
                : new FineEvents(
                        run,
                        new DecodePasses(workload.model(), workload.decode(), nominal(), granularity),
                        FineEvents.OF_ITERATIONS_NANOS,
                        fromNanos);
    }

    /** What gauges say of its cards: weights, and the keys and values of a full batch in the midst of its answers. */
    public CardProfile profile() {
        DecodeSettings decode = workload.decode();
        NominalServing nominal = nominal();
        double matrix = nominal.attentionSeconds() + nominal.expertSeconds();
        double context = decode.batch() * (decode.promptTokens() + decode.outputTokens() / 2.0);
        return CardProfile.steady(
                decode.cards(),
                matrix / (matrix + nominal.overheadSeconds()),
                Serving.weightBytes(workload.model(), decode.cards())
                        + Math.round(context * workload.model().cacheBytesPerToken()));
    }

    private DecodeCost cost() {
        return new DecodeCost(workload.model(), machine, workload.decode());
    }
}
