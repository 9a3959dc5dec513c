package io.supernode.scenario;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.event.EventSource;
import io.supernode.granularity.FineEvents;
import io.supernode.granularity.Granularity;
import io.supernode.sample.CardSamples;
import io.supernode.sample.CardTemperatures;
import io.supernode.training.StepStarts;
import io.supernode.training.TrainingCost;
import io.supernode.training.TrainingPasses;
import io.supernode.training.TrainingRun;
import io.supernode.workload.TrainingWorkload;

/** The run of a training scenario, if a step of it fits in memory; with what makes opening it again cheap. */
final class TrainingEvents {
    /** About 400 MB: eight times a step of the reference scenario. */
    private static final int MOST = 4_000_000;

    private final Scenario scenario;
    private final TrainingCost cost;
    private final StepStarts starts = new StepStarts();
    private final CardTemperatures temperatures = new CardTemperatures();

    TrainingEvents(Scenario scenario, TrainingWorkload workload) {
        this.scenario = scenario;
        cost = new TrainingCost(scenario.machine(), workload);
        int events = TrainingRun.mostEvents(cost);
        if (events > MOST) {
            throw new ScenarioException(
                    "layout.globalBatchTokens",
                    "a step must have at most " + MOST + " events, this one has " + events + " (machine.cards="
                            + cost.machine().cards() + ", " + workload.microbatches()
                            + " microbatches): lower layout.globalBatchTokens=" + workload.globalBatchTokens()
                            + " or raise layout.microbatch=" + workload.microbatchSequences());
        }
    }

    EventSource from(long nanos, DisturbanceSchedule schedule) {
        TrainingRun run = new TrainingRun(cost, scenario.seed(), schedule, starts);
        temperatures.follow(schedule);
        long second = scenario.samples() ? temperatures.lastUpTo(nanos / CardSamples.SECOND) : 0;
        long from = scenario.samples() ? second * CardSamples.SECOND : nanos;
        if (from > 0) {
            run.seekNanos(from);
        }
        long stepNanos = run.throughNanos();
        EventSource told = scenario.samples()
                ? new CardSamples(run, cost.machine(), TrainingRun.profile(cost), schedule, temperatures, second)
                : run;
        return scenario.granularity() == Granularity.STAGE
                ? told
                : new FineEvents(
                        told, new TrainingPasses(cost, scenario.granularity()), FineEvents.OF_SECONDS_NANOS, stepNanos);
    }
}
