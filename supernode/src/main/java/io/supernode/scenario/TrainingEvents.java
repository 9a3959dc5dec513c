package io.supernode.scenario;

import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.training.TrainingCost;
import io.supernode.training.TrainingRun;
import io.supernode.workload.TrainingWorkload;

/** The run of a training scenario, if a step of it fits in memory. */
final class TrainingEvents {
    /** About 400 MB: eight times a step of the reference scenario. */
    private static final long MOST = 4_000_000;
    /** Of one card and microbatch: forward and backward, their reductions, two sends and two receives. */
    private static final int EVENTS_PER_MICROBATCH = 8;

    private TrainingEvents() {}

    static EventSource of(Machine machine, TrainingWorkload workload, long seed) {
        long events = (long) machine.cards() * workload.microbatches() * EVENTS_PER_MICROBATCH;
        if (events > MOST) {
            throw new ScenarioException(
                    "layout.globalBatchTokens",
                    "a step must have at most " + MOST + " events, this one has " + events + ": machine.cards="
                            + machine.cards() + " x " + workload.microbatches() + " microbatches x "
                            + EVENTS_PER_MICROBATCH + "; lower layout.globalBatchTokens="
                            + workload.globalBatchTokens() + " or raise layout.microbatch="
                            + workload.microbatchSequences());
        }
        return new TrainingRun(new TrainingCost(machine, workload), seed);
    }
}
