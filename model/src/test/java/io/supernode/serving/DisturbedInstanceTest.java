package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.disturbance.AnyDisturbances;
import io.supernode.disturbance.Arrivals;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.FaultKind;
import io.supernode.granularity.Granularity;
import io.supernode.scenario.Scenario;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeWorkload;
import io.supernode.workload.PrefillWorkload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A decode instance and a prefill instance, always full, while something goes wrong. */
class DisturbedInstanceTest {
    private static final long SECOND = 1_000_000_000;
    private static final double LINE_RATE = 392e9;
    private static final int ITERATIONS = 40;

    private static final Scenario DECODE =
            Scenario.of("deepseek-r1-decode", Map.of("machine.cards", "32", "decode.cards", "32"));
    private static final Scenario PREFILL = Scenario.of("deepseek-r1-prefill", Map.of());
    private static final Scenario SLOW_PREFILL =
            Scenario.of("deepseek-r1-prefill", Map.of("machine", "ethernet-samecard"));

    static Stream<Arguments> seeds() {
        return LongStream.range(0, 40)
                .boxed()
                .flatMap(seed -> Stream.of(DECODE, PREFILL, SLOW_PREFILL).map(s -> Arguments.of(s, seed)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatHasEndedBeforeADisturbanceBeginsIsTheSameWithAndWithoutIt(Scenario scenario, long seed) {
        long from = (long) (3 * SECOND * new Draws(seed).uniform(1, 0, 0, 0, 0));
        EventDigest calm = before(run(scenario, DisturbanceSchedule.NONE), from);
        EventDigest disturbed = before(run(scenario, any(scenario, seed, from)), from);
        assertThat(disturbed.count()).isEqualTo(calm.count());
        assertThat(disturbed.hex()).isEqualTo(calm.hex());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noDisturbanceBreaksTheLaws(Scenario scenario, long seed) {
        DisturbanceSchedule schedule = any(scenario, seed, SECOND / 5);
        EventSource run = run(scenario, schedule);
        EventSource calm = run(scenario, DisturbanceSchedule.NONE);
        EventBatch events = new EventBatch();
        EventBatch healthy = new EventBatch();
        double rate = scenario == SLOW_PREFILL ? 25e9 : LINE_RATE;
        for (int k = 0; k < ITERATIONS; k++) {
            long start = run.throughNanos();
            assertThat(run.next(events)).isTrue();
            calm.next(healthy);
            assertThat(tokens(events)).isEqualTo(tokens(healthy)).isPositive();
            assertThat(run.throughNanos() - start).isGreaterThan(0);
            check(events, start, run.throughNanos(), rate, schedule);
        }
    }

    private static void check(EventBatch events, long start, long end, double lineRate, DisturbanceSchedule schedule) {
        Map<BusOp, long[]> bytes = new HashMap<>();
        Disturbances disturbances = schedule.during(start, end + 1);
        for (int i = 0; i < events.size(); i++) {
            if (events.kind(i) == EventKind.FAULT) {
                continue;
            }
            assertThat(events.startNanos(i)).isGreaterThanOrEqualTo(start);
            assertThat(events.endNanos(i)).isLessThanOrEqualTo(end);
            assertThat(disturbances.silentUntilNanos(events.card(i), events.endNanos(i)))
                    .as("a lost card tells nothing")
                    .isEqualTo(events.endNanos(i));
            if (events.kind(i) == EventKind.STEP) {
                assertThat(events.waitNanos(i)).isBetween(0L, events.durationNanos(i));
            }
            if (events.kind(i) == EventKind.BUS) {
                long transit = events.durationNanos(i) - events.waitNanos(i);
                assertThat(events.waitNanos(i)).isNotNegative();
                assertThat(Math.max(events.sentBytes(i), events.receivedBytes(i)) / (transit * 1e-9))
                        .isLessThan(lineRate);
                long[] both = bytes.computeIfAbsent(events.busOp(i), op -> new long[2]);
                both[0] += events.sentBytes(i);
                both[1] += events.receivedBytes(i);
            }
        }
        assertThat(bytes.values())
                .hasSize(2)
                .allSatisfy(both -> assertThat(both[0]).isEqualTo(both[1]));
    }

    @Test
    void aSlowCardMakesItsIterationsLongerAndAllOthersWait() {
        Sums calm = sums(DECODE);
        Sums hurt = sums(DECODE, always(FaultKind.SLOW_CARD, 7, 1.5));
        assertThat((double) hurt.compute(7) / calm.compute(7)).isCloseTo(1.5, within(0.001));
        assertThat(hurt.compute(8)).isEqualTo(calm.compute(8));
        assertThat((double) (hurt.end - calm.end)).isCloseTo(0.5 * calm.compute(7), withPercentage(8));
        assertThat(hurt.waits(8, BusOp.COMBINE) - calm.waits(8, BusOp.COMBINE))
                .isCloseTo(hurt.end - calm.end, within(1000L));
        assertThat(hurt.waits(7, BusOp.COMBINE)).isLessThan(calm.waits(8, BusOp.COMBINE));
    }

    @Test
    void aCardThatGrowsHotSlowsLittleByLittle() {
        Sums hurt = sums(DECODE, always(FaultKind.THERMAL_RAMP, 7, 2));
        double first = (double) hurt.length(0) / sums(DECODE).length(0);
        double later = (double) hurt.length(ITERATIONS - 1) / sums(DECODE).length(ITERATIONS - 1);
        assertThat(first).isCloseTo(1, within(0.01));
        // after about 3.5 of 30 s
        assertThat(later).isBetween(1.05, 1.2);
    }

    @Test
    void aSlowLinkIsTransitOfEveryExchangeForTheExchangeIsOfAll() {
        Sums calm = sums(DECODE);
        for (Disturbance d : List.of(always(FaultKind.LANE_DOWN, 3, 2), always(FaultKind.CRC_STORM, 3, 2))) {
            Sums hurt = sums(DECODE, d);
            assertThat((double) hurt.transit(20, BusOp.DISPATCH) / calm.transit(20, BusOp.DISPATCH))
                    .isCloseTo(2, within(1e-6));
            assertThat(hurt.compute(3)).isEqualTo(calm.compute(3));
        }
        // a flapping link is down for a fifth of the time, and iterations are too short to work while it is
        Sums flap = sums(DECODE, always(FaultKind.LINK_FLAP, 3, 0.5));
        assertThat(flap.end - calm.end).isGreaterThan(SECOND);
    }

    @Test
    void congestionMeetsExpertsOnTheScaleOutNetworkAlone() {
        assertThat(DECODE.disturbanceRules().kinds()).doesNotContain(FaultKind.CONGESTION);
        Sums calm = sums(SLOW_PREFILL);
        Sums hurt =
                sums(SLOW_PREFILL, new Disturbance(0, FaultKind.CONGESTION, 0, 0, -1, -1, 0, Disturbance.LASTING, 0.5));
        assertThat((double) hurt.transit(1, BusOp.DISPATCH) / calm.transit(1, BusOp.DISPATCH))
                .isCloseTo(2, within(1e-6));
    }

    @Test
    void hotExpertsComputeLongerForTheTokensThatTheOthersDoNotGet() {
        Sums calm = sums(DECODE);
        Sums hurt = sums(DECODE, always(FaultKind.EXPERT_HOT_SPOT, 7, 3));
        // of 32 shares one counts three times: 3 of 34 instead of 1 of 32
        assertThat((double) hurt.received(7) / calm.received(7)).isCloseTo(3.0 * 32 / 34, within(1e-6));
        assertThat((double) hurt.received(8) / calm.received(8)).isCloseTo(32.0 / 34, within(1e-6));
        assertThat(hurt.compute(7)).isGreaterThan(calm.compute(7) * 13 / 10);
        assertThat(hurt.compute(8)).isLessThan(calm.compute(8));
        assertThat((double) hurt.transit(8, BusOp.DISPATCH) / calm.transit(8, BusOp.DISPATCH))
                .isCloseTo(3.0 * 32 / 34, within(1e-6));
    }

    @Test
    void aLateHostIsWaitedFor() {
        Sums calm = sums(DECODE);
        Sums hurt = sums(DECODE, always(FaultKind.HOST_JITTER, 7, 0.3));
        // about once in two seconds of work by 50 to 300 ms: 3.3 s of iterations
        long late = hurt.end - calm.end;
        assertThat(late).isBetween(50_000_000L, 1_500_000_000L);
        assertThat(hurt.compute(7)).isEqualTo(calm.compute(7));
        assertThat(hurt.waits(8, BusOp.COMBINE) - calm.waits(8, BusOp.COMBINE)).isCloseTo(late, within(30_000_000L));
    }

    @Test
    void aLostCardHoldsTheInstanceUntilItIsBack() {
        for (Scenario scenario : List.of(DECODE, PREFILL, SLOW_PREFILL)) {
            Sums calm = sums(scenario);
            long lost = calm.end / 3;
            long back = lost + 100 * SECOND;
            Sums hurt = sums(scenario, new Disturbance(0, FaultKind.CARD_LOST, 7, 1, -1, -1, lost, back, 1));
            // what it was at is done again
            assertThat(hurt.end - calm.end).isBetween(99 * SECOND, 100 * SECOND + 3 * calm.length(0));
            assertThat(hurt.compute(7)).isEqualTo(calm.compute(7));
            assertThat(hurt.told(i -> i == 7)).noneMatch(end -> end > lost && end < back);
        }
    }

    @Test
    void aRunThatIsToldFinelyHasTheSumsOfTheWhole() {
        Disturbance[] all = {always(FaultKind.SLOW_CARD, 7, 1.3), always(FaultKind.EXPERT_HOT_SPOT, 9, 2)};
        Sums whole = sums(DECODE, all);
        Decoding decoding = new Decoding(DECODE.machine(), (DecodeWorkload) DECODE.workload());
        EventSource fine = decoding.told(decoding.events(DECODE.seed(), schedule(all), 0), Granularity.OPERATION, 0);
        Sums sums = new Sums();
        EventBatch events = new EventBatch();
        while (fine.throughNanos() <= whole.end) {
            fine.next(events);
            sums.add(events, whole.end);
        }
        for (int card : new int[] {0, 7, 9, 31}) {
            assertThat(sums.compute(card)).isEqualTo(whole.compute(card));
            assertThat(sums.received(card)).isEqualTo(whole.received(card));
            assertThat(sums.transit(card, BusOp.COMBINE)).isEqualTo(whole.transit(card, BusOp.COMBINE));
        }
    }

    private static long tokens(EventBatch events) {
        long tokens = 0;
        for (int i = 0; i < events.size(); i++) {
            tokens += events.kind(i) == EventKind.STEP ? events.tokens(i) : 0;
        }
        return tokens;
    }

    private static DisturbanceSchedule any(Scenario scenario, long seed, long from) {
        return AnyDisturbances.of(
                seed, scenario.machine().cards(), scenario.disturbanceRules().kinds(), from, SECOND);
    }

    private static Disturbance always(FaultKind kind, int card, double magnitude) {
        return new Disturbance(card, kind, card, 1, -1, -1, 0, Disturbance.LASTING, magnitude);
    }

    private static DisturbanceSchedule schedule(Disturbance... all) {
        return new DisturbanceSchedule(Disturbances.of(List.of(all)), Arrivals.NONE);
    }

    private static EventSource run(Scenario scenario, DisturbanceSchedule schedule) {
        return scenario.workload() instanceof DecodeWorkload decode
                ? new Decoding(scenario.machine(), decode).events(scenario.seed(), schedule, 0)
                : new Prefilling(scenario.machine(), (PrefillWorkload) scenario.workload())
                        .events(scenario.seed(), schedule, 0);
    }

    private static EventDigest before(EventSource source, long from) {
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        while (source.throughNanos() < from) {
            source.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < from) {
                    digest.add(batch, i);
                }
            }
        }
        return digest;
    }

    private static Sums sums(Scenario scenario, Disturbance... all) {
        EventSource run = run(scenario, schedule(all));
        Sums sums = new Sums();
        EventBatch events = new EventBatch();
        for (int k = 0; k < ITERATIONS; k++) {
            sums.lengths[k] = -run.throughNanos();
            run.next(events);
            sums.lengths[k] += run.throughNanos();
            sums.add(events, Long.MAX_VALUE);
        }
        sums.end = run.throughNanos();
        return sums;
    }

    /** What cards did, and when they told it. */
    private static final class Sums {
        final long[] lengths = new long[ITERATIONS];
        long end;
        private final Map<String, Long> sums = new HashMap<>();
        private final Map<Integer, List<Long>> ends = new HashMap<>();

        void add(EventBatch events, long untilNanos) {
            for (int i = 0; i < events.size(); i++) {
                int card = events.card(i);
                if (events.endNanos(i) > untilNanos || events.kind(i) == EventKind.FAULT) {
                    continue;
                }
                ends.computeIfAbsent(card, c -> new ArrayList<>()).add(events.endNanos(i));
                if (events.kind(i) == EventKind.COMPUTE) {
                    sums.merge(card + " compute", events.durationNanos(i), Long::sum);
                } else if (events.kind(i) == EventKind.BUS) {
                    BusOp op = events.busOp(i);
                    sums.merge(card + " wait " + op, events.waitNanos(i), Long::sum);
                    sums.merge(card + " transit " + op, events.durationNanos(i) - events.waitNanos(i), Long::sum);
                    sums.merge(card + " received " + op, events.receivedBytes(i), Long::sum);
                }
            }
        }

        long length(int k) {
            return lengths[k];
        }

        long compute(int card) {
            return sums.get(card + " compute");
        }

        long waits(int card, BusOp op) {
            return sums.get(card + " wait " + op);
        }

        long transit(int card, BusOp op) {
            return sums.get(card + " transit " + op);
        }

        long received(int card) {
            return sums.get(card + " received DISPATCH");
        }

        List<Long> told(IntPredicate cards) {
            return ends.entrySet().stream()
                    .filter(e -> cards.test(e.getKey()))
                    .flatMap(e -> e.getValue().stream())
                    .toList();
        }
    }
}
