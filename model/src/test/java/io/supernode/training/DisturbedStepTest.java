package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeEvent;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import io.supernode.event.StepEvent;
import io.supernode.machine.Collective;
import io.supernode.unit.Draws;
import io.supernode.workload.Layout;
import io.supernode.workload.Overlap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What disturbances do to a step: where each shows, and what no disturbance changes. */
class DisturbedStepTest {
    private static final long START = 1_000_000_007L;
    private static final int MICROBATCHES = 24;
    /** TP4 PP4 DP2: stage s of replica r holds the cards 16 r + 4 s to 16 r + 4 s + 3. A step takes about 0.1 s. */
    private static final TrainingCost DENSE =
            Jobs.small("cloudmatrix384", Collective.DIRECT, new Layout(4, 4, 2), MICROBATCHES);
    /** PP2 DP8 EP4: eight cards of a block, the four of a stage share its experts. */
    private static final TrainingCost EXPERTS =
            Jobs.experts("cloudmatrix384", Collective.DIRECT, new Layout(1, 2, 8, 4, 1), MICROBATCHES, Overlap.NONE);

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @Test
    void aSlowLinkIsTransitOnItsPairAndItsGroupAndOnNobodyElse() {
        // half of the links' rate from card 21 on: second replica, stage 1, rank 1
        Events hurt = run(DENSE, always(FaultKind.LANE_DOWN, 21, 1, 2));
        Events healthy = run(DENSE);

        long before = healthy.transit(e -> e.card() == 20 && isReduction(e));
        assertThat(hurt.transit(e -> e.card() == 20 && isReduction(e))).isCloseTo(2 * before, within(before / 50));
        assertThat(hurt.transit(e -> e.card() == 21 && isReduction(e))).isCloseTo(2 * before, within(before / 50));
        long ofPair = healthy.transit(e -> e.card() == 17 && e.peer() == 21 && e.op() == BusOp.SEND);
        assertThat(hurt.transit(e -> e.card() == 17 && e.peer() == 21 && e.op() == BusOp.SEND))
                .isCloseTo(2 * ofPair, within(ofPair / 50));
        // other groups, other pairs: not a nanosecond of transit
        for (Predicate<BusEvent> elsewhere : List.<Predicate<BusEvent>>of(
                e -> e.card() / 4 != 5 && isReduction(e),
                e -> e.op() == BusOp.SEND && e.card() != 21 && e.peer() != 21)) {
            assertThat(hurt.transit(elsewhere)).isEqualTo(healthy.transit(elsewhere));
        }
        assertThat(hurt.computing(e -> true)).isEqualTo(healthy.computing(e -> true));
    }

    @Test
    void aStormOfChecksumErrorsAddsItsShareToTheTransitOfItsGroup() {
        Events hurt = run(DENSE, always(FaultKind.CRC_STORM, 8, 4, 1.2));
        Events healthy = run(DENSE);
        long before = healthy.transit(e -> e.card() == 9 && isReduction(e));
        assertThat(hurt.transit(e -> e.card() == 9 && isReduction(e))).isCloseTo(before * 12 / 10, within(before / 50));
        assertThat(hurt.transit(e -> e.card() == 4 && isReduction(e)))
                .isEqualTo(healthy.transit(e -> e.card() == 4 && isReduction(e)));
    }

