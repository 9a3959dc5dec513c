package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.granularity.FineEvents;
import io.supernode.granularity.Granularity;
import io.supernode.machine.Collective;
import io.supernode.scenario.Scenario;
import io.supernode.workload.Layout;
import io.supernode.workload.Overlap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A run told more finely is the same run. */
class FineEventsTest {
    private static final int STEPS = 2;

    static Stream<Arguments> seeds() {
        return IntStream.range(0, 24)
                .boxed()
                .flatMap(seed -> Stream.of(
                        Arguments.of(seed, Granularity.COLLECTIVE), Arguments.of(seed, Granularity.OPERATION)));
    }

    /** Dense, interleaved, with experts, with overlap, on one network and on two. */
    private static TrainingCost job(int seed) {
        Layout[] dense = {
            new Layout(4, 4, 2),
            new Layout(8, 2, 1),
            new Layout(16, 2, 2),
            new Layout(1, 8, 3),
            new Layout(4, 2, 2, 1, 2)
        };
        Layout[] experts = {
            new Layout(1, 2, 8, 4, 1),
            new Layout(1, 4, 4, 2, 1),
            new Layout(1, 4, 4, 4, 1),
            new Layout(2, 4, 1, 1, 2),
            new Layout(1, 2, 4, 2, 2)
        };
        String machine = new String[] {"cloudmatrix384", "ethernet-910b", "ethernet-samecard"}[seed % 3];
        Collective collective = Collective.values()[seed / 3 % 4];
        int microbatches = seed % 7 == 0 ? 4 : 12;
        if (seed < 10) {
            return Jobs.small(machine, collective, dense[seed % 5], microbatches);
        }
        Overlap overlap = seed < 18 ? Overlap.NONE : new Overlap(0.6, 0.4, 0.5);
        return Jobs.experts(machine, collective, experts[seed % 5], microbatches, overlap);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyCardDoesAsMuchForAsLong(int seed, Granularity granularity) {
        TrainingCost cost = job(seed);
        Run coarse = Run.of(new TrainingRun(cost, seed), cost.machine().cards());
        Run fine = Run.of(fine(cost, seed, granularity), cost.machine().cards());
        // to the nanosecond and to the byte: time, waiting, work, tokens, traffic, of every card and kind of collective
        Map<String, List<Long>> expected = coarse.sums();
        Map<String, List<Long>> told = fine.sums();
        assertThat(told.keySet()).isEqualTo(expected.keySet());
        told.forEach((key, sums) -> assertThat(sums).as(key).isEqualTo(expected.get(key)));
        assertThat(fine.events.stream().filter(e -> e.kind == EventKind.STEP).map(e -> e.record))
                .containsExactlyElementsOf(coarse.events.stream()
                        .filter(e -> e.kind == EventKind.STEP)
                        .map(e -> e.record)
                        .toList());
        boolean whole = granularity == Granularity.COLLECTIVE
                && cost.workload().layout().tensor() == 1
                && cost.workload().layout().expert() == 1;
        assertThat(fine.events.size() > coarse.events.size()).isNotEqualTo(whole);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCollectiveOfALayerStartsWithItsLastRankAndEndsForAllAtOnce(int seed, Granularity granularity) {
        TrainingCost cost = job(seed);
        Run fine = Run.of(fine(cost, seed, granularity), cost.machine().cards());
        Map<String, List<BusEvent>> collectives = new HashMap<>();
        for (Told e : fine.events) {
            if (e.record instanceof BusEvent bus && bus.peer() < 0) {
                collectives
                        .computeIfAbsent(
                                bus.op() + " " + bus.group() + " " + bus.step() + " " + bus.microbatch(),
                                k -> new ArrayList<>())
                        .add(bus);
            }
        }
        for (List<BusEvent> ranks : collectives.values()) {
            BusEvent one = ranks.get(0);
            assertThat(ranks).hasSize(one.groupSize());
            long transit = one.transitNanos();
            assertThat(transit).isPositive();
            for (BusEvent e : ranks) {
                assertThat(e.endNanos()).isEqualTo(one.endNanos());
                assertThat(e.transitNanos()).isEqualTo(transit);
                assertThat(e.waitNanos()).isNotNegative();
            }
            assertThat(ranks.stream().mapToLong(BusEvent::sentBytes).sum())
                    .isEqualTo(ranks.stream().mapToLong(BusEvent::receivedBytes).sum());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCardDoesOneThingAfterTheOther(int seed, Granularity granularity) {
        TrainingCost cost = job(seed);
        if (!cost.workload().overlap().equals(Overlap.NONE)) {
            return; // overlapping is what it says
        }
        Run fine = Run.of(fine(cost, seed, granularity), cost.machine().cards());
        Map<Integer, List<Told>> byCard = new TreeMap<>();
        fine.events.stream()
                .filter(e -> e.kind != EventKind.STEP)
                .forEach(e ->
                        byCard.computeIfAbsent(e.card, c -> new ArrayList<>()).add(e));
        byCard.values().forEach(events -> {
            events.sort(Comparator.comparingLong(Told::start).thenComparingLong(Told::end));
            long until = 0;
            for (Told e : events) {
                assertThat(e.start).isGreaterThanOrEqualTo(until);
                until = e.end;
            }
        });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void layersAndTheirCollectivesAreAllThere(int seed, Granularity granularity) {
        TrainingCost cost = job(seed);
        Run fine = Run.of(fine(cost, seed, granularity), cost.machine().cards());
        int microbatches = STEPS * cost.workload().microbatches();
        long reductions = 0;
        long attentions = 0;
        long exchanges = 0;
        for (int chunk = 0; chunk < cost.workload().layout().chunks(); chunk++) {
            StageCost stage = cost.stage(chunk);
            reductions += stage.forwardReductions() + stage.backwardReductions();
            attentions += stage.layers();
            exchanges += stage.expertLayers();
        }
        Layout layout = cost.workload().layout();
        long perCard = (long) microbatches * layout.tensor() * layout.data();
        assertThat(fine.count(BusOp.ALL_REDUCE))
                .isEqualTo((layout.tensor() > 1 ? perCard * reductions : 0) + STEPS * layout.cards());
        long all = layout.expert() > 1 ? perCard * exchanges : 0;
        assertThat(fine.count(BusOp.DISPATCH)).isEqualTo(2 * all);
        assertThat(fine.count(BusOp.COMBINE)).isEqualTo(2 * all);
        if (granularity == Granularity.OPERATION) {
            assertThat(fine.count(ComputeOp.ATTENTION)).isEqualTo(perCard * attentions);
            assertThat(fine.count(ComputeOp.ATTENTION_BACKWARD)).isEqualTo(perCard * attentions);
            assertThat(fine.count(ComputeOp.FORWARD)).isZero();
            long expertLayers = cost.workload().shape().hasExperts() ? exchanges : 0;
            assertThat(fine.count(ComputeOp.EXPERT)).isEqualTo(perCard * expertLayers);
            assertThat(fine.count(ComputeOp.MLP))
                    .isEqualTo(perCard
                            * (cost.workload().shape().experts().shared() > 0
                                    ? attentions
                                    : attentions - expertLayers));
        }
    }

    @Test
    void slicesHoldWhatEndsInThemAndNoMoreThanATenthOfASecond() {
        TrainingCost cost = Jobs.llama("cloudmatrix384");
        EventSource fine = fine(cost, 1, Granularity.COLLECTIVE);
        EventBatch batch = new EventBatch();
        long through = 0;
        long most = 0;
        for (int i = 0; i < 30; i++) {
            assertThat(fine.next(batch)).isTrue();
            for (int e = 0; e < batch.size(); e++) {
                assertThat(batch.endNanos(e)).isGreaterThanOrEqualTo(through).isLessThan(fine.throughNanos());
            }
            assertThat(fine.throughNanos()).isEqualTo(through + 100_000_000L);
            through = fine.throughNanos();
            most = Math.max(most, batch.size());
        }
        // 384 cards with 32 layers' reductions, and computing between them, in about 0.2 s each way
        assertThat(most).isBetween(384L * 10, 384L * 60);
    }

    @ParameterizedTest
    @CsvSource({
        // TP16 PP8: 65 reductions and as many computations in 0.45 s; about 260 published for such a layout
        "llama3-405b, collective, 384, 250, 320",
        // 58 layers of a dispatch and a combine in 84 ms: 1,384
        "deepseek-r1-decode, collective, 160, 2700, 2900"
    })
    void asManyEventsAsLayersHave(String name, String granularity, int cards, double least, double most) {
        EventSource run = Scenario.of(name, Map.of("granularity", granularity)).events();
        EventBatch batch = new EventBatch();
        long events = 0;
        long from = 10_000_000_000L; // the pipeline has filled
        while (run.throughNanos() < from + 5_000_000_000L) {
            run.next(batch);
            events += run.throughNanos() > from ? batch.size() : 0;
        }
        assertThat(events / 5.0 / cards).isBetween(least, most);
    }

    @Test
    void operationsOfDecodeOnAllCardsAreAlmostTwoMillionASecond() {
        EventSource run = Scenario.of(
                        "deepseek-r1-decode",
                        Map.of("granularity", "operation", "machine.cards", "384", "decode.cards", "384"))
                .events();
        EventBatch batch = new EventBatch();
        long events = 0;
        while (run.throughNanos() < 2_000_000_000L) {
            run.next(batch);
            events += batch.size();
        }
        // 384 cards x (58 layers x 7 + 3 x 3 + the next token + the iteration) / 84 ms
        assertThat((double) events / run.throughNanos() * 1e9).isCloseTo(1.9e6, withPercentage(3));
    }

    private static EventSource fine(TrainingCost cost, long seed, Granularity granularity) {
        return new FineEvents(
                new TrainingRun(cost, seed), new TrainingPasses(cost, granularity), FineEvents.OF_SECONDS_NANOS);
    }

    /** An event with what the tests ask of all kinds. */
    private record Told(EventKind kind, int card, long start, long end, Record record) {}

    /** Two steps, event by event. */
    private record Run(List<Told> events, EnumMap<BusOp, Long> buses, EnumMap<ComputeOp, Long> computes) {
        static Run of(EventSource source, int cards) {
            Run run = new Run(new ArrayList<>(), new EnumMap<>(BusOp.class), new EnumMap<>(ComputeOp.class));
            EventBatch batch = new EventBatch();
            long last = Long.MIN_VALUE;
            int steps = 0;
            while (steps < STEPS * cards) {
                source.next(batch);
                for (int i : batch.timeOrder()) {
                    int step = batch.step(i);
                    assertThat(batch.endNanos(i)).isGreaterThanOrEqualTo(last);
                    last = batch.endNanos(i);
                    if (step >= STEPS) {
                        continue;
                    }
                    steps += batch.kind(i) == EventKind.STEP ? 1 : 0;
                    if (batch.kind(i) == EventKind.BUS) {
                        run.buses.merge(batch.busOp(i), 1L, Long::sum);
                    } else if (batch.kind(i) == EventKind.COMPUTE) {
                        run.computes.merge(batch.computeOp(i), 1L, Long::sum);
                    }
                    run.events.add(new Told(
                            batch.kind(i), batch.card(i), batch.startNanos(i), batch.endNanos(i), batch.record(i)));
                }
            }
            return run;
        }

        long count(BusOp op) {
            return buses.getOrDefault(op, 0L);
        }

        long count(ComputeOp op) {
            return computes.getOrDefault(op, 0L);
        }

        /** By card, step, and kind of work: time, waiting, tokens, work, traffic. */
        Map<String, List<Long>> sums() {
            Map<String, long[]> sums = new TreeMap<>();
            for (Told e : events) {
                if (e.record instanceof io.supernode.event.ComputeEvent c) {
                    String op = c.op() == ComputeOp.OPTIMIZER ? "optimizer" : "pass";
                    add(
                            sums,
                            c.card() + " " + c.step() + " " + op + " " + c.microbatch() + " " + c.stage(),
                            new long[] {c.durationNanos(), c.tokens(), c.megaflops(), c.hbmBytes()});
                } else if (e.record instanceof BusEvent b) {
                    add(
                            sums,
                            b.card() + " " + b.step() + " " + b.op() + " " + b.microbatch() + " " + b.stage(),
                            new long[] {b.transitNanos(), b.waitNanos(), b.sentBytes(), b.receivedBytes()});
                }
            }
            Map<String, List<Long>> boxed = new TreeMap<>();
            sums.forEach(
                    (k, v) -> boxed.put(k, java.util.Arrays.stream(v).boxed().toList()));
            return boxed;
        }

        private static void add(Map<String, long[]> sums, String key, long[] figures) {
            long[] sum = sums.computeIfAbsent(key, k -> new long[figures.length]);
            for (int i = 0; i < figures.length; i++) {
                sum[i] += figures[i];
            }
        }
    }
}
