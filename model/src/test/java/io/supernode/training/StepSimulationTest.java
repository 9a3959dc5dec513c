package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeEvent;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.FaultKind;
import io.supernode.event.StepEvent;
import io.supernode.machine.Collective;
import io.supernode.workload.Layout;
import io.supernode.workload.Overlap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepSimulationTest {
    private static final int MICROBATCHES = 12;

    /** From 40 on with experts, interleaved stages, or both. */
    static LongStream seeds() {
        return LongStream.range(0, 70);
    }

    static LongStream seedsOfWholeStages() {
        return seeds().filter(seed -> job(seed).workload().layout().virtual() == 1);
    }

    /** A job that differs from seed to seed: layout, machine, collective. */
    private static TrainingCost job(long seed) {
        Layout[] layouts = {
            new Layout(4, 4, 2), new Layout(8, 2, 1), new Layout(16, 2, 2), new Layout(1, 8, 3), new Layout(2, 1, 4)
        };
        String[] machines = {"cloudmatrix384", "ethernet-910b", "ethernet-samecard"};
        if (seed >= 40) {
            return jobWithExperts(seed, machines[(int) (seed % 3)], Overlap.NONE);
        }
        return Jobs.small(
                machines[(int) (seed % 3)],
                Collective.values()[(int) (seed / 3 % 4)],
                layouts[(int) (seed % 5)],
                seed % 7 == 0 ? 1 : MICROBATCHES);
    }

    private static TrainingCost jobWithExperts(long seed, String machine, Overlap overlap) {
        Layout[] layouts = {
            new Layout(1, 2, 8, 4, 1),
            new Layout(2, 2, 4, 2, 1),
            new Layout(1, 4, 4, 4, 1),
            new Layout(2, 4, 1, 1, 2),
            new Layout(4, 2, 2, 1, 2),
            new Layout(1, 2, 4, 2, 2)
        };
        return Jobs.experts(
                machine,
                Collective.values()[(int) (seed / 3 % 4)],
                layouts[(int) (seed % 6)],
                seed % 7 == 0 ? 4 : MICROBATCHES,
                overlap);
    }

    private static StepSimulation healthy(TrainingCost cost, long seed) {
        return new StepSimulation(cost, seed, Jitter.MEASURED);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCardDoesOneThingAtATimeAndItsTimeAddsUp(long seed) {
        TrainingCost cost = job(seed);
        Step step = Step.of(healthy(cost, seed), 3, 1_000_000_007L);
        for (int card = 0; card < cost.machine().cards(); card++) {
            long until = 1_000_000_007L;
            long working = 0;
            long waiting = 0;
            for (Span span : step.spans(card)) {
                assertThat(span.start).isGreaterThanOrEqualTo(until);
                assertThat(span.waited).isBetween(0L, span.end - span.start);
                working += span.end - span.start - span.waited;
                waiting += span.waited;
                until = span.end;
            }
            StepEvent whole = step.steps.get(card);
            assertThat(whole.endNanos()).isGreaterThanOrEqualTo(until);
            assertThat(working + waiting).isLessThanOrEqualTo(whole.durationNanos());
            assertThat(whole.waitNanos()).isEqualTo(whole.durationNanos() - working);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tokensAndWorkAreThoseOfTheStep(long seed) {
        TrainingCost cost = job(seed);
        Step step = Step.of(healthy(cost, seed), 0, 0);
        long tokens = step.computes.stream().mapToLong(ComputeEvent::tokens).sum();
        double flops = step.computes.stream().mapToLong(ComputeEvent::megaflops).sum() * 1e6;
        assertThat(tokens).isEqualTo(cost.workload().stepTokens());
        // rounded to a million operations for each event
        assertThat(flops).isCloseTo(cost.stepFlops(), within(step.computes.size() * 0.5e6));
        assertThat(step.steps.stream().mapToLong(StepEvent::tokens).sum()).isEqualTo(tokens);
        assertThat(step.steps.stream().mapToLong(StepEvent::megaflops).sum() * 1e6)
                .isEqualTo(flops);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCollectiveStartsWithItsLastRankAndEndsForAllAtOnce(long seed) {
        TrainingCost cost = job(seed);
        Step step = Step.of(healthy(cost, seed), 0, 0);
        int seen = 0;
        for (List<BusEvent> ranks : step.collectives().values()) {
            BusEvent one = ranks.get(0);
            assertThat(ranks).hasSize(one.groupSize());
            long last = ranks.stream().mapToLong(BusEvent::startNanos).max().orElseThrow();
            assertThat(ranks).allSatisfy(e -> {
                assertThat(e.endNanos()).isEqualTo(one.endNanos());
                assertThat(e.waitNanos()).isEqualTo(last - e.startNanos());
                assertThat(e.transitNanos()).isPositive();
            });
            seen++;
            assertThat(ranks.stream().mapToLong(BusEvent::sentBytes).sum())
                    .isEqualTo(ranks.stream().mapToLong(BusEvent::receivedBytes).sum());
        }
        assertThat(seen).isPositive();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsSentIsReceivedAndNotBeforeItIsThere(long seed) {
        TrainingCost cost = job(seed);
        Step step = Step.of(healthy(cost, seed), 0, 0);
        Map<String, BusEvent> sends = new HashMap<>();
        Map<String, BusEvent> receives = new HashMap<>();
        for (BusEvent e : step.buses) {
            if (e.op() == BusOp.SEND) {
                assertThat(sends.put(e.card() + ">" + e.peer() + ":" + e.group() + ":" + e.microbatch(), e))
                        .isNull();
            } else if (e.op() == BusOp.RECEIVE) {
                assertThat(receives.put(e.peer() + ">" + e.card() + ":" + e.group() + ":" + e.microbatch(), e))
                        .isNull();
            }
        }
        assertThat(receives).hasSameSizeAs(sends);
        assertThat(sends.keySet()).isEqualTo(receives.keySet());
        int boundaries = cost.workload().layout().chunks() - 1;
        assertThat(sends)
                .hasSize(2
                        * boundaries
                        * cost.workload().microbatches()
                        * cost.workload().layout().tensor()
                        * cost.workload().layout().data());
        Set<String> pairs = new HashSet<>();
        sends.forEach((way, send) -> {
            BusEvent receive = receives.get(way);
            assertThat(receive.receivedBytes()).isEqualTo(send.sentBytes());
            assertThat(receive.sentBytes() + send.receivedBytes()).isZero();
            assertThat(receive.endNanos()).isGreaterThanOrEqualTo(send.endNanos());
            assertThat(receive.group()).isEqualTo(send.group());
            assertThat(pairs.add(send.group() + " " + send.microbatch())).isTrue();
            assertThat(receive.fabric()).isEqualTo(send.fabric());
            assertThat(receive.waitNanos()).isEqualTo(Math.max(0, send.startNanos() - receive.startNanos()));
        });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noLinkIsFasterThanItsRate(long seed) {
        TrainingCost cost = job(seed);
        double inside = cost.machine().sameNode().bytesPerSecond();
        double across = cost.machine().betweenNodes().bytesPerSecond();
        for (BusEvent e : Step.of(healthy(cost, seed), 0, 0).buses) {
            // a hierarchy, and a direct exchange over two networks, use the ports of both
            double ports = e.op() == BusOp.SEND ? Math.max(inside, across) : inside + across;
            // what a receive brings may have been on its way before
            long bytes = e.op() == BusOp.RECEIVE ? 0 : Math.max(e.sentBytes(), e.receivedBytes());
            assertThat(bytes / (e.transitNanos() * 1e-9)).isLessThanOrEqualTo(ports);
        }
    }

    @ParameterizedTest
    @MethodSource("seedsOfWholeStages")
    void aMicrobatchPassesTheStagesInOrder(long seed) {
        TrainingCost cost = job(seed);
        Map<String, ComputeEvent> passes = new HashMap<>();
        List<ComputeEvent> computes = Step.of(healthy(cost, seed), 0, 0).computes;
        for (ComputeEvent e : computes) {
            passes.put(e.op() + " " + e.card() + " " + e.microbatch(), e);
        }
        Layout layout = cost.workload().layout();
        int expected = layout.cards() * (2 * cost.workload().microbatches() + 1);
        assertThat(computes).hasSize(expected);
        assertThat(passes).hasSize(expected);
        for (ComputeEvent e : computes) {
            boolean forward = e.op() == ComputeOp.FORWARD;
            boolean hasBefore = forward ? e.stage() > 0 : e.stage() < layout.pipeline() - 1;
            if (e.op() != ComputeOp.OPTIMIZER && hasBefore) {
                int before = layout.card(
                        layout.replica(e.card()), e.stage() + (forward ? -1 : 1), layout.tensorRank(e.card()));
                assertThat(passes.get(e.op() + " " + before + " " + e.microbatch())
                                .endNanos())
                        .isLessThan(e.startNanos());
            }
            if (e.op() == ComputeOp.BACKWARD) {
                assertThat(passes.get(ComputeOp.FORWARD + " " + e.card() + " " + e.microbatch())
                                .endNanos())
                        .isLessThanOrEqualTo(e.startNanos());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 40, 45, 47})
    void aStepIsTheSameAloneBackwardsAndInParallel(long seed) {
        TrainingCost cost = job(seed);
        StepSimulation inOrder = healthy(cost, 9);
        List<String> digests = new ArrayList<>();
        for (int k = 0; k < 8; k++) {
            digests.add(digest(inOrder, k));
        }
        assertThat(digests).doesNotHaveDuplicates();
        StepSimulation backwards = healthy(cost, 9);
        for (int k = 7; k >= 0; k--) {
            assertThat(digest(backwards, k)).isEqualTo(digests.get(k));
        }
        List<String> parallel = java.util.stream.IntStream.range(0, 8)
                .parallel()
                .mapToObj(k -> digest(healthy(cost, 9), k))
                .toList();
        assertThat(parallel).isEqualTo(digests);
        assertThat(digest(healthy(cost, 10), 0)).isNotEqualTo(digests.get(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {42, 43, 44, 45, 46, 47})
    void whatHidesBehindComputationIsNotWaitedForButStillTakesItsTime(long seed) {
        TrainingCost open = jobWithExperts(seed, "cloudmatrix384", Overlap.NONE);
        TrainingCost hidden = jobWithExperts(seed, "cloudmatrix384", new Overlap(1, 0.5, 0.5));
        Step exposed = Step.of(healthy(open, seed), 0, 0);
        Step overlapped = Step.of(healthy(hidden, seed), 0, 0);
        assertThat(overlapped.length()).isLessThan(exposed.length());
        assertThat(overlapped.collectives().values()).allSatisfy(ranks -> {
            long last = ranks.stream().mapToLong(BusEvent::startNanos).max().orElseThrow();
            assertThat(ranks).allSatisfy(e -> {
                assertThat(e.waitNanos()).isEqualTo(last - e.startNanos());
                assertThat(e.endNanos()).isEqualTo(ranks.get(0).endNanos());
            });
        });
        for (StepEvent whole : overlapped.steps) {
            assertThat(whole.waitNanos()).isBetween(0L, whole.durationNanos());
        }
        long linkTime = exposed.buses.stream().mapToLong(BusEvent::transitNanos).sum();
        assertThat(overlapped.buses.stream().mapToLong(BusEvent::transitNanos).sum())
                .isCloseTo(linkTime, within(linkTime / 50));
        // what a card computes and what it transfers beside that never reach outside of the step
        assertThat(overlapped.buses).allMatch(e -> e.startNanos() >= 0 && e.endNanos() <= overlapped.length());
    }

    @ParameterizedTest
    @ValueSource(longs = {42, 43, 54})
    void aFullExpertIsLateForTheCombineAndGetsMoreTokens(long seed) {
        TrainingCost cost = jobWithExperts(seed, "cloudmatrix384", Overlap.NONE);
        Step step = Step.of(healthy(cost, seed), 0, 0);
        int seen = 0;
        for (List<BusEvent> ranks : step.collectives().values()) {
            if (ranks.get(0).op() == BusOp.COMBINE) {
                BusEvent fullest = ranks.stream()
                        .max(Comparator.comparingLong(BusEvent::sentBytes))
                        .orElseThrow();
                BusEvent emptiest = ranks.stream()
                        .min(Comparator.comparingLong(BusEvent::sentBytes))
                        .orElseThrow();
                seen += fullest.waitNanos() < emptiest.waitNanos() ? 1 : -1;
            }
        }
        assertThat(seen)
                .as("combines for which the fullest card came last, less the others")
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void theBubbleShrinksWithTheChunksOfAStage(int virtual) {
        // 10 layers on 2 stages of 1, 2 or 5 chunks, without jitter: (p - 1) / (V M) of the work of a stage
        TrainingCost cost = Jobs.small("cloudmatrix384", Collective.DIRECT, new Layout(4, 2, 1, 1, virtual), 16);
        double simulated = new StepSimulation(cost, 1, Jitter.NONE).run(0, 0, null) * 1e-9;
        StepEstimate estimate = StepEstimate.of(cost, Jitter.NONE);
        assertThat(simulated).isCloseTo(estimate.seconds(), within(0.02 * estimate.seconds()));
        double work = estimate.computeSeconds() + estimate.tensorParallelSeconds() + estimate.pipelineSeconds();
        assertThat(estimate.bubbleSeconds() / work).isCloseTo(1.0 / (virtual * 16), within(0.15 / (virtual * 16)));
    }

    @Test
    void theStartMovesAStepAndChangesNothingElse() {
        TrainingCost cost = job(0);
        EventBatch early = new EventBatch();
        EventBatch late = new EventBatch();
        long length = healthy(cost, 9).run(4, 0, early);
        assertThat(healthy(cost, 9).run(4, 123_456_789_012L, late)).isEqualTo(length);
        assertThat(healthy(cost, 9).run(4, 0, null)).isEqualTo(length);
        EventDigest moved = new EventDigest();
        EventBatch shifted = new EventBatch();
        EventDigest expected = new EventDigest();
        for (int i = 0; i < early.size(); i++) {
            shifted.addFrom(early, i, 123_456_789_012L);
            moved.add(shifted, i);
            expected.add(late, i);
        }
        assertThat(moved.hex()).isEqualTo(expected.hex());
    }

    @Test
    void withoutJitterNoRankOfAGroupWaitsForAnother() {
        TrainingCost cost = job(0);
        Step step = Step.of(new StepSimulation(cost, 1, Jitter.NONE), 0, 0);
        int tensor = cost.workload().layout().tensor();
        assertThat(step.buses)
                .filteredOn(e -> e.op() == BusOp.ALL_REDUCE && e.groupSize() == tensor)
                .isNotEmpty()
                .allSatisfy(e -> assertThat(e.waitNanos()).isZero());
    }

    @Test
    void aSlowCardShowsAsWaitOnItsPeersAndNotOnItself() {
        TrainingCost cost = Jobs.small("cloudmatrix384", Collective.DIRECT, new Layout(4, 4, 2), MICROBATCHES);
        int slow = 21; // second replica, stage 1, rank 1
        Step healthy = Step.of(healthy(cost, 1), 0, 0);
        Disturbance slowCard = new Disturbance(0, FaultKind.SLOW_CARD, slow, 1, -1, -1, 0, Disturbance.LASTING, 1.5);
        Step hurt = Step.of(healthy(cost, 1), 0, 0, Disturbances.of(List.of(slowCard)));

        assertThat(hurt.length()).isGreaterThan((long) (1.1 * healthy.length()));
        assertThat(hurt.reductionWait(slow)).isZero();
        for (int peer : new int[] {20, 22, 23}) {
            // each of its passes is half again as long, and the group waits for all of it, within the jitter
            double late = 0.5 * MICROBATCHES * cost.stage(1).seconds() * 1e9;
            assertThat(hurt.reductionWait(peer)).isCloseTo((long) late, within((long) (0.1 * late)));
            assertThat(hurt.reductionWait(peer)).isGreaterThan(4 * healthy.reductionWait(peer));
        }
        // the other replica waits for it once, at the end of the step
        long waitOfOtherReplica = hurt.buses.stream()
                .filter(e -> e.card() == 5 && e.op() == BusOp.REDUCE_SCATTER)
                .mapToLong(BusEvent::waitNanos)
                .sum();
        assertThat(waitOfOtherReplica).isGreaterThan((hurt.length() - healthy.length()) / 2);
        assertThat(hurt.reductionWait(5)).isEqualTo(healthy.reductionWait(5));
    }

    @Test
    void theBubbleIsStagesMinusOneOverMicrobatches() {
        // one card per stage, equal stages, no jitter: Narayanan et al. 2021, section 2.2.1
        TrainingCost cost = Jobs.llama("cloudmatrix384");
        StepSimulation simulation = new StepSimulation(cost, 1, Jitter.NONE);
        StepEstimate estimate = StepEstimate.of(cost, Jitter.NONE);
        assertThat(simulation.run(0, 0, null) * 1e-9).isCloseTo(estimate.seconds(), within(0.001 * estimate.seconds()));
        assertThat(estimate.bubbleSeconds() / (estimate.computeSeconds() + estimate.tensorParallelSeconds()))
                .isCloseTo(7.0 / 170, within(0.002));
    }

    private static String digest(StepSimulation simulation, int k) {
        EventBatch batch = new EventBatch();
        simulation.run(k, k * 1_000_000_000_000L, batch);
        EventDigest digest = new EventDigest();
        for (int i = 0; i < batch.size(); i++) {
            digest.add(batch, i);
        }
        return digest.hex();
    }

    /** What a card was occupied with. */
    private record Span(long start, long end, long waited) {}

    /** One simulated step, event by event. */
    private record Step(List<ComputeEvent> computes, List<BusEvent> buses, List<StepEvent> steps) {
        static Step of(StepSimulation simulation, int k, long startNanos) {
            return of(simulation, k, startNanos, Disturbances.NONE);
        }

        static Step of(StepSimulation simulation, int k, long startNanos, Disturbances disturbances) {
            EventBatch batch = new EventBatch();
            simulation.run(k, startNanos, disturbances, batch);
            Step step = new Step(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.COMPUTE) {
                    step.computes.add(batch.compute(i));
                } else if (batch.kind(i) == EventKind.BUS) {
                    step.buses.add(batch.bus(i));
                } else {
                    step.steps.add(batch.stepEvent(i));
                }
            }
            return step;
        }

        long length() {
            return steps.get(0).durationNanos();
        }

        List<Span> spans(int card) {
            List<Span> spans = new ArrayList<>();
            for (ComputeEvent e : computes) {
                if (e.card() == card) {
                    spans.add(new Span(e.startNanos(), e.endNanos(), 0));
                }
            }
            for (BusEvent e : buses) {
                if (e.card() == card) {
                    spans.add(new Span(e.startNanos(), e.endNanos(), e.waitNanos()));
                }
            }
            spans.sort(Comparator.comparingLong(Span::start).thenComparingLong(Span::end));
            return spans;
        }

        /** By what names a collective: operation, group and microbatch. */
        Map<String, List<BusEvent>> collectives() {
            Map<String, List<BusEvent>> collectives = new HashMap<>();
            for (BusEvent e : buses) {
                if (e.peer() < 0) {
                    String key = e.op() + " " + e.group() + " " + e.microbatch();
                    collectives.computeIfAbsent(key, k -> new ArrayList<>()).add(e);
                }
            }
            return collectives;
        }

        /** Wait in the reductions of a card's tensor-parallel group. */
        long reductionWait(int card) {
            return buses.stream()
                    .filter(e -> e.card() == card && e.op() == BusOp.ALL_REDUCE && e.microbatch() >= 0)
                    .mapToLong(BusEvent::waitNanos)
                    .sum();
        }
    }
}
