package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bounded run: model, schedule, a real broker, a real Flink job, windows. 95 s of event time hold one whole training
 * step of every card (a step takes about 87 s).
 */
class RunIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @TempDir
    static Path folder;

    private static Supernode.Result first;
    private static JsonNode report;

    @BeforeAll
    static void runOnce() {
        first = run("first.json");
        assertThat(first.exitCode()).as(first.err()).isZero();
        report = Supernode.parse(folder.resolve("first.json"));
    }

    private static Supernode.Result run(String reportName, String... more) {
        String[] common = {
            "run",
            "--scenario",
            "llama3-405b",
            "--duration",
            "95s",
            "--seed",
            "7",
            "--report",
            reportName,
            "--data-dir",
            folder.resolve("data-" + reportName).toString()
        };
        String[] all = java.util.Arrays.copyOf(common, common.length + more.length);
        System.arraycopy(more, 0, all, common.length, more.length);
        return Supernode.run(folder, LIMIT, all);
    }

    @Test
    void theBooksBalance() {
        JsonNode events = report.path("events");
        assertThat(events.path("sent").asLong()).isPositive();
        assertThat(events.path("sent").asLong())
                .isEqualTo(events.path("windowed").asLong()
                        + events.path("dead_lettered").asLong());
        assertThat(events.path("dead_lettered").asLong()).isZero();
        // both kinds, and every one of the 384 cards: each computes and communicates many times a step
        assertThat(report.path("cards").asInt()).isEqualTo(384);
        assertThat(events.path("compute").asLong()).isGreaterThan(384 * 100);
        assertThat(events.path("bus").asLong()).isGreaterThan(384 * 100);
    }

    @Test
    void theArticlesFigureEmergesFromTheWindows() {
        // 132 tokens/s per card is what the machine's maker tells of LLaMA 3; read here behind Flink, over whole steps
        assertThat(report.path("throughput").path("tokens_per_second_per_card").asDouble())
                .isBetween(125.0, 144.0);
        assertThat(report.path("throughput").path("model_flops_utilization").asDouble())
                .isBetween(0.05, 0.7);
        JsonNode step = report.path("latency").path("step");
        assertThat(step.path("count").asLong()).as("one step a card").isEqualTo(384);
        assertThat(step.path("p50").asDouble()).isBetween(70.0, 95.0);
    }

    @Test
    void theSameSeedGivesTheSameEventsAndWindows() {
        Supernode.Result second = run("second.json");

        assertThat(second.exitCode()).as(second.err()).isZero();
        assertThat(Supernode.parse(folder.resolve("second.json")).path("digest"))
                .isEqualTo(report.path("digest"));
        assertThat(report.path("digest").path("events").asText()).matches("[0-9a-f]{16,}");
        assertThat(report.path("digest").path("windows").asText()).matches("[0-9a-f]{16,}");
    }

    @Test
    void oneEventPerRecordGivesTheSameWindows() {
        Supernode.Result single = run("single.json", "--frame", "1");

        assertThat(single.exitCode()).as(single.err()).isZero();
        JsonNode other = Supernode.parse(folder.resolve("single.json"));
        assertThat(other.path("digest")).isEqualTo(report.path("digest"));
        assertThat(other.path("events").path("sent"))
                .isEqualTo(report.path("events").path("sent"));
    }

    @Test
    void chatterStaysOffStandardOutput() {
        // neither the broker's nor Flink's logs reach the terminal; without --format json a short summary does
        assertThat(first.out()).doesNotContain(" INFO ", " WARN ", "SLF4J", "org.apache.");
        assertThat(first.err()).doesNotContain(" INFO ", "SLF4J", "Exception", "org.apache.");
        assertThat(Files.exists(folder.resolve("first.json"))).isTrue();
    }
}
