package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.InMemoryDiagnosis;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disturbed run over a real broker and a real job: its report names what was wrong, as the arithmetic alone finds it in
 * the same events, up to what was found in the last second.
 */
class DetectionIT {
    private static final long SECOND = 1_000_000_000L;
    private static final int SECONDS = 40;
    private static final Map<String, String> SETTINGS = Map.of(
            "seed", "11",
            "samples", "true",
            "disturbance.hot", "slow_card card=17 from=14s for=10s magnitude=1.5",
            // found when the run is about to end
            "disturbance.last", "lane_down card=200 plane=3 from=37s magnitude=2");

    @TempDir
    Path folder;

    @Test
    void theReportNamesWhatWasFoundToTheLastSecond() {
        List<String> arguments = new ArrayList<>(List.of("run", "--scenario", "llama3-405b"));
        SETTINGS.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        arguments.addAll(List.of("--duration", SECONDS + "s", "--report", "report.json"));
        arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        Supernode.Result run = Supernode.run(folder, Duration.ofSeconds(120), arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode report = Supernode.parse(folder.resolve("report.json"));

        List<String> reported = new ArrayList<>();
        report.path("anomalies")
                .forEach(a -> reported.add(line(
                        a.path("kind").asText(),
                        a.path("card").asInt(-1),
                        a.path("plane").asInt(-1),
                        a.path("start").asDouble(),
                        a.path("end").asDouble(-1),
                        a.path("detected").asDouble(),
                        a.path("severity").asDouble())));
        List<String> expected = expected().stream().map(DetectionIT::line).toList();
        assertThat(expected).anyMatch(line -> line.startsWith("slow_card card=17"));
        assertThat(expected).anyMatch(line -> line.startsWith("slow_link card=200 plane=3 from 3"));
        assertThat(reported).isEqualTo(expected);

        JsonNode detection = report.path("detection");
        assertThat(detection.path("precision").asDouble()).isEqualTo(1);
        assertThat(detection.path("recall").asDouble()).isEqualTo(1);
        assertThat(detection.path("time_to_detect").asDouble()).isBetween(1.0, 5.0);
    }

    private static List<Anomaly> expected() {
        Scenario scenario = Scenario.of("llama3-405b", SETTINGS);
        InMemoryDiagnosis diagnosis = new InMemoryDiagnosis(1, 0, 0);
        EventSource source = scenario.events();
        EventBatch stretch = new EventBatch();
        while (source.throughNanos() < SECONDS * SECOND && source.next(stretch)) {
            for (int i = 0; i < stretch.size(); i++) {
                if (stretch.endNanos(i) < SECONDS * SECOND) {
                    EventBatch one = new EventBatch(1);
                    one.addFrom(stretch, i, 0);
                    diagnosis.fold(stretch.card(i) / scenario.machine().cardsPerNode(), one);
                }
            }
        }
        diagnosis.advance((SECONDS + 1) * SECOND);
        return diagnosis.anomalies();
    }

    private static String line(Anomaly a) {
        return line(
                a.kind().name().toLowerCase(Locale.ROOT),
                a.card(),
                a.plane(),
                a.startNanos() / 1e9,
                a.lasts() ? -1 : a.endNanos() / 1e9,
                a.detectedNanos() / 1e9,
                a.severityPpm() / 1e6);
    }

    private static String line(
            String kind, int card, int plane, double start, double end, double detected, double severity) {
        return String.format(
                Locale.ROOT,
                "%s card=%d plane=%d from %.3f to %.3f detected %.3f severity %.6f",
                kind,
                card,
                plane,
                start,
                end,
                detected,
                severity);
    }
}
