package io.supernode.training;

import io.supernode.cost.Straggling;
import io.supernode.cost.Transfer;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A training step by equations alone: the slowest stage makes its {@code M} microbatches, and the first and last of them
 * pass all the others ({@code M T_max + (sum T_s - T_max) / V}, which is {@code (M + (p - 1) / V) T} for equal stages
 * and {@code V} chunks of layers on each).
 *
 * <p>Waiting is in it at its expectation: of tensor-parallel ranks for their slowest, of replicas that share experts for
 * the one with most tokens, and of stages for each other beyond the bubble as in a line that moves in lock-step, which is
 * an upper bound. It agrees with the simulation within 1 % from 16 microbatches per stage on; replicas' waiting for each
 * other at the end is left out.
 *
 * @param computeSeconds of the slowest stage
 * @param tensorParallelSeconds its all-reduces, as far as computation does not hide them
 * @param expertParallelSeconds its dispatches and combines, likewise
 * @param waitSeconds its waiting: ranks for the slowest of them, stages for the slowest of them
 * @param pipelineSeconds its sends
 * @param bubbleSeconds filling and draining of the pipeline
 * @param dataParallelSeconds reduction of gradients, gathering of parameters
 * @param checkpointSeconds writing of checkpoints, spread over the steps from one to the next
 */
