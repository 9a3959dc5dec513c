package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.InMemoryDiagnosis;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import io.supernode.window.TrafficWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The diagnosis as a part of the job: the anomalies of the arithmetic alone, whatever the subtasks and failures. */
@Timeout(60)
class DiagnosisJobTest {
    private static final long SECOND = Telemetry.SECOND;
    private static final int NODES = 6;
    private static final int SECONDS = 40;
    private static final int SLOW_CARD = 13;

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    private static JobOptions options(int parallelism, int readers) {
        return JobOptions.of("in-memory:0")
                .withParallelism(parallelism, readers)
                .withCheckpointInterval(Duration.ZERO);
    }

    /** Twenty passes of 40 ms in a second on each of 24 cards; one needs 1.5 times as long from 10 s to 20 s. */
    private static Telemetry oneSlowCard() {
        Random random = new Random(3);
        EventBatch events = new EventBatch();
        for (int card = 0; card < NODES * Telemetry.CARDS_PER_NODE; card++) {
            for (int pass = 0; pass < 20 * SECONDS; pass++) {
                long end = pass * SECOND / 20 + SECOND / 40;
                boolean slow = card == SLOW_CARD && end >= 10 * SECOND && end < 20 * SECOND;
                long duration = Math.round(40e6 * (slow ? 1.5 : 1) * (1 + 0.01 * random.nextGaussian()));
                events.addCompute(card, ComputeOp.FORWARD, end - duration, duration, 10, 1000, 1000, 0, pass, 0);
            }
        }
        return new Telemetry(NODES, SECONDS, events);
    }

    /** In each second every card sends a transfer to the next card and takes part in an all-to-all of its node. */
    private static Telemetry traffic() {
        EventBatch events = new EventBatch();
        int cards = NODES * Telemetry.CARDS_PER_NODE;
        for (int second = 0; second < SECONDS; second++) {
            long end = second * SECOND + SECOND / 2;
            for (int card = 0; card < cards; card++) {
                int next = (card + 1) % cards;
                events.addBus(card, BusOp.SEND, Fabric.BUS, 0, 2, next, end - 9, 9, 0, 100 + card, 0, -1, -1, -1);
                events.addBus(next, BusOp.RECEIVE, Fabric.BUS, 0, 2, card, end - 9, 9, 0, 0, 100 + card, -1, -1, -1);
                int node = card / Telemetry.CARDS_PER_NODE;
                for (int size = 1; size <= 1024; size *= 1024) { // two sizes are one row
                    events.addBus(
                            card, BusOp.ALL_TO_ALL, Fabric.BUS, 7 + node, 4, -1, end, 9, 0, size, size, -1, -1, -1);
                }
            }
        }
        return new Telemetry(NODES, SECONDS, events);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trafficIsWhatTheCardsSentAlsoAfterAFailure(boolean fails) throws Exception {
        Telemetry telemetry = traffic();
        JobBench bench = new JobBench(telemetry.partitions);
        JobOptions options = options(2, 2);
        if (fails) {
            bench.failingOnceAfter(telemetry.partitions.get(0).size() / 3);
            options = options.withCheckpointInterval(Duration.ofMillis(100));
        }
        Results results = bench.run(options, env());

        assertThat(bench.hasFailed()).isEqualTo(fails);
        assertThat(results.traffic).hasSize(SECONDS);
        int cards = NODES * Telemetry.CARDS_PER_NODE;
        for (TrafficWindow window : results.traffic.values()) {
            assertThat(window.rows()).isEqualTo(2 * cards);
            assertThat(window.cards()).isSorted();
            for (int i = 0; i < window.rows(); i++) {
                int card = window.cards()[i];
                boolean transfer = window.ops()[i] == BusOp.SEND.ordinal();
                assertThat(window.peers()[i]).isEqualTo(transfer ? (card + 1) % cards : -1);
                assertThat(window.sentBytes()[i]).isEqualTo(transfer ? 100 + card : 1025);
                assertThat(window.groups()[i]).isEqualTo(transfer ? 0 : 7 + card / Telemetry.CARDS_PER_NODE);
                assertThat(window.groupSizes()[i]).isEqualTo(transfer ? 2 : 4);
            }
        }
    }

    private static List<Anomaly> expected(Telemetry telemetry) {
        InMemoryDiagnosis diagnosis = new InMemoryDiagnosis(Telemetry.RUN, 0, Telemetry.ORIGIN);
        for (int i = 0; i < telemetry.events.size(); i++) {
            EventBatch one = new EventBatch();
            one.addFrom(telemetry.events, i, 0);
            diagnosis.fold(telemetry.events.card(i) / Telemetry.CARDS_PER_NODE, one);
        }
        diagnosis.advance((SECONDS + 1) * SECOND);
        return diagnosis.anomalies();
    }

    private static StreamExecutionEnvironment env() {
        return StreamExecutionEnvironment.getExecutionEnvironment();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "1,4"})
    void anomaliesAreTheSameOnAnyNumberOfSubtasks(int parallelism, int readers) throws Exception {
        Telemetry telemetry = oneSlowCard();
        Results results = new JobBench(telemetry.partitions).run(options(parallelism, readers), env());

        List<Anomaly> found = new ArrayList<>(results.anomalies.values());
        assertThat(found).isEqualTo(expected(telemetry)).singleElement().satisfies(anomaly -> {
            assertThat(anomaly.kind()).isEqualTo(AnomalyKind.SLOW_CARD);
            assertThat(anomaly.card()).isEqualTo(SLOW_CARD);
            assertThat(anomaly.startNanos()).isEqualTo(10 * SECOND);
            assertThat(anomaly.endNanos()).isEqualTo(20 * SECOND);
            assertThat(anomaly.severityPpm()).isBetween(1_480_000L, 1_520_000L);
        });
    }

    @Test
    void aJobThatDoesNotJudgeHasTheSameWindowsAndNoAnomalies() throws Exception {
        Telemetry telemetry = oneSlowCard();
        Results results = new JobBench(telemetry.partitions).run(options(2, 2).withDiagnosis(false), env());

        assertThat(results.anomalies).isEmpty();
        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
    }

    @Test
    void aFailureChangesNoAnomalyButItsRevision() throws Exception {
        Telemetry telemetry = oneSlowCard();
        JobBench bench = new JobBench(telemetry.partitions)
                .failingOnceAfter(telemetry.partitions.get(0).size() / 3);
        Results results = bench.run(options(2, 2).withCheckpointInterval(Duration.ofMillis(100)), env());

        assertThat(bench.hasFailed()).isTrue();
        Anomaly expected = expected(telemetry).get(0);
        assertThat(results.anomalies.values())
                .singleElement()
                .usingRecursiveComparison()
                .ignoringFields("revision")
                .isEqualTo(expected);
        // told again after the failure: it replaces what was told before it
        assertThat(results.anomalies.get(0L).revision()).isGreaterThanOrEqualTo(1 << 16);
    }
}
