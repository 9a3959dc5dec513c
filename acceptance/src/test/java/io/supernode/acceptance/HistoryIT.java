package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two minutes of event time, run in seconds, are in Prometheus at the times of their events. */
class HistoryIT {
    @TempDir
    private Path folder;

    @Test
    void aRunsHistoryIsLoadedIntoPrometheusAtItsOwnEventTime() throws IOException {
        Requirement.PROMETHEUS.demand(Tool.isOnPath("prometheus") && Tool.isOnPath("promtool"));
        Supernode.Result run = Supernode.run(
                folder,
                Duration.ofSeconds(120),
                "run",
                "--scenario",
                "llama3-405b",
                "--duration",
                "120s",
                "--report",
                "report.json",
                "--history",
                "history.om",
                "--data-dir",
                folder.resolve("data").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("samples in history.om");
        Supernode.Result loaded = Tool.run(
                folder,
                Duration.ofSeconds(120),
                List.of("promtool", "tsdb", "create-blocks-from", "openmetrics", "history.om", "tsdb"));
        assertThat(loaded.exitCode()).as(loaded.out() + loaded.err()).isZero();

        Files.writeString(folder.resolve("empty.yml"), "global: {}\n");
        int port = Http.freePort();
        try (Running prometheus = Running.start(
                folder,
                List.of(
                        "prometheus",
                        "--config.file=empty.yml",
                        "--storage.tsdb.path=tsdb",
                        "--web.listen-address=127.0.0.1:" + port))) {
            prometheus.until(
                    "Prometheus answers",
                    Duration.ofSeconds(30),
                    () -> Http.get("http://127.0.0.1:" + port + "/-/ready").status() == 200);
            JsonNode report = Supernode.parse(folder.resolve("report.json"));
            double last = lastMoment(folder.resolve("history.om"));
            assertThat(ask(port, "sum(supernode_events_total)", last))
                    .isEqualTo(report.path("events").path("windowed").asDouble());
            assertThat(ask(port, "supernode_tokens_per_second_per_card", last))
                    .isCloseTo(
                            report.path("throughput")
                                    .path("tokens_per_second_per_card")
                                    .asDouble(),
                            within(1e-6));
            // what a dashboard asks: all cards at work over a minute in the middle, in steps of ten seconds
            assertThat(ask(port, "count(rate(supernode_card_compute_seconds_total[1m]) > 0.1)", last - 60))
                    .isEqualTo(384);
            assertThat(ask(port, "count_over_time(supernode_run_info[59s])", last - 30))
                    .isEqualTo(6);
        }
    }

    private static double lastMoment(Path history) throws IOException {
        try (Stream<String> lines = Files.lines(history)) {
            return lines.filter(line -> line.startsWith("supernode_run_info"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .max()
                    .orElseThrow();
        }
    }

    private static double ask(int port, String expression, double epochSeconds) {
        JsonNode result = Supernode.parse(Http.get("http://127.0.0.1:" + port + "/api/v1/query?time=" + epochSeconds
                                + "&query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                        .body())
                .path("data")
                .path("result");
        assertThat(result).as(expression).hasSize(1);
        return result.get(0).path("value").get(1).asDouble();
    }
}
