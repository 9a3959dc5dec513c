package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.CardSample;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.scenario.Scenario;
import io.supernode.unit.Draws;
import io.supernode.workload.ServedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What gauges of serving cards say, held against the events of the same run and against the equations. */
class ServingSamplesTest {
    private static final long SECOND = 1_000_000_000;
    private static final String SERVING = "deepseek-r1-serving";
    /** 16 cards decode, 16 prefill, 8 idle. */
    private static final Map<String, String> POD = Map.of(
            "machine.cards", "40",
            "decode.cards", "16",
            "decode.batch", "8",
            "prefill.instances", "1");

    @ParameterizedTest
    @ValueSource(strings = {"deepseek-r1-decode", "deepseek-r1-prefill", SERVING})
    void everySecondEveryCardTellsWhatItsEventsTell(String name) {
        Scenario with = scenario(name, Map.of("samples", "true"));
        EventDigest others = new EventDigest();
        EventBatch batch = new EventBatch();
        EventSource run = events(with);
        Map<Integer, Long> computed = new HashMap<>();
        Map<Integer, Long> told = new HashMap<>();
        while (run.next(batch)) {
            long end = run.throughNanos();
            Map<Integer, long[]> bytes = new HashMap<>();
            List<CardSample> samples = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                assertThat(batch.endNanos(i)).isBetween(end - SECOND, end - 1);
                int card = batch.card(i);
                switch (batch.kind(i)) {
                    case SAMPLE -> samples.add(batch.sample(i));
                    case BUS -> {
                        long[] both = bytes.computeIfAbsent(card, c -> new long[2]);
                        both[0] += batch.sentBytes(i);
                        both[1] += batch.receivedBytes(i);
                    }
                    case COMPUTE -> computed.merge(card, batch.durationNanos(i), Long::sum);
                    default -> {}
                }
                if (batch.kind(i) != EventKind.SAMPLE) {
                    others.add(batch, i);
                }
            }
            assertThat(samples).hasSize(with.machine().cards());
            for (CardSample sample : samples) {
                long[] both = bytes.getOrDefault(sample.card(), new long[2]);
                assertThat(sample.sentBytes()).isEqualTo(both[0]);
                assertThat(sample.receivedBytes()).isEqualTo(both[1]);
                assertThat(sample.powerMilliwatts() / 1e3)
                        .isBetween(
                                with.machine().card().idleWatts() - 0.001,
                                with.machine().card().maxWatts());
                assertThat(sample.hbmUsedBytes())
                        .isLessThanOrEqualTo(with.machine().card().memoryBytes());
                told.merge(sample.card(), sample.computePpm() * 1000L, Long::sum);
            }
            if (!name.equals(SERVING) && end >= 20 * SECOND) {
                break;
            }
        }
        // a share is rounded to a part in a million; what goes on at the end of 20 s has been told in part
        for (int card : computed.keySet()) {
            assertThat(told.get(card)).isCloseTo(computed.get(card), within(SECOND));
        }
        EventDigest alone = new EventDigest();
        EventSource without = events(scenario(name, Map.of()));
        long until = run.throughNanos();
        while (without.throughNanos() < until && without.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < until) {
                    alone.add(batch, i);
                }
            }
        }
        assertThat(others.count()).isEqualTo(alone.count());
        assertThat(others.hex()).isEqualTo(alone.hex());
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepseek-r1-decode", "deepseek-r1-prefill"})
    void powerIsThatOfTheEquations(String name) {
        Scenario scenario = Scenario.of(name, Map.of("samples", "true"));
        double watts = watts(scenario, 12);
        assertThat(watts).isCloseTo(scenario.answer().powerWatts(), withPercentage(5));
        // 706 kW are those of 384 cards
        assertThat(watts).isLessThan(706_000.0 * scenario.machine().cards() / 384);
    }

    @Test
    void clockAndPowerFollowWhatSlowsACard() {
        Map<Integer, CardSample> last = new TreeMap<>();
        EventSource run = Scenario.of(
                        "deepseek-r1-decode",
                        Map.of("samples", "true", "disturbance.d", "slow_card card=5 magnitude=1.5"))
                .events();
        EventBatch batch = new EventBatch();
        for (int second = 0; second < 5; second++) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.SAMPLE) {
                    last.put(batch.card(i), batch.sample(i));
                }
            }
        }
        assertThat(last.get(5).clockMegahertz()).isEqualTo(1200);
        assertThat(last.get(6).clockMegahertz()).isEqualTo(1800);
        // it computes for more of the time than those who wait for it
        assertThat(last.get(5).computePpm()).isGreaterThan(last.get(6).computePpm() * 14 / 10);
    }

    @Test
    void keysAndValuesComeAndGoWithTheRequests() {
        Scenario scenario = scenario(SERVING, Map.of("samples", "true"));
        EventSource run = events(scenario);
        EventBatch batch = new EventBatch();
        Map<Integer, Long> last = new HashMap<>();
        Map<Integer, Long> most = new HashMap<>();
        while (run.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.SAMPLE) {
                    last.put(batch.card(i), batch.hbmUsedBytes(i));
                    most.merge(batch.card(i), batch.hbmUsedBytes(i), Math::max);
                }
            }
        }
        long weights = Serving.weightBytes(ServedModel.deepSeekR1(), 16);
        for (int card = 0; card < 40; card++) {
            assertThat(last.get(card)).as("card %d at the end", card).isEqualTo(card < 32 ? weights : 0);
            assertThat(most.get(card)).isGreaterThanOrEqualTo(last.get(card));
        }
        assertThat(most.get(3)).isGreaterThan(weights);
        assertThat(most.get(20)).isGreaterThan(weights);
    }

    private static double watts(Scenario scenario, int seconds) {
        EventSource run = scenario.events();
        EventBatch batch = new EventBatch();
        Machine machine = scenario.machine();
        double cards = 0;
        for (int second = 0; second < seconds; second++) {
            run.next(batch);
            for (int i = 0; i < batch.size() && second > 0; i++) {
                cards += batch.kind(i) == EventKind.SAMPLE ? batch.powerMilliwatts(i) / 1e3 : 0;
            }
        }
        return machine.watts(cards / (seconds - 1) / machine.cards());
    }

    private static Scenario scenario(String name, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(name.equals(SERVING) ? POD : Map.of());
        settings.putAll(more);
        return Scenario.of(name, settings);
    }

    private static EventSource events(Scenario scenario) {
        return scenario.name().equals(SERVING) ? scenario.events(requests().iterator()) : scenario.events();
    }

    private static List<Request> requests() {
        Draws draws = new Draws(3);
        List<Request> requests = new ArrayList<>();
        long arrival = 0;
        for (int i = 0; i < 80; i++) {
            arrival += (long) (draws.uniform(2, i, 0, 0, 0) * 2e8);
            long input = (long) (StrictMath.pow(draws.uniform(3, i, 0, 0, 0), 2) * 20_000);
            long output = i % 9 == 0 ? 0 : i % 9 == 1 ? 1 : (long) (draws.uniform(4, i, 0, 0, 0) * 300);
            requests.add(new Request(i, arrival, input, output, new int[0]));
        }
        return requests;
    }
}
