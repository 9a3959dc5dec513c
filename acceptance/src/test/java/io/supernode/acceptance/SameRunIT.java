package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.analytics.JobOptions;
import io.supernode.analytics.TelemetryJob;
import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.app.cli.Cli;
import io.supernode.app.stack.DataFolder;
import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.app.stack.EmbeddedFlink;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our own run, recorded from the topics and replayed, is the run: the same events and the same windows behind a real
 * broker and a real job, at every speed, in frames and event by event, on one slot and on two (inference-sim 1032 was
 * eleven times off). {@link RecordReplayIT} does it with more of a run and a stack of its own for every replay.
 */
@Timeout(400)
class SameRunIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** What a run was: the digests of its events and of its windows. */
    private record Digests(String events, String windows) {}

    @Test
    void aRecordedRunIsTheRunAtAnySpeedInAnyFramesOnAnySlots() throws Exception {
        Path trace = folder.resolve("recorded.avro");
        List<Digests> all = new ArrayList<>();
        for (int slots = 1; slots <= 2; slots++) {
            DataFolder data = DataFolder.open(folder.resolve("job-" + slots), false);
            try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker-" + slots));
                    KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
                edge.topics(1).create();
                try (EmbeddedFlink flink = EmbeddedFlink.start(data, slots);
                        Books books = new Books(broker.address())) {
                    submit(flink, broker.address(), data, slots);
                    if (slots == 1) {
                        all.add(played(broker, books, "the run", "--duration", "3s", "--speed", "max"));
                        cli("record", "--kafka", broker.address(), "--run", "latest", "-o", trace.toString());
                    }
                    for (String speed : List.of("max", "10x", "1x")) {
                        for (String frame : List.of("0", "1")) {
                            String what =
                                    speed + ", " + (frame.equals("0") ? "frames" : "events") + ", slots: " + slots;
                            all.add(played(
                                    broker,
                                    books,
                                    what,
                                    "--trace",
                                    trace.toString(),
                                    "--speed",
                                    speed,
                                    "--frame",
                                    frame));
                        }
                    }
                }
            }
        }
        assertThat(all).hasSize(13).containsOnly(all.get(0));
    }

    private Digests played(EmbeddedBroker broker, Books books, String what, String... how) {
        Path report = folder.resolve("report.json");
        List<String> words = new ArrayList<>(List.of("replay", "--kafka", broker.address()));
        words.addAll(List.of(how));
        words.addAll(List.of("--report", report.toString(), "--quiet"));
        cli(words.toArray(String[]::new));
        JsonNode told = Supernode.parse(report);
        String windows = books.mustBalance(what, told, LIMIT).digestWindows();
        return new Digests(told.path("digest").path("events").asText(), windows);
    }

    private static void submit(EmbeddedFlink flink, String broker, DataFolder data, int slots) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(EmbeddedFlink.checkpointsIn(data.checkpoints()));
        TelemetryJob.onKafka(
                environment,
                JobOptions.of(broker)
                        .withCheckpointInterval(Duration.ofSeconds(1))
                        .withParallelism(slots, slots));
        flink.submit(environment, "supernode telemetry");
    }

    private static void cli(String... arguments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(all, true, StandardCharsets.UTF_8);
        int code = Cli.execute(new Console(stream, stream, false), new Interrupt(), arguments);
        assertThat(code)
                .as(String.join(" ", arguments) + ": " + all.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.OK);
    }
}
