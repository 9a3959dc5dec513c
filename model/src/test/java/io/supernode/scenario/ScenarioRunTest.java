package io.supernode.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.LiveDisturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventSource;
import io.supernode.unit.Draws;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is opened again, somewhere else and under other disturbances, is the run that it would have been. */
class ScenarioRunTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long UNTIL = 150 * SECOND;
    /** A training job of 16 cards with steps of a second or two. */
    private static final Map<String, String> JOB = Map.ofEntries(
            Map.entry("workload", "small"),
            Map.entry("model.layers", "4"),
            Map.entry("model.hidden", "4096"),
            Map.entry("model.heads", "32"),
            Map.entry("model.keyValueHeads", "8"),
            Map.entry("model.feedForward", "14336"),
            Map.entry("model.vocabulary", "32000"),
            Map.entry("machine.cards", "16"),
            Map.entry("layout.sequence", "4096"),
            Map.entry("layout.tp", "4"),
            Map.entry("layout.pp", "2"),
            Map.entry("layout.dp", "2"),
            Map.entry("layout.microbatch", "8"),
            Map.entry("layout.globalBatchTokens", "1048576"));

    @ParameterizedTest
    @ValueSource(strings = {"samples=false", "samples=true", "samples=true,granularity=collective"})
    void fromAnyMomentItGivesWhatIsStillToCome(String settings) {
        Scenario scenario = scenario(settings, "slow_card card=5 from=70s for=20s magnitude=2");
        ScenarioRun run = scenario.run();
        long[] moments = moments(UNTIL);
        Map<Long, String> expected = new LinkedHashMap<>();
        for (long moment : moments) {
            expected.put(moment, digest(scenario.events(), moment, UNTIL));
        }
        for (long moment : moments) { // forwards and back, over minutes whose temperatures are known by then and not
            assertThat(digest(run.from(moment, scenario.disturbances()), moment, UNTIL))
                    .as("from %d ns", moment)
                    .isEqualTo(expected.get(moment));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"samples=false", "samples=true", "samples=true,granularity=collective"})
    void whatIsInjectedWhileItIsPlayedIsAsIfItHadBeenScheduled(String settings) {
        for (long moment : moments(100 * SECOND)) {
            long ends = moment + 17 * SECOND;
            Scenario calm = scenario(settings, null);
            LiveDisturbances live = new LiveDisturbances(calm.disturbanceRules(), calm.disturbances());
            ScenarioRun run = calm.run();
            EventDigest played = new EventDigest();
            play(run.from(0, live.snapshot()), 0, moment, played);
            Disturbance injected = live.begin(live.read("slow_card card=5 magnitude=2"), moment);
            play(run.from(moment, live.snapshot()), moment, ends, played);
            live.clear(injected.id(), ends);
            play(run.from(ends, live.snapshot()), ends, UNTIL, played);

            DisturbanceSchedule scheduled = calm.disturbances().withNamed(List.of(injected.until(ends)));
            EventDigest expected = new EventDigest();
            play(calm.run().from(0, scheduled), 0, UNTIL, expected);
            assertThat(played.hex()).as("at %d ns", moment).isEqualTo(expected.hex());
            assertThat(played.hex()).isNotEqualTo(digest(calm.events(), 0, UNTIL));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepseek-r1-decode", "deepseek-r1-decode,collective", "deepseek-r1-prefill"})
    void servingIsToBeHadFromAnyMomentAndUnderOtherDisturbancesToo(String name) {
        Map<String, String> settings = name.contains(",") ? Map.of("granularity", name.split(",")[1]) : Map.of();
        Scenario calm = Scenario.of(name.split(",")[0], settings);
        long until = 4 * SECOND;
        LiveDisturbances live = new LiveDisturbances(calm.disturbanceRules(), calm.disturbances());
        ScenarioRun run = calm.run();
        EventDigest played = new EventDigest();
        long begins = 1_234_567_890;
        play(run.from(0, live.snapshot()), 0, begins, played);
        Disturbance injected = live.begin(live.read("expert_hot_spot card=5 magnitude=2"), begins);
        play(run.from(begins, live.snapshot()), begins, 3 * SECOND, played);
        live.clear(injected.id(), 3 * SECOND);
        play(run.from(3 * SECOND, live.snapshot()), 3 * SECOND, until, played);

        DisturbanceSchedule scheduled = calm.disturbances().withNamed(List.of(injected.until(3 * SECOND)));
        EventDigest expected = new EventDigest();
        play(calm.run().from(0, scheduled), 0, until, expected);
        assertThat(played.count()).isEqualTo(expected.count());
        assertThat(played.hex()).isEqualTo(expected.hex()).isNotEqualTo(hex(calm, until));
    }

    private static String hex(Scenario scenario, long until) {
        EventDigest digest = new EventDigest();
        play(scenario.events(), 0, until, digest);
        return digest.hex();
    }

    private static Scenario scenario(String settings, String disturbance) {
        Map<String, String> all = new LinkedHashMap<>(JOB);
        for (String setting : settings.split(",")) {
            all.put(setting.split("=")[0], setting.split("=")[1]);
        }
        if (disturbance != null) {
            all.put("disturbance.d", disturbance);
        }
        return Scenario.of("small", all);
    }

    private static long[] moments(long before) {
        Draws draws = new Draws(7);
        long[] moments = new long[4];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = 1 + (long) (draws.uniform(1, i, before, 0, 0) * (before - 1));
        }
        return moments;
    }

    private static String digest(EventSource run, long fromNanos, long untilNanos) {
        EventDigest digest = new EventDigest();
        play(run, fromNanos, untilNanos, digest);
        return digest.count() + " " + digest.hex();
    }

    private static void play(EventSource run, long fromNanos, long untilNanos, EventDigest into) {
        EventBatch batch = new EventBatch();
        do {
            assertThat(run.next(batch)).isTrue();
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) >= fromNanos && batch.endNanos(i) < untilNanos) {
                    into.add(batch, i);
                }
            }
        } while (run.throughNanos() < untilNanos);
    }
}
