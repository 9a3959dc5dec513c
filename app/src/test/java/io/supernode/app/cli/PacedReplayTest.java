package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.ingest.kafka.RecordOptions;
import io.supernode.ingest.kafka.TopicRecorder;
import io.supernode.replay.TraceSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replay that waits for its consumers, and a recorder that keeps the last seconds, on a real broker. */
@Timeout(120)
class PacedReplayTest {
    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws IOException {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.topics(1).create();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** A group that reads nothing for two seconds and then has read all: "group" as the broker sees it. */
    @Test
    void aReplayIsHeldUntilItsConsumersFollow() throws Exception {
        Path report = folder.resolve("report.json");
        try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.skipToEnd("slow");
            CompletableFuture<Integer> replay = CompletableFuture.supplyAsync(() -> cli(
                    "replay",
                    "--kafka",
                    broker.address(),
                    "--duration",
                    "4s",
                    "--speed",
                    "2x",
                    "--pace-by-lag",
                    "slow",
                    "--max-lag",
                    "50",
                    "--report",
                    report.toString()));
            for (int look = 0; look < 200 && !replay.isDone(); look++) {
                TimeUnit.MILLISECONDS.sleep(look == 0 ? 2_000 : 200);
                edge.skipToEnd("slow");
            }
            assertThat(replay.get(60, TimeUnit.SECONDS)).isEqualTo(ExitCode.OK);
        }
        String json = Files.readString(report);
        Matcher held = Pattern.compile("\"held_seconds\" : ([0-9.E-]+)").matcher(json);
        assertThat(held.find()).isTrue();
        assertThat(Double.parseDouble(held.group(1))).isGreaterThan(0.2);
        assertThat(json).contains("\"model_seconds\" : 4.0");
    }

    @Test
    void aGroupThatHasReadNothingIsNamed() {
        assertThat(cli("replay", "--kafka", broker.address(), "--duration", "1s", "--pace-by-lag", "nobody"))
                .isEqualTo(ExitCode.FAILED);
    }

    @Test
    void theLastSecondsAreWrittenWhenTold() throws Exception {
        assertThat(cli("replay", "--kafka", broker.address(), "--duration", "6s", "--speed", "max"))
                .isEqualTo(ExitCode.OK);
        Path trace = folder.resolve("ring.avro");
        try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()));
                TopicRecorder recorder = edge.recorder()) {
            recorder.snapshot();
            recorder.record(RecordOptions.latest().withSnapshot(2_000_000_000L), trace, () -> false, soFar -> {});
            assertThat(recorder.snapshots()).isEqualTo(1);
        }
        assertThat(folder.resolve("ring-1.avro")).exists();
        Path whole = folder.resolve("whole.avro");
        assertThat(cli("record", "--kafka", broker.address(), "--run", "latest", "-o", whole.toString()))
                .isEqualTo(ExitCode.OK);
        // 2 of 6 seconds
        assertThat(TraceSummary.of(trace, false).total().events())
                .isBetween(1L, TraceSummary.of(whole, false).total().events() / 2);
    }

    private static int cli(String... arguments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(all, true, StandardCharsets.UTF_8);
        int code = Cli.execute(new Console(stream, stream, false), new Interrupt(), arguments);
        System.out.println(all.toString(StandardCharsets.UTF_8));
        return code;
    }
}
