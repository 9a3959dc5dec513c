package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.app.cli.Cli;
import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Our own run, recorded from the topics and replayed, is the same run: the same events, the same windows behind a real
 * broker and a real job (inference-sim 1032 was eleven times off).
 */
@Tag("soak")
@Timeout(180)
class RecordReplayIT {
    private static final Pattern DIGEST = Pattern.compile("\"(events|windows)\" : \"([0-9a-f]{32})\"");

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static String trace;
    private static List<String> digests;

    @BeforeAll
    static void runAndRecord() throws IOException {
        broker = EmbeddedBroker.start(folder.resolve("broker"));
        try (KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.topics(1).create();
        }
        trace = folder.resolve("recorded.avro").toString();
        digests = run("--scenario", "llama3-405b", "--duration", "20s", "--speed", "max");
        ok("record", "--run", "latest", "-o", trace, "--kafka", broker.address());
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"max, 0", "max, 1", "10x, 0", "10x, 1", "1x, 0"})
    void aReplayOfTheRecordingIsTheRun(String speed, int frame) throws IOException {
        List<String> again = frame == 0
                ? run("--trace", trace, "--speed", speed)
                : run("--trace", trace, "--speed", speed, "--frame", Integer.toString(frame));
        assertThat(again).isEqualTo(digests);

        // and recorded again it is the same recording
        String second = folder.resolve("again-" + speed + "-" + frame + ".avro").toString();
        ok("record", "--run", "latest", "-o", second, "--kafka", broker.address());
        ok("verify", trace, second);
    }

    @Test
    void aLoopIsCountedAndItsBooksBalance() throws IOException {
        String report = folder.resolve("loop.json").toString();
        ok(
                "run",
                "--kafka",
                broker.address(),
                "--trace",
                trace,
                "--start-offset",
                "2s",
                "--end-offset",
                "12s",
                "--loop",
                "--duration",
                "35s",
                "--data-dir",
                folder.resolve("data-loop").toString(),
                "--report",
                report);
        String json = Files.readString(Path.of(report));
        assertThat(json).contains("\"loops\" : 3", "\"model_seconds\" : 35.0", "\"dead_lettered\" : 0", "\"late\" : 0");
    }

    /** The digests of events and of windows in the report; a run whose books do not balance fails. */
    private static List<String> run(String... more) throws IOException {
        Path report = Files.createTempFile(folder, "run", ".json");
        List<String> arguments = new ArrayList<>(List.of("run", "--kafka", broker.address()));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--report", report.toString(), "--data-dir", report + "-data"));
        ok(arguments.toArray(String[]::new));
        List<String> found = new ArrayList<>();
        Matcher matcher = DIGEST.matcher(Files.readString(report));
        while (matcher.find()) {
            found.add(matcher.group(1) + " " + matcher.group(2));
        }
        assertThat(found).hasSize(2);
        return found;
    }

    private static void ok(String... arguments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(all, true, StandardCharsets.UTF_8);
        int code = Cli.execute(new Console(stream, stream, false), new Interrupt(), arguments);
        assertThat(code)
                .as(String.join(" ", arguments) + ": " + all.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.OK);
    }
}
