package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.diagnosis.Anomaly;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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
        // a number that comes before its turn is told as a gap before it; nothing but that is put aside
        assertThat(results.deadLetters).extracting(DeadLetter::stage).containsOnly("gap");
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
        telemetry.append(Topic.STEP, 0, telemetry.stepFrame(0, 80 * SECOND, 11, 80 * SECOND));
        telemetry.append(Topic.STEP, 0, Telemetry.heartbeat(EventKind.STEP, 140 * SECOND));
        telemetry.append(Topic.STEP, 0, telemetry.stepFrame(0, 80 * SECOND, 23, 80 * SECOND));
        telemetry.append(Topic.STEP, 0, telemetry.stepFrame(0, 80 * SECOND + 1, 31, 80 * SECOND));
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
        byte[] tooLate = telemetry.stepFrame(1, 73 * SECOND, 11, 73 * SECOND);
        byte[] justInTime = telemetry.stepFrame(1, 74 * SECOND, 13, 74 * SECOND);
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
    void whatIsSentAgainCountsOnceAndWhatIsLostIsTold(int parallelism, int readers) throws Exception {
        Telemetry telemetry = new Telemetry(6, 6, 40, 5);
        List<List<RawFrame>> damaged = new ArrayList<>();
        int repeated = 0;
        RawFrame lost = null;
        for (List<RawFrame> partition : telemetry.partitions) {
            List<RawFrame> own = new ArrayList<>(partition);
            if (partition.get(0).topic() == Topic.COMPUTE) {
                // a sender that goes on from where it last knew to have been
                int half = own.size() / 2;
                List<RawFrame> again = List.copyOf(own.subList(half - 30, half));
                own.addAll(half, again);
                repeated +=
                        (int) again.stream().filter(TelemetryJobTest::hasEvents).count();
            } else if (partition.get(0).topic() == Topic.STEP) {
                int at = own.size() / 2;
                while (!hasEvents(own.get(at))) {
                    at++;
                }
                lost = own.remove(at);
            }
            damaged.add(renumbered(own));
        }
        long lostEvents = events(lost);
        Results results = new JobBench(damaged).run(options(parallelism, readers), env());

        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size() - lostEvents);
        assertThat(results.deadLetters.stream()
                        .filter(letter -> letter.stage().equals("duplicate"))
                        .count())
                .isEqualTo(repeated);
        assertThat(results.deadLetters)
                .filteredOn(letter -> letter.stage().equals("gap"))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.topic()).isEqualTo(Topic.STEP.topicName());
                    assertThat(letter.reason()).contains(", 1 frames are missing");
                    assertThat(letter.bytes()).isEmpty();
                });
        assertThat(results.deadLetters).hasSize(repeated + 1);
    }

    private static boolean hasEvents(RawFrame frame) {
        return events(frame) > 0;
    }

    private static int events(RawFrame frame) {
        EventBatch batch = new EventBatch();
        try {
            new FrameReader(frame.topic().eventKind()).read(frame.bytes(), batch);
        } catch (UnreadableException e) {
            throw new AssertionError(e);
        }
        return batch.size();
    }

    /** With the offsets that a broker would give. */
    private static List<RawFrame> renumbered(List<RawFrame> frames) {
        List<RawFrame> numbered = new ArrayList<>();
        for (RawFrame frame : frames) {
            numbered.add(new RawFrame(frame.topic(), frame.partition(), numbered.size(), frame.bytes()));
        }
        return numbered;
    }

    @Test
    void aSenderWhoseClockIsDaysAheadClosesNobodysWindows() throws Exception {
        Telemetry telemetry = new Telemetry(8, 3, 40, 5);
        List<RawFrame> log = telemetry.partition(Topic.STEP, 0);
        EventBatch one = new EventBatch();
        long ahead = 48 * 3600 * SECOND;
        one.addStep(0, 3, ahead, SECOND / 10, 0, 7, 1);
        FrameWriter writer = new FrameWriter(EventKind.STEP);
        for (int i = 0; i < 3; i++) {
            writer.begin(ahead);
            writer.append(one, 0);
            // node 9 exists nowhere else; sent in time, it says, but of a time to come
            FrameHeader header = new FrameHeader(
                    Telemetry.RUN, 0, 9, i, Telemetry.ORIGIN, Telemetry.ORIGIN + 20 * SECOND, ahead, ahead);
            log.add(log.size() / 2 + i, new RawFrame(Topic.STEP, 0, 100_000 + i, writer.finish(header)));
        }
        Results results = new JobBench(telemetry.partitions).run(options(1, 1), env());

        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.lateEvents()).isZero();
        assertThat(results.deadLetters).hasSize(3).allSatisfy(letter -> {
            assertThat(letter.stage()).isEqualTo("check");
            assertThat(letter.events()).isEqualTo(1);
            assertThat(letter.reason()).contains("a day ahead");
        });
    }

    @Test
    void timeThatJumpsForEverybodyIsFollowed() throws Exception {
        Telemetry telemetry = new Telemetry(8, 1, 5, 5);
        long later = 100 * 3600 * SECOND;
        // at the highest speed nobody waits: the wall clock stays, event time does not
        for (Topic topic : List.of(Topic.COMPUTE, Topic.BUS, Topic.STEP, Topic.REQUEST)) {
            for (int p = 0; p < topic.partitions(); p++) {
                FrameWriter writer = new FrameWriter(topic.eventKind());
                // on a partition without events heartbeats are all there is
                for (long through : new long[] {later, later + SECOND, later + 200 * SECOND}) {
                    writer.begin(through);
                    boolean withNode = through == later + SECOND && (topic == Topic.STEP || topic == Topic.COMPUTE);
                    int node = withNode ? 0 : FrameHeader.HEARTBEAT;
                    if (node == 0 && topic == Topic.STEP) {
                        EventBatch one = new EventBatch();
                        one.addStep(0, 3, through, SECOND / 10, 0, 7, 1);
                        writer.append(one, 0);
                    }
                    telemetry.append(
                            topic,
                            p,
                            writer.finish(new FrameHeader(
                                    Telemetry.RUN,
                                    0,
                                    node,
                                    500,
                                    Telemetry.ORIGIN,
                                    Telemetry.ORIGIN,
                                    through,
                                    through)));
                }
            }
        }
        Results results = new JobBench(telemetry.partitions).run(options(1, 1), env());

        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size() + 1);
        // the heartbeat that came first was not believed, and says so; it holds no events
        assertThat(results.deadLetters)
                .filteredOn(letter -> letter.stage().equals("check"))
                .allSatisfy(letter -> {
                    assertThat(letter.events()).isZero();
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

    /** All that lies between the slowest partition and the others is windows that are open: it must not be hours. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,2"})
    void aPartitionThatIsAheadWaitsForTheSlowest(int parallelism, int readers) throws Exception {
        Telemetry telemetry = new Telemetry(12, 2, 300, 1);
        int slow = 1;
        int quarter = telemetry.partitions.get(slow).size() / 4;
        Map<Integer, Long> now = new ConcurrentHashMap<>();
        Map<Integer, Long> afterOneSecond = new ConcurrentHashMap<>();
        Map<Integer, Long> afterTwo = new ConcurrentHashMap<>();
        AtomicLong begun = new AtomicLong();
        JobBench bench = new JobBench(telemetry.partitions).readableWhen((partition, offset) -> {
            now.put(partition, offset);
            if (partition != slow || offset < quarter) {
                LockSupport.parkNanos(200_000); // as a broker gives them, not all within an instant
                return true;
            }
            begun.compareAndSet(0, System.nanoTime());
            long stoodNanos = System.nanoTime() - begun.get();
            if (stoodNanos > SECOND && afterOneSecond.isEmpty()) {
                afterOneSecond.putAll(now);
            }
            if (stoodNanos > 2 * SECOND && afterTwo.isEmpty()) {
                afterTwo.putAll(now);
            }
            return stoodNanos > 2 * SECOND;
        });
        Results results = bench.run(options(parallelism, readers), env());

        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.deadLetters).isEmpty();
        assertThat(afterTwo).hasSize(telemetry.partitions.size()).isEqualTo(afterOneSecond);
        afterTwo.forEach((partition, offset) -> assertThat(offset)
                .as("read of partition %d before the slowest went on", partition)
                .isLessThan(telemetry.partitions.get(partition).size()));
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
                .contains("fold events into slices", "merge slices into windows", "diagnose supernodes");
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
        assertThat(tasks)
                .anySatisfy(task -> assertThat(task.getName())
                        .contains("diagnose supernodes")
                        .contains("write anomalies"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RawFrame.class,
                SlicePartial.class,
                EvidencePartial.class,
                Anomaly.class,
                GroupKey.class,
                DeadLetter.class,
                ThroughputWindow.class,
                LatencyWindow.class,
                SequenceState.class,
                GuardState.class
            })
    void nothingOnTheWayNeedsKryo(Class<?> type) {
        assertThat(TypeInformation.of(type)).isInstanceOf(PojoTypeInfo.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }
}
