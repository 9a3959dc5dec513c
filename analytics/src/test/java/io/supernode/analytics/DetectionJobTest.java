package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.DetectionScore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Disturbed runs of the model through frames and the whole job: the anomalies that would be written to their topic are
 * those that the arithmetic finds alone, and as right. On seeds of its own.
 */
@Timeout(300)
class DetectionJobTest {
    private static final int SECONDS = 36;
    private static final int FIRST_SEED = 501;

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private record Case(String scenario, List<String> disturbances) {
        static Case of(String scenario, String... disturbances) {
            return new Case(scenario, List.of(disturbances));
        }
    }

    /** Every kind, all plain to see, alone and in pairs, and runs in which nothing is wrong. */
    private static final List<Case> CASES = List.of(
            Case.of("llama3-405b"),
            Case.of("qwen2.5-72b", "slow_card card=203 from=14s for=12s magnitude=1.25"),
            Case.of("deepseek-v3", "slow_card card=77 from=14s for=12s magnitude=2"),
            Case.of("llama3-405b", "thermal_ramp card=31 from=8s magnitude=2"),
            Case.of("qwen2.5-72b", "stage_imbalance from=14s for=12s magnitude=1.4"),
            Case.of("llama3-405b", "sequence_imbalance from=14s for=12s magnitude=1.5"),
            Case.of("deepseek-v3", "lane_down card=119 plane=4 from=14s for=12s magnitude=1.5"),
            Case.of("qwen3-235b", "crc_storm node=11 from=14s for=12s magnitude=1.3"),
            Case.of("llama3-405b", "link_flap card=300 from=14s for=12s magnitude=0.3"),
            Case.of("llama3-405b-ethernet-samecard", "congestion from=14s for=12s magnitude=0.4"),
            Case.of("qwen3-235b", "expert_hot_spot card=64 from=14s for=12s magnitude=2"),
            Case.of("llama3-405b", "host_jitter card=155 from=14s for=12s magnitude=0.3"),
            Case.of("qwen2.5-72b", "card_lost card=90 from=14300ms for=10s"),
            Case.of("deepseek-v3", "telemetry_loss node=23 from=14s for=12s magnitude=0.3"),
            Case.of(
                    "llama3-405b",
                    "slow_card card=12 from=12s for=12s magnitude=1.5",
                    "lane_down card=250 plane=1 from=16s for=12s magnitude=1.5"),
            Case.of(
                    "qwen3-235b",
                    "telemetry_loss node=40 from=12s for=12s magnitude=0.5",
                    "slow_card card=8 from=16s for=12s magnitude=1.4"),
            Case.of("deepseek-v3"));

    private static DisturbedTelemetry slowCardAndLostFrames;

    @BeforeAll
    static void twoThingsAreWrong() {
        slowCardAndLostFrames = telemetry(15, Integer.MAX_VALUE);
    }

    private static DisturbedTelemetry telemetry(int index, int eventsPerFrame) {
        Case of = CASES.get(index);
        return new DisturbedTelemetry(of.scenario(), FIRST_SEED + index, SECONDS, eventsPerFrame, of.disturbances());
    }

    private static JobOptions options(int slots) {
        return JobOptions.of("in-memory:0").withParallelism(slots, slots).withCheckpointInterval(Duration.ZERO);
    }

    private static StreamExecutionEnvironment env(String backend) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    }

    @Test
    void whatIsInjectedComesOutOfTheJobAndNothingElse() throws Exception {
        DetectionScore all = DetectionScore.NONE;
        for (int i = 0; i < CASES.size(); i++) {
            DisturbedTelemetry telemetry = telemetry(i, Integer.MAX_VALUE);
            Results results = new JobBench(telemetry.partitions).run(options(1), env("hashmap"));
            List<Anomaly> found = new ArrayList<>(results.anomalies.values());

            assertThat(found).as("%s", CASES.get(i)).isEqualTo(telemetry.expected);
            // what the fold put aside is what was left out on purpose
            boolean framesLost = CASES.get(i).disturbances().stream().anyMatch(d -> d.startsWith("telemetry_loss"));
            assertThat(results.deadLetters).extracting(DeadLetter::stage).allMatch("gap"::equals);
            assertThat(results.deadLetters.isEmpty()).isNotEqualTo(framesLost);
            DetectionScore score = DetectionScore.of(found, telemetry.faults, SECONDS * Telemetry.SECOND);
            all = all.plus(score);
        }
        assertThat(all.timed()).isPositive();
        assertThat(all.precision().orElseThrow()).isGreaterThanOrEqualTo(0.95);
        assertThat(all.recall().orElseThrow()).isGreaterThanOrEqualTo(0.95);
        assertThat(all.detectSeconds().orElseThrow()).isLessThanOrEqualTo(5);
    }

    /** The failure is in the middle of an episode: a card is slow, and frames are missing, from 16 s to 24 s at least. */
    @ParameterizedTest(name = "{0} a record, {1} slots, {2}, {3}")
    @CsvSource({
        "frames, 1, hashmap, failing",
        "frames, 2, hashmap, failing",
        "frames, 1, rocksdb, whole",
        "frames, 2, rocksdb, failing",
        "events, 2, hashmap, whole"
    })
    void everyWayGivesTheSameAnomalies(String travelling, int slots, String backend, String course) throws Exception {
        boolean failing = course.equals("failing");
        DisturbedTelemetry telemetry = travelling.equals("events") ? telemetry(15, 1) : slowCardAndLostFrames;
        JobBench bench = new JobBench(telemetry.partitions);
        JobOptions options = options(slots);
        if (failing) {
            bench = bench.failingOnceAfter(telemetry.partitions.get(0).size() * 20 / SECONDS);
            options = options.withCheckpointInterval(Duration.ofMillis(100));
        }
        Results results = bench.run(options, env(backend));

        assertThat(bench.hasFailed()).isEqualTo(failing);
        assertThat(telemetry.expected)
                .extracting(Anomaly::kind)
                .contains(AnomalyKind.SLOW_CARD, AnomalyKind.MISSING_TELEMETRY);
        assertThat(results.anomalies.values())
                .usingRecursiveFieldByFieldElementComparatorIgnoringFields("revision")
                .containsExactlyElementsOf(telemetry.expected);
        // told again after a failure, under the same number
        assertThat(results.anomalies.values()).allMatch(a -> failing == a.revision() >= 1 << 16);
    }
}
