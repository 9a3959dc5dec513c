package io.supernode.scenario;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.training.CardSamples;
import io.supernode.training.StepStarts;
import io.supernode.training.TrainingCost;
import io.supernode.training.TrainingRun;
import io.supernode.workload.TrainingWorkload;

/** The run of a training scenario, if a step of it fits in memory. */
final class TrainingEvents {
    /** About 400 MB: eight times a step of the reference scenario. */
    private static final int MOST = 4_000_000;

    private TrainingEvents() {}

    static EventSource of(
            Machine machine, TrainingWorkload workload, long seed, DisturbanceSchedule disturbances, boolean samples) {
        TrainingCost cost = new TrainingCost(machine, workload);
        int events = TrainingRun.mostEvents(cost);
        if (events > MOST) {
            throw new ScenarioException(
                    "layout.globalBatchTokens",
                    "a step must have at most " + MOST + " events, this one has " + events + " (machine.cards="
                            + machine.cards() + ", " + workload.microbatches()
                            + " microbatches): lower layout.globalBatchTokens=" + workload.globalBatchTokens()
                            + " or raise layout.microbatch=" + workload.microbatchSequences());
        }
        TrainingRun run = new TrainingRun(cost, seed, disturbances, new StepStarts());
        return samples ? new CardSamples(run, cost, disturbances) : run;
    }
}
