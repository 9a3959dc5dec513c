package io.supernode.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventSource;
import io.supernode.serving.Request;
import io.supernode.unit.Draws;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Any second of any run is the same: from the start, alone, backwards, on several threads at once, after a resumption. */
class RepeatabilityTest {
    private static final long SECOND = 1_000_000_000;
    private static final int SECONDS = 5;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            llama3-405b         | layout.globalBatchTokens=1Mi
            llama3-405b         | layout.globalBatchTokens=1Mi,samples=true,disturbances.random=100
            llama3-405b         | layout.globalBatchTokens=512Ki,machine.cards=768,layout.dp=6
            deepseek-v3         | layout.globalBatchTokens=1Mi,disturbances.random=100
            deepseek-r1-decode  | samples=false
            deepseek-r1-decode  | samples=true,disturbances.random=3000
            deepseek-r1-decode  | granularity=collective,decode.cards=32,machine.cards=32
            deepseek-r1-prefill | samples=true,disturbances.random=30000
            """)
    void aSecondIsTheSameHoweverItIsReached(String name, String settings) {
        Scenario scenario = scenario(name, settings);
        List<String> played = seconds(scenario.events());
        assertThat(played).hasSize(SECONDS);

        // alone, each on its own, and on several threads at once
        List<String> parallel = IntStream.range(0, SECONDS)
                .parallel()
                .mapToObj(k -> second(scenario, scenario.run(), k))
                .toList();
        assertThat(parallel).isEqualTo(played);

        // backwards, all from one run, which keeps what it has found
        ScenarioRun run = scenario.run();
        for (int k = SECONDS - 1; k >= 0; k--) {
            assertThat(second(scenario, run, k)).as("second %d, backwards", k).isEqualTo(played.get(k));
        }

        // resumed in the middle, and on to the end
        EventSource resumed = scenario.run().from(3 * SECOND, scenario.disturbances());
        List<String> rest = seconds(resumed, 3);
        assertThat(rest).isEqualTo(played.subList(3, SECONDS));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 3000", "3, 30000"})
    void servingARequestLogIsTheSameOnEveryThread(String seed, String random) {
        Scenario scenario = scenario(
                "deepseek-r1-serving",
                "seed=" + seed + ",samples=true,machine.cards=48,decode.cards=16,decode.batch=8,disturbances.random="
                        + random);
        List<String> played = seconds(scenario.events(requests()));
        assertThat(IntStream.range(0, 4)
                        .parallel()
                        .mapToObj(i -> seconds(scenario.events(requests())))
                        .toList())
                .allMatch(played::equals);
    }

    private static Scenario scenario(String name, String settings) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String setting : settings.split(",")) {
            all.put(setting.split("=")[0], setting.split("=")[1]);
        }
        return Scenario.of(name, all);
    }

    private static String second(Scenario scenario, ScenarioRun run, int k) {
        EventSource source = run.from(k * SECOND, scenario.disturbances());
        return seconds(source, k).get(0);
    }

    private static List<String> seconds(EventSource source) {
        return seconds(source, 0);
    }

    /** What ends in each second from one on. */
    private static List<String> seconds(EventSource source, int from) {
        List<EventDigest> digests = new ArrayList<>();
        for (int k = from; k < SECONDS; k++) {
            digests.add(new EventDigest());
        }
        EventBatch batch = new EventBatch();
        while (source.throughNanos() <= SECONDS * SECOND && source.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                long second = Math.floorDiv(batch.endNanos(i), SECOND);
                if (second >= from && second < SECONDS) {
                    digests.get((int) second - from).add(batch, i);
                }
            }
        }
        return digests.stream().map(d -> d.count() + " " + d.hex()).toList();
    }

    private static Iterator<Request> requests() {
        Draws draws = new Draws(9);
        List<Request> requests = new ArrayList<>();
        long arrival = 0;
        for (int i = 0; i < 60; i++) {
            arrival += (long) (draws.uniform(2, i, 0, 0, 0) * 3e8);
            long input = 1 + (long) (StrictMath.pow(draws.uniform(3, i, 0, 0, 0), 3) * 30_000);
            long output = 1 + (long) (draws.uniform(4, i, 0, 0, 0) * 200);
            requests.add(new Request(i, arrival, input, output, new int[0]));
        }
        return requests.iterator();
    }
}
