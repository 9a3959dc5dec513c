package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventKind;
import io.supernode.schemas.Topic;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The job on a small Flink of its own, on frames in memory. */
@Timeout(60)
class TelemetryJobTest {
    private static final long SECOND = Telemetry.SECOND;

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

    private static StreamExecutionEnvironment env() {
        return StreamExecutionEnvironment.getExecutionEnvironment();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,2", "1,4"})
    void windowsAreTheSameOnAnyNumberOfSubtasks(int parallelism, int readers) throws Exception {
        Telemetry telemetry = new Telemetry(1, 6, 75, 8);
        Results results = new JobBench(telemetry.partitions).run(options(parallelism, readers), env());
        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size());
        assertThat(results.deadLetters).isEmpty();
        assertThat(results.lateEvents()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void framesInAnyOrderGiveTheSameWindows(long seed) throws Exception {
        Telemetry telemetry = new Telemetry(seed, 5, 40, 5);
        List<List<RawFrame>> shuffled = new ArrayList<>();
        Random random = new Random(seed);
        for (List<RawFrame> partition : telemetry.partitions) {
            // within 40 s: whatever is overtaken by time is late, not too late
            List<RawFrame> own = new ArrayList<>(partition.subList(0, partition.size() - 1));
            Collections.shuffle(own, random);
            own.add(partition.get(partition.size() - 1));
            shuffled.add(own);
        }
        Results results = new JobBench(shuffled).run(options(1, 1), env());
        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.deadLetters).isEmpty();
        assertThat(results.lateEvents()).isPositive();
    }

    /** Partitions are read in turn: the step partition idles until the others are at their end, at the same time. */
    private static void waitForTheOthers(Telemetry telemetry, long throughNanos) {
        for (Topic topic : List.of(Topic.COMPUTE, Topic.BUS, Topic.REQUEST)) {
            for (int p = 0; p < topic.partitions(); p++) {
                telemetry.append(topic, p, Telemetry.heartbeat(topic.eventKind(), 1000 * SECOND));
            }
        }
        for (int i = 0; i < 200; i++) {
            telemetry.append(Topic.STEP, 0, Telemetry.heartbeat(EventKind.STEP, throughNanos));
        }
    }

    @Test
    void whatComesLateCorrectsItsWindowWithAHigherRevision() throws Exception {
        Telemetry telemetry = new Telemetry(1, 2, 5, 5);
        // the last heartbeats are at 135 s, so every window that ends at 134 s or before has been given
        waitForTheOthers(telemetry, 135 * SECOND);
        telemetry.append(Topic.STEP, 0, Telemetry.stepFrame(0, 80 * SECOND, 11, 80 * SECOND));
        telemetry.append(Topic.STEP, 0, Telemetry.heartbeat(EventKind.STEP, 140 * SECOND));
        telemetry.append(Topic.STEP, 0, Telemetry.stepFrame(0, 80 * SECOND, 23, 80 * SECOND));
        telemetry.append(Topic.STEP, 0, Telemetry.stepFrame(0, 80 * SECOND + 1, 31, 80 * SECOND));
        telemetry.append(Topic.STEP, 0, Telemetry.heartbeat(EventKind.STEP, 150 * SECOND));
        Results results = new JobBench(telemetry.partitions).run(options(1, 1), env());
        ThroughputWindow corrected = results.throughput.values().stream()
                .filter(w -> w.startNanos() == 80 * SECOND && w.lengthNanos() == SECOND && w.scope() == Scope.SUPERNODE)
                .findFirst()
                .orElseThrow();
        assertThat(corrected.stepTokens()).isEqualTo(11 + 23 + 31);
        // two corrections came together
        assertThat(corrected.revision()).isEqualTo(1);
        assertThat(corrected.lateEvents()).isEqualTo(2);
        assertThat(results.deadLetters).isEmpty();
    }

    @Test
    void whatComesTooLateIsADeadLetterWithItsProvenance() throws Exception {
        Telemetry telemetry = new Telemetry(1, 2, 5, 5);
        // the last heartbeats are at 135 s, the watermark at 134 s, a minute before is 74 s
        waitForTheOthers(telemetry, 135 * SECOND);
        byte[] tooLate = Telemetry.stepFrame(1, 73 * SECOND, 11, 73 * SECOND);
        byte[] justInTime = Telemetry.stepFrame(1, 74 * SECOND, 13, 74 * SECOND);
        int offset = telemetry.partition(Topic.STEP, 0).size();
        telemetry.append(Topic.STEP, 0, tooLate);
        telemetry.append(Topic.STEP, 0, justInTime);
        Results results = new JobBench(telemetry.partitions).run(options(1, 1), env());

        assertThat(results.deadLetters).hasSize(1);
        DeadLetter letter = results.deadLetters.peek();
        assertThat(letter.topic()).isEqualTo(Topic.STEP.topicName());
        assertThat(letter.partition()).isZero();
        assertThat(letter.offset()).isEqualTo(offset);
        assertThat(letter.stage()).isEqualTo("late");
        assertThat(letter.events()).isEqualTo(1);
        assertThat(letter.run()).isEqualTo("42");
        assertThat(letter.bytes()).isEqualTo(tooLate);
        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size() + 1);
    }