    @Test
    void aFlappingLinkStopsWhatStartsWhileItIsDown() {
        // down for about a fifth of each 5 s: of many short steps, some transfers wait for up to 1.5 s
        Disturbances flap = Disturbances.of(List.of(always(FaultKind.LINK_FLAP, 21, 1, 0.2)));
        long longest = 0;
        long at = START;
        StepSimulation simulation = new StepSimulation(DENSE, 1, Jitter.MEASURED);
        long down = 0;
        for (int k = 0; at < START + 20_000_000_000L; k++) {
            EventBatch batch = new EventBatch();
            at += simulation.run(k, at, flap, batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.card(i) == 21 && batch.kind(i) == EventKind.BUS) {
                    long transit = batch.durationNanos(i) - batch.waitNanos(i);
                    longest = Math.max(longest, transit);
                    down += transit > 10_000_000 ? transit : 0;
                }
            }
        }
        // an episode lasts from half to one and a half times of 1 s, and nothing passes in it
        assertThat(longest).isBetween(500_000_000L, 1_510_000_000L);
        assertThat(down).isBetween(2_000_000_000L, 6_000_000_000L);
    }

    @Test
    void congestionMeetsTheScaleOutNetworkAlone() {
        // TP16 in two servers of eight: reductions cross, the pipeline goes on to other servers
        TrainingCost conventional =
                Jobs.small("ethernet-samecard", Collective.HIERARCHICAL, new Layout(8, 2, 2), MICROBATCHES);
        Events hurt = run(conventional, always(FaultKind.CONGESTION, 0, 0, 0.5));
        Events healthy = run(conventional);
        Predicate<BusEvent> crossing = e -> e.fabric() == Fabric.ETHERNET && e.op() == BusOp.SEND;
        Predicate<BusEvent> inside = e -> e.fabric() == Fabric.BUS && e.op() != BusOp.RECEIVE;
        assertThat(healthy.transit(crossing)).isPositive();
        assertThat(healthy.transit(inside)).isPositive();
        assertThat((double) hurt.transit(crossing)).isCloseTo(2.0 * healthy.transit(crossing), within(1e4));
        assertThat(hurt.transit(inside)).isEqualTo(healthy.transit(inside));
    }

    @Test
    void heatSlowsACardLittleByLittle() {
        // 30 s to the full slowness: at 15 s half of it
        Disturbances ramp = Disturbances.of(
                List.of(new Disturbance(0, FaultKind.THERMAL_RAMP, 21, 1, -1, -1, START, Disturbance.LASTING, 2)));
        double[] factors = new double[3];
        long[] starts = {START, START + 15_000_000_000L, START + 40_000_000_000L};
        for (int i = 0; i < 3; i++) {
            EventBatch calm = new EventBatch();
            EventBatch hot = new EventBatch();
            new StepSimulation(DENSE, 1, Jitter.MEASURED).run(0, starts[i], calm);
            new StepSimulation(DENSE, 1, Jitter.MEASURED).run(0, starts[i], ramp, hot);
            factors[i] = (double) new Events(hot).computing(e -> e.card() == 21)
                    / new Events(calm).computing(e -> e.card() == 21);
        }
        assertThat(factors[0]).isCloseTo(1.0, within(0.02));
        assertThat(factors[1]).isCloseTo(1.5, within(0.02));
        assertThat(factors[2]).isCloseTo(2.0, within(1e-5));
    }

    @Test
    void aFullStageComputesLongerOnAllOfItsCards() {
        Events hurt =
                run(DENSE, new Disturbance(0, FaultKind.STAGE_IMBALANCE, 0, 0, -1, 3, 0, Disturbance.LASTING, 1.5));
        Events healthy = run(DENSE);
        for (int stage = 0; stage < 4; stage++) {
            int ofStage = stage;
            double factor =
                    (double) hurt.computing(e -> e.stage() == ofStage) / healthy.computing(e -> e.stage() == ofStage);
            assertThat(factor).isCloseTo(stage == 3 ? 1.5 : 1, within(1e-4));
        }
        // the pipeline goes at the pace of its slowest stage
        long longer = hurt.computing(e -> e.card() == 12) - healthy.computing(e -> e.card() == 12);
        assertThat(hurt.length() - healthy.length()).isBetween(longer * 8 / 10, longer * 11 / 10);
    }

    @Test
    void unevenSequencesSlowMicrobatchesOnNoFixedCard() {
        Events hurt = run(DENSE, always(FaultKind.SEQUENCE_IMBALANCE, 0, 0, 2));
        Events healthy = run(DENSE);
        double[] ofMicrobatch = new double[MICROBATCHES];
        for (int m = 0; m < MICROBATCHES; m++) {
            int microbatch = m;
            // the same on every stage and rank of a replica
            double first = factor(hurt, healthy, e -> e.card() == 0 && e.microbatch() == microbatch);
            double last = factor(hurt, healthy, e -> e.card() == 14 && e.microbatch() == microbatch);
            assertThat(first).isBetween(0.9999, 2.0001);
            assertThat(last).isCloseTo(first, within(1e-4));
            ofMicrobatch[m] = first;
        }
        // drawn evenly from 1 to 2: mean 1.5, deviation 0.29
        double mean = Arrays.stream(ofMicrobatch).average().orElseThrow();
        assertThat(mean).isCloseTo(1.5, within(3 * 0.29 / Math.sqrt(MICROBATCHES)));
        assertThat(Arrays.stream(ofMicrobatch).max().orElseThrow()).isGreaterThan(1.8);
        // the replicas differ from each other, microbatch by microbatch
        assertThat(factor(hurt, healthy, e -> e.card() == 16 && e.microbatch() == 0))
                .isNotCloseTo(ofMicrobatch[0], within(0.01));
        for (int card : new int[] {0, 5, 31}) {
            assertThat(factor(hurt, healthy, e -> e.card() == card)).isCloseTo(1.5, within(0.15));
        }
    }

    @Test
    void aHotExpertHasMoreWorkAndTheOthersLess() {
        Events hurt = run(EXPERTS, always(FaultKind.EXPERT_HOT_SPOT, 5, 1, 2));
        Events healthy = run(EXPERTS);
        // of four shares one counts twice: 2/5 of the tokens instead of 1/4, the others 1/5
        Predicate<BusEvent> received = e -> e.op() == BusOp.DISPATCH && e.card() == 5;
        assertThat((double) hurt.received(received) / healthy.received(received))
                .isCloseTo(1.6, within(0.05));
        Predicate<BusEvent> ofOthers = e -> e.op() == BusOp.DISPATCH && e.card() == 4;
        assertThat((double) hurt.received(ofOthers) / healthy.received(ofOthers))
                .isCloseTo(0.8, within(0.05));
        // the stage of block 0 shares the experts: what it dispatched is what it dispatched
        Predicate<BusEvent> ofGroup = e -> e.op() == BusOp.DISPATCH && e.card() >= 4 && e.card() < 8;
        assertThat(hurt.received(ofGroup)).isEqualTo(healthy.received(ofGroup));
        assertThat(hurt.waiting(e -> e.card() == 4 && e.op() == BusOp.COMBINE))
                .isGreaterThan(2 * healthy.waiting(e -> e.card() == 4 && e.op() == BusOp.COMBINE));
        assertThat(hurt.computing(e -> e.card() == 1)).isEqualTo(healthy.computing(e -> e.card() == 1));
    }

    @Test
    void aLateHostLeavesGapsThatItsPeersWaitFor() {
        long gaps = 0;
        long waits = 0;
        long at = START;
        StepSimulation disturbed = new StepSimulation(DENSE, 1, Jitter.MEASURED);
        Disturbances jitter = Disturbances.of(List.of(always(FaultKind.HOST_JITTER, 21, 1, 0.3)));
        long working = 0;
        for (int k = 0; k < 200; k++) {
            EventBatch batch = new EventBatch();
            at += disturbed.run(k, at, jitter, batch);
            Events events = new Events(batch);
            working += events.computing(e -> e.card() == 21);
            gaps += events.computes.stream()
                    .filter(e -> e.card() == 21)
                    .mapToLong(e -> gapBefore(events, e))
                    .filter(gap -> gap >= 50_000_000L)
                    .peek(gap -> assertThat(gap).isBetween(50_000_000L, 310_000_000L))
                    .sum();
            waits += events.waiting(e -> e.card() == 20 && isReduction(e));
        }
        // once in 2 s of work, 175 ms on average
        double expected = working / 2e9 * 175e6;
        assertThat((double) gaps).isCloseTo(expected, within(0.5 * expected));
        assertThat(waits).isGreaterThan(gaps * 9 / 10);
    }

    @Test
    void aLostCardIsSilentAndItsGroupsStandStillUntilItIsBack() {
        Events healthy = run(DENSE);
        long lost = START + healthy.length() / 2;
        long back = lost + 180_000_000_000L;
        Events hurt = run(DENSE, new Disturbance(0, FaultKind.CARD_LOST, 21, 1, -1, -1, lost, back, 1));

        assertThat(hurt.ends(21)).noneMatch(end -> end > lost && end < back);
        assertThat(hurt.ends(21)).anyMatch(end -> end <= lost).anyMatch(end -> end > back);
        // its tensor-parallel peers stand still: they have one thing at most to finish
        for (int peer : new int[] {20, 22, 23}) {
            assertThat(hurt.ends(peer).stream().filter(end -> end > lost && end < back))
                    .hasSizeLessThan(3);
        }
        long late = hurt.length() - healthy.length();
        // less what the card stood idle anyway when it was lost, more what it has to do again
        assertThat(late).isCloseTo(back - lost, within(10_000_000L));
        assertThat(hurt.computes).hasSameSizeAs(healthy.computes);
        assertThat(hurt.buses).hasSameSizeAs(healthy.buses);
        assertThat(hurt.waiting(e -> e.card() == 20)).isGreaterThan(179_000_000_000L);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatHasEndedBeforeADisturbanceBeginsIsTheSameWithAndWithoutIt(long seed) {
        TrainingCost cost = job(seed);
        Events calm = run(cost);
        long from = START + (long) (calm.length() * new Draws(seed).uniform(1, 0, 0, 0, 0));
        Events disturbed = run(cost, Disturbances.of(any(seed, cost, from)));
        assertThat(disturbed.before(from).hex()).isEqualTo(calm.before(from).hex());
        assertThat(disturbed.before(from).count()).isEqualTo(calm.before(from).count());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noDisturbanceBreaksTheLawsOfAStep(long seed) {
        TrainingCost cost = job(seed);
        Disturbances disturbances = Disturbances.of(any(seed, cost, START / 2));
        Events step = run(cost, disturbances);

        Map<String, long[]> bytes = new HashMap<>();
        assertThat(step.buses).allMatch(e -> e.waitNanos() >= 0 && e.waitNanos() <= e.durationNanos());
        for (BusEvent e : step.buses) {
            boolean pair = e.peer() >= 0;
            String key = (pair ? "" : e.op()) + " " + e.group() + " " + e.microbatch();
            long[] sums = bytes.computeIfAbsent(key, k -> new long[2]);
            sums[0] += e.sentBytes();
            sums[1] += e.receivedBytes();
        }
        assertThat(bytes.values()).allSatisfy(sums -> assertThat(sums[0]).isEqualTo(sums[1]));

        for (int card = 0; card < cost.machine().cards(); card++) {
            StepEvent whole = step.steps.get(card);
            int of = card;
            long busy = step.computing(e -> e.card() == of) + step.transit(e -> e.card() == of);
            assertThat(busy).isLessThanOrEqualTo(whole.durationNanos());
            assertThat(whole.waitNanos()).isBetween(0L, whole.durationNanos());
            assertThat(disturbances.silentUntilNanos(card, whole.endNanos())).isEqualTo(whole.endNanos());
        }
        assertThat(step.computes.stream().mapToLong(ComputeEvent::tokens).sum())
                .isEqualTo(cost.workload().stepTokens());
        assertThat(step.computes).hasSameSizeAs(run(cost).computes);
        for (int card = 0; card < cost.machine().cards(); card++) {
            int of = card;
            assertThat(step.ends(card)).allMatch(end -> disturbances.silentUntilNanos(of, end) == end);
        }
    }

    private static TrainingCost job(long seed) {
        return seed % 2 == 0 ? DENSE : EXPERTS;
    }

    /** One to six disturbances of all kinds that touch the work, drawn. */
    private static List<Disturbance> any(long seed, TrainingCost cost, long from) {
        FaultKind[] kinds = {
            FaultKind.SLOW_CARD,
            FaultKind.THERMAL_RAMP,
            FaultKind.LINK_FLAP,
            FaultKind.LANE_DOWN,
            FaultKind.CRC_STORM,
            FaultKind.CONGESTION,
            FaultKind.STAGE_IMBALANCE,
            FaultKind.SEQUENCE_IMBALANCE,
            FaultKind.EXPERT_HOT_SPOT,
            FaultKind.HOST_JITTER,
            FaultKind.CARD_LOST
        };
        Draws draws = new Draws(seed);
        List<Disturbance> all = new ArrayList<>();
        int count = 1 + (int) (6 * draws.uniform(2, 0, 0, 0, 0));
        for (int i = 0; i < count; i++) {
            FaultKind kind = kinds[(int) ((seed + i * 7) % kinds.length)];
            int card = (int) (cost.machine().cards() * draws.uniform(3, i, 0, 0, 0));
            int stage = (int) (cost.workload().layout().pipeline() * draws.uniform(4, i, 0, 0, 0));
            double size = draws.uniform(5, i, 0, 0, 0);
            double magnitude =
                    kind == FaultKind.LINK_FLAP || kind == FaultKind.CONGESTION ? 0.5 * size + 0.1 : 1 + size;
            long start = from + (long) (50_000_000 * draws.uniform(6, i, 0, 0, 0) * (i == 0 ? 0 : 1));
            long until = kind == FaultKind.CARD_LOST || size < 0.5
                    ? start + 30_000_000 + (long) (size * 5e8)
                    : Disturbance.LASTING;
            all.add(new Disturbance(i, kind, card, 1, -1, stage, start, until, magnitude));
        }
        return all;
    }

    private static Disturbance always(FaultKind kind, int card, int cards, double magnitude) {
        return new Disturbance(0, kind, card, cards, -1, -1, 0, Disturbance.LASTING, magnitude);
    }

    private static Events run(TrainingCost cost, Disturbance... disturbances) {
        return run(cost, Disturbances.of(List.of(disturbances)));
    }

    private static Events run(TrainingCost cost, Disturbances disturbances) {
        EventBatch batch = new EventBatch();
        new StepSimulation(cost, 1, Jitter.MEASURED).run(0, START, disturbances, batch);
        return new Events(batch);
    }

    private static boolean isReduction(BusEvent e) {
        return e.op() == BusOp.ALL_REDUCE && e.microbatch() >= 0;
    }

    private static double factor(Events hurt, Events healthy, Predicate<ComputeEvent> of) {
        return (double) hurt.computing(of) / healthy.computing(of);
    }

    /** Between a piece of work and what its card did before. */
    private static long gapBefore(Events events, ComputeEvent e) {
        long before = events.ends(e.card()).stream()
                .mapToLong(end -> end)
                .filter(end -> end <= e.startNanos())
                .max()
                .orElse(e.startNanos());
        return e.startNanos() - before;
    }

    private static final class Events {
        private final List<ComputeEvent> computes = new ArrayList<>();
        private final List<BusEvent> buses = new ArrayList<>();
        private final List<StepEvent> steps = new ArrayList<>();
        private final EventBatch batch;
        private final Map<Integer, List<Long>> endsOfCard = new HashMap<>();

        Events(EventBatch batch) {
            this.batch = batch;
            for (int i = 0; i < batch.size(); i++) {
                endsOfCard
                        .computeIfAbsent(batch.card(i), c -> new ArrayList<>())
                        .add(batch.endNanos(i));
                if (batch.kind(i) == EventKind.COMPUTE) {
                    computes.add(batch.compute(i));
                } else if (batch.kind(i) == EventKind.BUS) {
                    buses.add(batch.bus(i));
                } else {
                    steps.add(batch.stepEvent(i));
                }
            }
        }

        long length() {
            return steps.get(0).durationNanos();
        }

        List<Long> ends(int card) {
            return endsOfCard.get(card);
        }

        EventDigest before(long nanos) {
            EventDigest digest = new EventDigest();
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < nanos) {
                    digest.add(batch, i);
                }
            }
            return digest;
        }

        long computing(Predicate<ComputeEvent> of) {
            return computes.stream()
                    .filter(of)
                    .mapToLong(ComputeEvent::durationNanos)
                    .sum();
        }

        long transit(Predicate<BusEvent> of) {
            return sum(of, BusEvent::transitNanos);
        }

        long waiting(Predicate<BusEvent> of) {
            return sum(of, BusEvent::waitNanos);
        }

        long received(Predicate<BusEvent> of) {
            return sum(of, BusEvent::receivedBytes);
        }

        private long sum(Predicate<BusEvent> of, ToLongFunction<BusEvent> what) {
            return buses.stream().filter(of).mapToLong(what).sum();
        }
    }
}
