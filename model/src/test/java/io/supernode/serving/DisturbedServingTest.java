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
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventSource;
import io.supernode.event.FaultEvent;
import io.supernode.event.FaultKind;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.scenario.Scenario;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.PrefillSettings;
import io.supernode.workload.ServedModel;
import io.supernode.workload.ServingWorkload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests served while something goes wrong: where each shows, and what no disturbance changes. */
class DisturbedServingTest {
    private static final long SECOND = 1_000_000_000;
    private static final Machine POD = MachineCatalogue.named("cloudmatrix384").withCards(32);
    /** 16 cards decode, 16 prefill. */
    private static final ServingWorkload SMALL = new ServingWorkload(
            "small",
            ServedModel.deepSeekR1(),
            PrefillSettings.published(1),
            DecodeSettings.published().withCards(16).withBatch(8),
            ServingWorkload.JITTER_ASSUMED);

    private static final Set<FaultKind> KINDS =
            Scenario.of("deepseek-r1-serving", Map.of()).disturbanceRules().kinds();

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatHasEndedBeforeADisturbanceBeginsIsTheSameWithAndWithoutIt(long seed) {
        List<Request> requests = requests(seed, 60);
        long from = (long) (20 * SECOND * new Draws(seed).uniform(1, 0, 0, 0, 0));
        DisturbanceSchedule schedule = AnyDisturbances.of(seed, 32, KINDS, from, 2 * SECOND);
        EventDigest calm = before(requests, DisturbanceSchedule.NONE, from);
        EventDigest disturbed = before(requests, schedule, from);
        assertThat(disturbed.count()).isEqualTo(calm.count());
        assertThat(disturbed.hex()).isEqualTo(calm.hex());
    }

    /** {@link ServedRun} holds the laws of each event: times, rates, silence of lost cards, bytes of each collective. */
    @ParameterizedTest
    @MethodSource("seeds")
    void noDisturbanceBreaksTheLawsOrLosesATokenOrARequest(long seed) {
        List<Request> requests = requests(seed, 60);
        DisturbanceSchedule schedule = AnyDisturbances.of(seed, 32, KINDS, SECOND / 2, 4 * SECOND);
        ServedRun run = ServedRun.of(POD, SMALL, seed, requests, schedule);
        assertThat(run.requests).hasSize(requests.size());
        assertThat(run.allTokens())
                .isEqualTo(requests.stream()
                        .mapToLong(r -> r.inputTokens() + r.outputTokens())
                        .sum());
        assertThat(run.digest.hex())
                .isEqualTo(ServedRun.of(POD, SMALL, seed, requests, schedule)
                        .digest
                        .hex());
        for (Disturbance d : schedule.all()) {
            assertThat(run.faults.stream().filter(f -> f.fault() == d.id() && f.active()))
                    .hasSize(1)
                    .allMatch(f -> f.endNanos() == d.fromNanos() && f.durationNanos() == 0);
            assertThat(run.faults.stream().filter(f -> f.fault() == d.id() && !f.active()))
                    .hasSize(d.untilNanos() <= run.endNanos ? 1 : 0)
                    .allMatch(f -> f.endNanos() == d.untilNanos());
        }
    }

    @Test
    void aSlowDecodeCardMakesEveryTokenLaterAndItsPeersWait() {
        List<Request> requests = requests(1, 60);
        ServedRun calm = ServedRun.of(POD, SMALL, 1, requests);
        ServedRun hurt = ServedRun.of(POD, SMALL, 1, requests, always(FaultKind.SLOW_CARD, 3, 1.5));
        // an iteration's computing takes 1.5 times as long, its transfers and the 2 ms between two as before
        assertThat((double) hurt.computeNanos[3] / hurt.computeNanos[4]).isCloseTo(1.5, within(0.03));
        assertThat(hurt.endNanos).isGreaterThan(calm.endNanos);
        assertThat(hurt.busNanos.get(BusOp.COMBINE)[1])
                .isGreaterThan(10 * calm.busNanos.get(BusOp.COMBINE)[1]);
        assertThat(hurt.tokens.get(ComputeOp.PREFILL)).isEqualTo(calm.tokens.get(ComputeOp.PREFILL));
    }

    @Test
    void aSlowPrefillCardIsWaitedForInTheDispatch() {
        List<Request> requests = requests(1, 60);
        ServedRun calm = ServedRun.of(POD, SMALL, 1, requests);
        ServedRun hurt = ServedRun.of(POD, SMALL, 1, requests, always(FaultKind.SLOW_CARD, 20, 2));
        assertThat((double) hurt.computeNanos[20] / hurt.computeNanos[21]).isCloseTo(2, within(0.03));
        assertThat(hurt.busNanos.get(BusOp.DISPATCH)[1])
                .isGreaterThan(calm.busNanos.get(BusOp.DISPATCH)[1] + 10 * hurt.computeNanos[21] / 2);
    }