    @Test
    void garbageBecomesDeadLettersAndTheRestIsCounted() throws Exception {
        Telemetry telemetry = new Telemetry(5, 3, 20, 5);
        Random random = new Random(5);
        List<List<RawFrame>> mixed = new ArrayList<>();
        int garbage = 0;
        for (List<RawFrame> partition : telemetry.partitions) {
            List<RawFrame> own = new ArrayList<>();
            for (RawFrame frame : partition) {
                if (random.nextInt(10) == 0) {
                    byte[] bytes =
                            switch (garbage++ % 3) {
                                case 0 -> new byte[0];
                                case 1 -> Arrays.copyOf(frame.bytes(), frame.bytes().length / 2);
                                default -> {
                                    byte[] noise = new byte[50];
                                    random.nextBytes(noise);
                                    yield noise;
                                }
                            };
                    own.add(new RawFrame(frame.topic(), frame.partition(), -7, bytes));
                }
                own.add(frame);
            }
            mixed.add(own);
        }
        Results results = new JobBench(mixed).run(options(2, 2), env());
        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.deadLetters).hasSize(garbage).allSatisfy(letter -> {
            assertThat(letter.stage()).isEqualTo("decode");
            assertThat(letter.offset()).isEqualTo(-7);
            assertThat(letter.events()).isEqualTo(DeadLetter.UNKNOWN_EVENTS);
            assertThat(letter.reason()).isNotBlank();
        });
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2"})
    void aFailureChangesNoWindow(int parallelism, int readers) throws Exception {
        Telemetry telemetry = new Telemetry(9, 6, 75, 8);
        int half = telemetry.partitions.get(0).size() / 2;
        JobBench bench = new JobBench(telemetry.partitions).failingOnceAfter(half);
        Results results =
                bench.run(options(parallelism, readers).withCheckpointInterval(Duration.ofMillis(100)), env());
        assertThat(bench.hasFailed()).isTrue();
        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size());
        assertThat(results.deadLetters).isEmpty();
        // what was given again after the failure replaces what was given before it
        assertThat(results.throughput.values()).anyMatch(window -> window.revision() >= 1 << 16);
    }

    @Test
    void everyOperatorHasANameAndAnIdentityThatSurvivesAnUpgrade() {
        StreamExecutionEnvironment env = env();
        TelemetryJob.onKafka(env, JobOptions.of("127.0.0.1:1"));
        StreamGraph graph = env.getStreamGraph();
        Set<String> names = new HashSet<>();
        for (StreamNode node : graph.getStreamNodes()) {
            assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotBlank();
            names.add(node.getOperatorName());
        }
        assertThat(names)
                .anyMatch(name -> name.contains("read frames"))
                .contains("fold events into slices", "merge slices into windows");
        // source and fold are one task: events are never serialized
        List<JobVertex> tasks = StreamSupport.stream(
                        graph.getJobGraph().getVertices().spliterator(), false)
                .toList();
        assertThat(tasks)
                .anySatisfy(task ->
                        assertThat(task.getName()).contains("read frames").contains("fold events into slices"));
        assertThat(tasks)
                .anySatisfy(task -> assertThat(task.getName())
                        .contains("merge slices into windows")
                        .contains("write throughput windows")
                        .contains("write latency windows"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RawFrame.class,
                SlicePartial.class,
                GroupKey.class,
                DeadLetter.class,
                ThroughputWindow.class,
                LatencyWindow.class
            })
    void nothingOnTheWayNeedsKryo(Class<?> type) {
        assertThat(TypeInformation.of(type)).isInstanceOf(PojoTypeInfo.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }
}
