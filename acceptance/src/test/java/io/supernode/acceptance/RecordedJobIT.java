package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.app.cli.Cli;
import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.replay.TraceSummary;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import io.supernode.schemas.WindowCodec;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recordings of real jobs through a real broker and a real job: the windows that leave Flink say of each what {@code
 * info} says, and {@code info} is held to the book of figures elsewhere.
 */
@Tag("slow")
@Timeout(180)
class RecordedJobIT {
    private static final long SECOND = 1_000_000_000L;
    private static final int STAGES = 4;
    private static final Path TRACES = Path.of(System.getProperty("traces.dir", "../../shared/traces"));

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws IOException {
        Requirement.TRACES.demand(Files.isDirectory(TRACES));
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.topics(1).create();
        }
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kineto/dlrm_8xV100",
                "ascend/alexnet_level1",
                "straggler/timeline-ST.json.gz",
                "kineto/hta_nccl_sizes_rank0of2.json.gz",
                "kineto/tracelens_sglang_Qwen3-8B_decode.json.gz"
            })
    void theWindowsThatLeaveFlinkSayWhatTheRecordingHolds(String recording) throws Exception {
        Path trace = folder.resolve(recording.replace('/', '-') + ".avro");
        ok("import", TRACES.resolve(recording).toString(), "-o", trace.toString());
        TraceSummary.Load load = TraceSummary.of(trace, false).total();

        ok(
                "run",
                "--kafka",
                broker.address(),
                "--trace",
                trace.toString(),
                "--data-dir",
                folder.resolve("data-" + trace.getFileName()).toString());
        Collection<ThroughputWindow> windows = windowsOfTheLatestRun();

        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::computeEvents))
                .isEqualTo(load.computeEvents());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::busEvents)).isEqualTo(load.busEvents());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::stepEvents)).isEqualTo(load.stepEvents());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::computeNanos))
                .isEqualTo(load.computeNanos());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::waitNanos)).isEqualTo(load.busWaitNanos());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::transitNanos))
                .isEqualTo(load.busNanos() - load.busWaitNanos());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::sentBytes)).isEqualTo(load.busBytes());
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::unknownSizeEvents))
                .isEqualTo(load.busEventsOfUnknownSize());
        switch (recording) {
            case "kineto/dlrm_8xV100" -> requireWaits(windows);
            case "ascend/alexnet_level1" -> requireBytesOfEachCard(windows);
            case "straggler/timeline-ST.json.gz" -> requireSlowStage(windows);
            default -> {
                // its sums are all that is known of it
            }
        }
    }

    /** Of 48.5 ms in collectives 46.8 are wait for the last rank. */
    private static void requireWaits(Collection<ThroughputWindow> windows) {
        double wait = sum(windows, Scope.SUPERNODE, ThroughputWindow::waitNanos) / 1e6;
        double transit = sum(windows, Scope.SUPERNODE, ThroughputWindow::transitNanos) / 1e6;
        assertThat(wait + transit).isCloseTo(48.542, within(0.001));
        assertThat(wait).isCloseTo(46.8, within(0.05));
    }

    private static void requireBytesOfEachCard(Collection<ThroughputWindow> windows) {
        for (int card = 0; card < 2; card++) {
            int each = card;
            assertThat(sum(
                            windows.stream().filter(w -> w.entity() == each).toList(),
                            Scope.CARD,
                            ThroughputWindow::sentBytes))
                    .as("bytes over HCCS of card %d", card)
                    .isEqualTo(427_596_096);
        }
    }

    /** Its authors: "stage 3 (the last pipeline stage) carries more work; no single slow worker". */
    private static void requireSlowStage(Collection<ThroughputWindow> windows) {
        assertThat(sum(windows, Scope.SUPERNODE, ThroughputWindow::computeEvents)
                        + sum(windows, Scope.SUPERNODE, ThroughputWindow::busEvents))
                .isEqualTo(6_784);
        long[] stages = new long[STAGES];
        for (int stage = 0; stage < STAGES; stage++) {
            int each = stage;
            stages[stage] = sum(
                    windows.stream().filter(w -> w.entity() % STAGES == each).toList(),
                    Scope.CARD,
                    ThroughputWindow::computeNanos);
        }
        for (int stage = 0; stage < STAGES - 1; stage++) {
            assertThat(stages[3])
                    .as("computing of stage 3 and of stage %d", stage)
                    .isGreaterThan(stages[stage] * 11 / 10);
        }
    }

    private static long sum(
            Collection<ThroughputWindow> windows, Scope scope, ToLongFunction<ThroughputWindow> figure) {
        return windows.stream()
                .filter(w -> w.scope() == scope && w.lengthNanos() == SECOND)
                .mapToLong(figure)
                .sum();
    }

    /** The last revision of each. */
    private static Collection<ThroughputWindow> windowsOfTheLatestRun() throws UnreadableException {
        Map<WindowKey, ThroughputWindow> windows = new HashMap<>();
        long latest = Long.MIN_VALUE;
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.address(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.THROUGHPUT.topicName()).stream()
                    .map(p -> new TopicPartition(p.topic(), p.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                    ThroughputWindow window = WindowCodec.throughput(record.value());
                    latest = Math.max(latest, window.originEpochNanos());
                    windows.merge(window.key(), window, (a, b) -> b.revision() >= a.revision() ? b : a);
                }
            }
        }
        long origin = latest;
        return windows.values().stream()
                .filter(w -> w.originEpochNanos() == origin)
                .toList();
    }

    private static void ok(String... arguments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(all, true, StandardCharsets.UTF_8);
        int code = Cli.execute(new Console(stream, stream, false), new Interrupt(), arguments);
        String said = all.toString(StandardCharsets.UTF_8);
        assertThat(code).as(String.join(" ", arguments) + ": " + said).isEqualTo(ExitCode.OK);
    }
}