public record StepEstimate(
        double computeSeconds,
        double tensorParallelSeconds,
        double expertParallelSeconds,
        double waitSeconds,
        double pipelineSeconds,
        double bubbleSeconds,
        double dataParallelSeconds,
        double optimizerSeconds,
        double checkpointSeconds) {
    public static StepEstimate of(TrainingCost cost, Jitter jitter) {
        return new Estimator(cost, jitter).estimate();
    }

    public double seconds() {
        return partsSeconds().values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** By the names of the contract; without expert parallelism or checkpoints no part of that name. */
    public Map<String, Double> partsSeconds() {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("compute", computeSeconds);
        parts.put("tensor_parallel", tensorParallelSeconds);
        if (expertParallelSeconds > 0) {
            parts.put("expert_parallel", expertParallelSeconds);
        }
        parts.put("wait", waitSeconds);
        parts.put("pipeline", pipelineSeconds);
        parts.put("bubble", bubbleSeconds);
        parts.put("data_parallel", dataParallelSeconds);
        parts.put("optimizer", optimizerSeconds);
        if (checkpointSeconds > 0) {
            parts.put("checkpoint", checkpointSeconds);
        }
        return parts;
    }

    /** The equations, with what they are about at hand. */
    private static final class Estimator {
        private final TrainingCost cost;
        private final Jitter jitter;
        private final Layout layout;
        private final double loadVariation;

        Estimator(TrainingCost cost, Jitter jitter) {
            this.cost = cost;
            this.jitter = jitter;
            layout = cost.workload().layout();
            loadVariation = jitter == Jitter.NONE ? 0 : cost.loadVariation();
        }

        StepEstimate estimate() {
            TrainingWorkload workload = cost.workload();
            double all = 0;
            double slowest = 0;
            int slowestStage = 0;
            for (int s = 0; s < layout.pipeline(); s++) {
                double seconds = overChunks(s, this::seconds);
                all += seconds;
                if (seconds > slowest) {
                    slowest = seconds;
                    slowestStage = s;
                }
            }
            double deviation = StrictMath.sqrt(overChunks(slowestStage, this::variance));
            int peers = 0;
            for (int s = 0; s < layout.pipeline(); s++) {
                if (overChunks(s, this::seconds) >= slowest - deviation) {
                    peers++;
                }
            }
            int microbatches = workload.microbatches();
            double late = overChunks(slowestStage, chunk -> cost.stage(chunk).seconds() * lateness(chunk));
            return new StepEstimate(
                    microbatches
                            * overChunks(
                                    slowestStage, chunk -> cost.stage(chunk).seconds()),
                    microbatches * overChunks(slowestStage, this::reduction),
                    microbatches * overChunks(slowestStage, this::exchange),
                    microbatches * (late + deviation * Straggling.expectedMaximum(peers)),
                    microbatches * overChunks(slowestStage, this::sends),
                    (all - slowest) / layout.virtual(),
                    dataParallel() + cost.normReduction().seconds(),
                    IntStream.range(0, layout.pipeline())
                            .mapToDouble(cost::optimizerSeconds)
                            .max()
                            .orElseThrow(),
                    checkpoint(workload.checkpoint().everySteps()));
        }

        private double checkpoint(int everySteps) {
            double longest = 0;
            for (int s = 0; s < layout.pipeline() && everySteps > 0; s++) {
                longest = Math.max(longest, cost.checkpointSeconds(s) / everySteps);
            }
            return longest;
        }

        private double overChunks(int stage, IntToDoubleFunction ofChunk) {
            return IntStream.range(0, layout.virtual())
                    .map(v -> v * layout.pipeline() + stage)
                    .mapToDouble(ofChunk)
                    .sum();
        }

        /** A chunk's time for one microbatch, both ways. */
        private double seconds(int chunk) {
            return cost.stage(chunk).seconds() * (1 + lateness(chunk))
                    + reduction(chunk)
                    + exchange(chunk)
                    + sends(chunk);
        }

        /** How much later than the mean the last card is of those that wait for each other, over their computation. */
        private double lateness(int chunk) {
            return jitter.computeOfCard() * Straggling.expectedMaximum(layout.tensor())
                    + spread(chunk) * Straggling.expectedMaximum(layout.expert());
        }

        /** Deviation between the replicas that share experts, over their computation; 0 without expert layers. */
        private double spread(int chunk) {
            if (!exchanges(chunk)) {
                return 0;
            }
            return StrictMath.hypot(jitter.computeOfGroup(), cost.stage(chunk).routedShare() * loadVariation);
        }

        /** Variance of a chunk's time, as far as the cards that wait for each other have it in common. */
        private double variance(int chunk) {
            StageCost stage = cost.stage(chunk);
            double transfers = variance(cost.forwardReductions(0, chunk), stage.forwardReductions())
                    + variance(cost.backwardReductions(0, chunk), stage.backwardReductions());
            if (exchanges(chunk)) {
                // forward and backward meet the same load
                double common = spread(chunk) * Straggling.deviationOfMaximum(layout.expert()) * stage.seconds();
                return common * common + transfers;
            }
            double forward = jitter.computeOfGroup() * stage.forwardSeconds();
            double backward = jitter.computeOfGroup() * stage.backwardSeconds();
            return forward * forward + backward * backward + transfers;
        }

        /** Of {@code count} transfers in a row, each varying for itself. */
        private double variance(Transfer all, int count) {
            double deviation = jitter.transfer() * all.seconds();
            return count == 0 ? 0 : deviation * deviation / count;
        }

        private double reduction(int chunk) {
            return cost.forwardReductions(0, chunk).seconds()
                    + cost.backwardReductions(0, chunk).seconds()
                    - cost.hiddenReductionSeconds(0, chunk)
                    - cost.hiddenReductionSeconds(1, chunk);
        }

        /** Dispatches and combines both ways; the card with most tokens takes longest. */
        private double exchange(int chunk) {
            if (!exchanges(chunk)) {
                return 0;
            }
            double fullest = 1 + loadVariation * Straggling.expectedMaximum(layout.expert());
            double hidden = 2 * (cost.hiddenExchangeSeconds(0, chunk) + cost.hiddenExchangeSeconds(1, chunk));
            return 4 * cost.exchanges(0, chunk).seconds() * fullest - hidden;
        }

        private boolean exchanges(int chunk) {
            return layout.expert() > 1 && cost.stage(chunk).expertLayers() > 0;
        }

        /** What a chunk sends on and back; receiving costs it the latency at most, which the sends include. */
        private double sends(int chunk) {
            int card = layout.card(0, layout.stageOfChunk(chunk), 0);
            double seconds = 0;
            for (int neighbour : new int[] {chunk - 1, chunk + 1}) {
                if (neighbour >= 0 && neighbour < layout.chunks()) {
                    int peer = layout.card(0, layout.stageOfChunk(neighbour), 0);
                    seconds += cost.pipelineTransfer(card, peer).seconds();
                }
            }
            return seconds;
        }

        private double dataParallel() {
            boolean copies = cost.workload().shape().hasExperts() && layout.data() > layout.expert();
            double longest = 0;
            for (int s = 0; s < layout.pipeline(); s++) {
                double seconds = cost.gradientReduction(s, 0).seconds()
                        - cost.hiddenGradientSeconds(s)
                        + cost.parameterGathering(s, 0).seconds();
                if (copies) {
                    seconds += cost.expertGradientReduction(s, 0, 0).seconds()
                            + cost.expertParameterGathering(s, 0, 0).seconds();
                }
                longest = Math.max(longest, seconds);
            }
            return longest;
        }
    }
}
