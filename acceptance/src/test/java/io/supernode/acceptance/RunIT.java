package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void theWindowsGiveWhatTheModelPredicts() {
        agree(report, "llama3-405b");
    }

    @ParameterizedTest
    @CsvSource({"stage, 20s", "operation, 3s"}) // 3 s hold 35 iterations of 160 cards in 2.4 million events
    void decodeIsWhatTheModelPredictsHoweverFinelyItIsTold(String granularity, String duration) {
        String name = "decode-" + granularity;
        Supernode.Result decode = Supernode.run(
                folder,
                LIMIT,
                "run",
                "--scenario",
                "deepseek-r1-decode",
                "--set",
                "granularity=" + granularity,
                "--duration",
                duration,
                "--report",
                name + ".json",
                "--data-dir",
                folder.resolve("data-" + name).toString());
        assertThat(decode.exitCode()).as(decode.err()).isZero();
        agree(Supernode.parse(folder.resolve(name + ".json")), "deepseek-r1-decode");
    }

    /** Within 2 %. */
    private static void agree(JsonNode report, String scenario) {
        JsonNode model = Supernode.run(folder, LIMIT, "model", "--scenario", scenario, "--format", "json")
                .json();
        JsonNode windows = report.path("throughput");
        double predicted = model.path("tokens_per_second_per_card").asDouble();
        assertThat(predicted).isPositive();
        assertThat(windows.path("tokens_per_second_per_card").asDouble())
                .as("tokens/s per card of %s", scenario)
                .isCloseTo(predicted, withPercentage(2));
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
