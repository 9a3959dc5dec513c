package io.supernode.serving;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.sample.CardProfile;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.PrefillWorkload;

/** A full prefill instance on a machine: what the equations give, and its run. */
public final class Prefilling {
    private final Machine machine;
    private final PrefillWorkload workload;

    /** @throws IllegalArgumentException when the instance does not fit the machine or the batch its memory */
    public Prefilling(Machine machine, PrefillWorkload workload) {
        this.machine = machine;
        this.workload = workload;
        PrefillSettings prefill = workload.prefill();
        if (prefill.cards() > machine.cards()) {
            throw new IllegalArgumentException(
                    "must be at most machine.cards=" + machine.cards() + ": prefill.cards=" + prefill.cards());
        }
        int dies = prefill.cards() * DieRates.PER_CARD;
        long room = dies * DieRates.of(machine).cacheTokens(workload.model(), dies);
        if (workload.batchTokens() > room) {
            throw new IllegalArgumentException("must be at most " + Math.max(0, room)
                    + ", the tokens that the instance has memory for beside its weights: prefill.batchTokens="
                    + workload.batchTokens());
        }
    }

    public NominalPrefill nominal() {
        PrefillCost cost = new PrefillCost(workload.model(), machine, workload.prefill(), workload.overheadNanos());
        long tokens = workload.batchTokens();
        double flops = workload.prompts() * workload.model().prefillFlops(0, workload.promptTokens());
        double compute = cost.computeSeconds(flops, tokens);
        double exchange = cost.dispatchSeconds(tokens) + cost.combineSeconds(tokens);
        return new NominalPrefill(
                tokens,
                cost.batchSeconds(flops, tokens, 0),
                compute,
                Math.max(0, exchange - compute),
                cost.overheadSeconds(),
                cost.dispatchSeconds(tokens),
                cost.combineSeconds(tokens),
                flops,
                cost.memoryBytes(tokens, 0),
                cost.dispatchBytes(tokens),
                cost.combineBytes(tokens));
    }

    /** Batch after batch, without end. */
    public EventSource events(long seed) {
        return events(seed, DisturbanceSchedule.NONE, 0);
    }

    /**
     * The same while something goes wrong: what has ended before two schedules differ is the same under both.
     *
     * @param fromNanos event time; what ends earlier is left out
     */
    public EventSource events(long seed, DisturbanceSchedule schedule, long fromNanos) {
        PrefillRun run =
                new PrefillRun(workload, nominal(), DieRates.of(machine).expertFabric(), seed, schedule);
        run.seekNanos(fromNanos);
        return run;
    }

    /** What gauges say of its cards: weights, and the keys and values of the batch. */
    public CardProfile profile() {
        NominalPrefill nominal = nominal();
        int cards = workload.prefill().cards();
        return CardProfile.steady(
                cards,
                nominal.computeSeconds() / (nominal.computeSeconds() + nominal.overheadSeconds()),
                Serving.weightBytes(workload.model(), cards)
                        + nominal.tokens() * workload.model().cacheBytesPerToken() / cards);
    }
}
