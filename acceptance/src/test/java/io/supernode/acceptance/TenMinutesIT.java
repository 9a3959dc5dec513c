package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README promises of its first command: ten minutes of a supernode within one. */
@Tag("slow")
class TenMinutesIT {
    @TempDir
    Path folder;

    @Test
    void tenMinutesOfTrainingTakeLessThanOne() {
        Supernode.Result run = Supernode.run(
                folder,
                Duration.ofSeconds(180),
                "run",
                "--scenario",
                "llama3-405b",
                "--duration",
                "10m",
                "--report",
                "r.json",
                "--data-dir",
                "data");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.took()).isLessThan(Duration.ofSeconds(60));
        JsonNode report = Supernode.parse(folder.resolve("r.json"));
        JsonNode events = report.path("events");
        assertThat(events.path("sent").asLong())
                .isPositive()
                .isEqualTo(events.path("windowed").asLong()
                        + events.path("dead_lettered").asLong());
        assertThat(report.path("throughput").path("tokens_per_second_per_card").asDouble())
                .isBetween(125.0, 144.0);
        assertThat(report.path("model_seconds").asDouble()).isEqualTo(600.0);
    }
}
