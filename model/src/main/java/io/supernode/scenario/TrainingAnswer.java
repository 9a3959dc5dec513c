package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.training.Jitter;
import io.supernode.training.StageCost;
import io.supernode.training.StepEstimate;
import io.supernode.training.TrainingCost;
import io.supernode.workload.TrainingWorkload;
import java.util.OptionalDouble;

/** The answer for a training scenario, from the equations. */
final class TrainingAnswer {
    private TrainingAnswer() {}

    static Answer of(Scenario scenario, TrainingWorkload workload) {
        Machine machine = scenario.machine();
        TrainingCost cost = new TrainingCost(machine, workload);
        StepEstimate step = StepEstimate.of(cost, Jitter.MEASURED);
        double seconds = step.seconds();
        double peak = machine.peak(workload.precision());
        double tokensPerSecond = workload.stepTokens() / seconds;
        return new Answer(
                scenario.name(),
                machine.name(),
                workload.name(),
                machine.cards(),
                peak,
                machine.memoryBytes(),
                watts(machine, cost, seconds),
                OptionalDouble.of(seconds),
                step.partsSeconds(),
                OptionalDouble.of(tokensPerSecond),
                OptionalDouble.of(tokensPerSecond / machine.cards()),
                OptionalDouble.of(cost.stepFlops() / seconds / peak),
                OptionalDouble.of(cost.stepFlopsWithAttention() / seconds / peak),
                OptionalDouble.empty(),
                OptionalDouble.of(cost.stepBusBytes() / seconds),
                Answer.latencies(machine));
    }

    /** Power averaged over the step: matrix units work while a card computes, memory at the rate that the work needs. */
    private static double watts(Machine machine, TrainingCost cost, double stepSeconds) {
        TrainingWorkload workload = cost.workload();
        int stages = workload.layout().pipeline();
        double cardWatts = 0;
        for (int s = 0; s < stages; s++) {
            double busy = 0;
            double bytes = cost.optimizerMemoryBytes(s);
            for (int chunk = s; chunk < workload.layout().chunks(); chunk += stages) {
                StageCost stage = cost.stage(chunk);
                busy += workload.microbatches() * stage.seconds() / stepSeconds;
                bytes += workload.microbatches() * (stage.forwardMemoryBytes() + stage.backwardMemoryBytes());
            }
            double memory = bytes / stepSeconds / machine.card().memoryBytesPerSecond();
            cardWatts += machine.card().watts(busy, Math.min(1, memory)) / stages;
        }
        return machine.watts(cardWatts);
    }
}
