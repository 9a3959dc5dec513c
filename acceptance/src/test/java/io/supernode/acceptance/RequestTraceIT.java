package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Request logs of two public chat services: imported without loss, then served by the model. */
class RequestTraceIT {
    private static final Path TRACES = Path.of(System.getProperty("traces.dir", "../../shared/traces"));
    private static final Path MOONCAKE = TRACES.resolve("requests/mooncake_conversation_0-2400s.jsonl");
    private static final Path AZURE = TRACES.resolve("requests/AzureLLMInferenceTrace_conv.csv");

    @TempDir
    Path folder;

    @BeforeEach
    void recordingsAreHere() {
        Requirement.TRACES.demand(Files.isDirectory(TRACES));
    }

    @Test
    void theMooncakeLogIsImportedWholeAndServedWhole() {
        JsonNode info = imported(MOONCAKE);
        // counted over the log with other tools
        assertInfo(info, 7_851, 97_571_920L, 2_724_903L, 2_397.0);

        Supernode.Result run = Supernode.run(
                folder,
                Duration.ofSeconds(150),
                "run",
                "--trace",
                "m.avro",
                "--scenario",
                "deepseek-r1-serving",
                "--report",
                "r.json",
                "--data-dir",
                "data");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode report = Supernode.parse(folder.resolve("r.json"));
        JsonNode serving = report.path("serving");
        assertThat(serving.path("requests").asLong()).isEqualTo(7_851);
        assertThat(serving.path("time_to_first_token").path("count").asLong()).isEqualTo(7_851);
        assertThat(serving.path("time_to_first_token").path("p50").asDouble()).isBetween(0.01, 60.0);
        assertThat(serving.path("time_per_output_token").path("p50").asDouble()).isBetween(0.001, 1.0);
        // per-card events stand behind them, and the books balance
        JsonNode events = report.path("events");
        assertThat(events.path("compute").asLong()).isPositive();
        assertThat(events.path("bus").asLong()).isPositive();
        assertThat(events.path("sent").asLong())
                .isEqualTo(events.path("windowed").asLong()
                        + events.path("dead_lettered").asLong());
    }

    @Test
    void theAzureLogKeepsItsTicks() {
        JsonNode info = imported(AZURE);
        assertInfo(info, 19_366, 22_361_870L, 4_088_665L, 3_501.722);
    }

    private JsonNode imported(Path log) {
        Supernode.Result imported = Supernode.run(
                folder,
                Duration.ofSeconds(60),
                "import",
                "--format",
                "auto",
                log.toAbsolutePath().toString(),
                "-o",
                "m.avro");
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        Supernode.Result info = Supernode.run(folder, Duration.ofSeconds(60), "info", "m.avro", "--format", "json");
        assertThat(info.exitCode()).as(info.err()).isZero();
        return info.json();
    }

    private static void assertInfo(JsonNode info, long requests, long input, long output, double spanSeconds) {
        assertThat(info.path("events").path("request").asLong()).isEqualTo(requests);
        assertThat(info.path("tokens").path("input").asLong()).isEqualTo(input);
        assertThat(info.path("tokens").path("output").asLong()).isEqualTo(output);
        assertThat(info.path("span_seconds").asDouble()).isCloseTo(spanSeconds, within(0.0005));
    }
}