    @Test
    void congestionSlowsTheWayOfKeysAndValuesAlone() {
        List<Request> requests = List.of(request(0, 0, 4096, 50));
        ServedRun calm = ServedRun.of(POD, SMALL, 1, requests);
        ServedRun hurt = ServedRun.of(POD, SMALL, 1, requests, always(FaultKind.CONGESTION, 0, 0, 0.5));
        long before = calm.busNanos.get(BusOp.CACHE_TRANSFER)[0];
        assertThat(hurt.busNanos.get(BusOp.CACHE_TRANSFER)[0]).isCloseTo(2 * before, withPercentage(0.1));
        assertThat(hurt.busNanos.get(BusOp.DISPATCH)[0]).isEqualTo(calm.busNanos.get(BusOp.DISPATCH)[0]);
        assertThat(hurt.endNanos - calm.endNanos).isCloseTo(before / 2, withPercentage(0.1));
    }

    @Test
    void aLostDecodeCardHoldsEveryRequestUntilItIsBack() {
        List<Request> requests = List.of(request(0, 0, 4096, 200), request(1, 0, 4096, 200));
        ServedRun calm = ServedRun.of(POD, SMALL, 1, requests);
        long lost = calm.endNanos / 2;
        DisturbanceSchedule schedule =
                schedule(new Disturbance(0, FaultKind.CARD_LOST, 5, 1, -1, -1, lost, lost + 60 * SECOND, 1));
        ServedRun hurt = ServedRun.of(POD, SMALL, 1, requests, schedule);
        // what the iteration had done when it was lost is done again: less than an iteration of 0.1 s
        assertThat(hurt.endNanos - calm.endNanos).isBetween(60 * SECOND, 60 * SECOND + SECOND / 10);
        for (int card = 0; card < 32; card++) {
            assertThat(hurt.computeNanos[card]).isCloseTo(calm.computeNanos[card], within(10L));
        }
        // fifteen peers waited for it
        assertThat(hurt.busNanos.get(BusOp.DISPATCH)[1]).isGreaterThan(15 * 60 * SECOND);
        assertThat(hurt.faults)
                .containsExactly(
                        new FaultEvent(5, lost, 0, 0, FaultKind.CARD_LOST, true, 1, -1, -1, 1_000_000),
                        new FaultEvent(
                                5,
                                lost + 60 * SECOND,
                                60 * SECOND,
                                0,
                                FaultKind.CARD_LOST,
                                false,
                                1,
                                -1,
                                -1,
                                1_000_000));
    }

    @Test
    void aLostPrefillCardHasItsBatchDoneAgain() {
        List<Request> requests = List.of(request(0, 0, 60_000, 2));
        ServedRun calm = ServedRun.of(POD, SMALL, 1, requests);
        long lost = SECOND / 3;
        ServedRun hurt = ServedRun.of(
                POD,
                SMALL,
                1,
                requests,
                schedule(new Disturbance(0, FaultKind.CARD_LOST, 20, 1, -1, -1, lost, lost + 10 * SECOND, 1)));
        assertThat(hurt.requests.get(0L).firstTokenNanos()
                        - calm.requests.get(0L).firstTokenNanos())
                .isEqualTo(lost + 10 * SECOND);
        assertThat(hurt.allTokens()).isEqualTo(calm.allTokens());
    }

    private static EventDigest before(List<Request> requests, DisturbanceSchedule schedule, long from) {
        EventSource source = new Serving(POD, SMALL).events(1, requests.iterator(), schedule);
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        while (source.throughNanos() < from && source.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < from) {
                    digest.add(batch, i);
                }
            }
        }
        return digest;
    }

    private static DisturbanceSchedule always(FaultKind kind, int card, double magnitude) {
        return always(kind, card, 1, magnitude);
    }

    private static DisturbanceSchedule always(FaultKind kind, int card, int cards, double magnitude) {
        return schedule(new Disturbance(0, kind, card, cards, -1, -1, 0, Disturbance.LASTING, magnitude));
    }

    private static DisturbanceSchedule schedule(Disturbance d) {
        return new DisturbanceSchedule(Disturbances.of(List.of(d)), Arrivals.NONE);
    }

    private static Request request(long index, long arrivalNanos, long inputTokens, long outputTokens) {
        return new Request(index, arrivalNanos, inputTokens, outputTokens, new int[0]);
    }

    private static List<Request> requests(long seed, int count) {
        Draws draws = new Draws(seed);
        List<Request> requests = new ArrayList<>();
        long arrival = 0;
        for (int i = 0; i < count; i++) {
            arrival += (long) (draws.uniform(2, i, 0, 0, 0) * 3e8);
            long input = 1 + (long) (StrictMath.pow(draws.uniform(3, i, 0, 0, 0), 3) * 30_000);
            long output = 1 + (long) (StrictMath.pow(draws.uniform(4, i, 0, 0, 0), 3) * 300);
            requests.add(request(i, arrival, input, output));
        }
        return requests;
    }
}
