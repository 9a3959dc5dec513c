package io.supernode.training;

import io.supernode.cost.Straggling;
import io.supernode.cost.Transfer;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training step by equations alone: the slowest stage makes its {@code M} microbatches, and the first and last of them
 * pass all the others ({@code (M - 1) T_max + sum T_s}, which is {@code (M + p - 1) T} for equal stages).
 *
 * <p>Waiting is in it at its expectation: of tensor-parallel ranks for their slowest, and of stages for each other
 * beyond the bubble as in a line that moves in lock-step, which is an upper bound. It agrees with the simulation within
 * 0.5 % from 16 microbatches per stage on; replicas' waiting for each other at the end is left out.
 *
 * @param computeSeconds of the slowest stage
 * @param tensorParallelSeconds its all-reduces
 * @param waitSeconds its waiting: ranks for the slowest of them, stages for the slowest of them
 * @param pipelineSeconds its sends
 * @param bubbleSeconds filling and draining of the pipeline
 * @param dataParallelSeconds reduction of gradients, gathering of parameters
 */
public record StepEstimate(
        double computeSeconds,
        double tensorParallelSeconds,
        double waitSeconds,
        double pipelineSeconds,
        double bubbleSeconds,
        double dataParallelSeconds,
        double optimizerSeconds) {
    public static StepEstimate of(TrainingCost cost, Jitter jitter) {
        TrainingWorkload workload = cost.workload();
        Layout layout = workload.layout();
        double lateness = jitter.computeOfCard() * Straggling.expectedMaximum(layout.tensor());
        double all = 0;
        double slowest = 0;
        int slowestStage = 0;
        for (int s = 0; s < layout.pipeline(); s++) {
            double seconds = seconds(cost, s, lateness);
            all += seconds;
            if (seconds > slowest) {
                slowest = seconds;
                slowestStage = s;
            }
        }
        double deviation = deviation(cost, jitter, slowestStage);
        int peers = 0;
        for (int s = 0; s < layout.pipeline(); s++) {
            if (seconds(cost, s, lateness) >= slowest - deviation) {
                peers++;
            }
        }
        int microbatches = workload.microbatches();
        StageCost stage = cost.stage(slowestStage);
        double dataParallel = 0;
        double optimizer = 0;
        for (int s = 0; s < layout.pipeline(); s++) {
            dataParallel = Math.max(
                    dataParallel,
                    cost.gradientReduction(s, 0).seconds()
                            + cost.parameterGathering(s, 0).seconds());
            optimizer = Math.max(optimizer, cost.optimizerSeconds(s));
        }
        return new StepEstimate(
                microbatches * stage.seconds(),
                microbatches * reduction(cost, slowestStage),
                microbatches * (stage.seconds() * lateness + deviation * Straggling.expectedMaximum(peers)),
                microbatches * sends(cost, slowestStage),
                all - slowest,
                dataParallel + cost.normReduction().seconds(),
                optimizer);
    }

    public double seconds() {
        return partsSeconds().values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** By the names of the contract. */
    public Map<String, Double> partsSeconds() {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("compute", computeSeconds);
        parts.put("tensor_parallel", tensorParallelSeconds);
        parts.put("wait", waitSeconds);
        parts.put("pipeline", pipelineSeconds);
        parts.put("bubble", bubbleSeconds);
        parts.put("data_parallel", dataParallelSeconds);
        parts.put("optimizer", optimizerSeconds);
        return parts;
    }

    /** A stage's time for one microbatch, both ways. */
    private static double seconds(TrainingCost cost, int stage, double lateness) {
        return cost.stage(stage).seconds() * (1 + lateness) + reduction(cost, stage) + sends(cost, stage);
    }

    /** Deviation of that time, as far as a tensor-parallel group has it in common. */
    private static double deviation(TrainingCost cost, Jitter jitter, int s) {
        StageCost stage = cost.stage(s);
        double forward = jitter.computeOfGroup() * stage.forwardSeconds();
        double backward = jitter.computeOfGroup() * stage.backwardSeconds();
        return StrictMath.sqrt(forward * forward
                + backward * backward
                + variance(jitter, cost.forwardReductions(0, s), stage.forwardReductions())
                + variance(jitter, cost.backwardReductions(0, s), stage.backwardReductions()));
    }

    /** Of {@code count} transfers in a row, each varying for itself. */
    private static double variance(Jitter jitter, Transfer all, int count) {
        double deviation = jitter.transfer() * all.seconds();
        return count == 0 ? 0 : deviation * deviation / count;
    }

    private static double reduction(TrainingCost cost, int stage) {
        return cost.forwardReductions(0, stage).seconds()
                + cost.backwardReductions(0, stage).seconds();
    }

    /** What a stage sends on and back; receiving costs it the latency at most, which the sends include. */
    private static double sends(TrainingCost cost, int stage) {
        Layout layout = cost.workload().layout();
        int card = layout.card(0, stage, 0);
        double seconds = 0;
        for (int peerStage : new int[] {stage - 1, stage + 1}) {
            if (peerStage >= 0 && peerStage < layout.pipeline()) {
                Transfer transfer = cost.pipelineTransfer(card, layout.card(0, peerStage, 0));
                seconds += transfer.seconds();
            }
        }
        return seconds;
    }
}
