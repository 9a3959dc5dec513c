package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes whose agents lose, repeat, delay and misdate what they send, through a real broker and a real Flink job: everything that
 * was sent is accounted for, and what happened is told for what it is.
 */
class TelemetryFaultsIT {
    private static final Duration LIMIT = Duration.ofSeconds(150);

    @TempDir
    private Path folder;

    private JsonNode run(String... disturbances) {
        String[] command = new String[9 + 2 * disturbances.length];
        String[] common = {
            "run",
            "--duration",
            "40s",
            "--seed",
            "7",
            "--report",
            "report.json",
            "--data-dir",
            folder.resolve("data").toString()
        };
        System.arraycopy(common, 0, command, 0, common.length);
        for (int i = 0; i < disturbances.length; i++) {
            command[9 + 2 * i] = "--set";
            command[10 + 2 * i] = "disturbance.d" + i + "=" + disturbances[i];
        }
        Supernode.Result result = Supernode.run(folder, LIMIT, command);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return Supernode.parse(folder.resolve("report.json"));
    }

    private static void assertBalanced(JsonNode events) {
        System.out.printf(
                "sent %d = windowed %d + dead-lettered %d%n",
                events.path("sent").asLong(),
                events.path("windowed").asLong(),
                events.path("dead_lettered").asLong());
        assertThat(events.path("sent").asLong())
                .isEqualTo(events.path("windowed").asLong()
                        + events.path("dead_lettered").asLong());
    }

    @Test
    void whatIsLostRepeatedDelayedAndMisdatedIsAccountedFor() {
        JsonNode report = run(
                "telemetry_loss node=3 magnitude=0.2",
                "telemetry_duplication node=5 magnitude=0.2",
                "telemetry_lateness node=7 from=10s for=10s magnitude=3",
                "clock_skew node=9 from=5s magnitude=0.25",
                "clock_skew node=11 from=5s magnitude=-0.25");
        JsonNode pipeline = report.path("pipeline");
        JsonNode events = report.path("events");
        assertBalanced(events);
        assertThat(pipeline.path("lost_events").asLong()).isPositive();
        assertThat(pipeline.path("repeated_events").asLong()).isPositive();
        assertThat(pipeline.path("delayed_events").asLong()).isPositive();
        assertThat(events.path("dead_lettered").asLong())
                .as("what was sent twice, and nothing else")
                .isEqualTo(pipeline.path("repeated_events").asLong());
    }

    @Test
    void aNodeThatFallsSilentIsMissedAndNoCardIsBlamed() {
        JsonNode report = run("telemetry_loss node=3 from=15s for=15s magnitude=1");
        assertBalanced(report.path("events"));
        assertThat(report.path("anomalies")).isNotEmpty();
        assertThat(report.path("anomalies"))
                .allSatisfy(anomaly -> assertThat(anomaly.path("kind").asText()).isEqualTo("missing_telemetry"));
    }
}
