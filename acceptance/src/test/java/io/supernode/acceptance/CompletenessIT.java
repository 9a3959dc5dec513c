package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames of one node are lost on their way for 50 s: its windows are missing, what they are part of says that it is
 * incomplete, and nothing of it is drawn as zero.
 */
class CompletenessIT {
    private static final int NODE = 5;

    @TempDir
    Path folder;

    @Test
    void aNodeWhoseFramesAreLostIsAHoleAndNoZero() {
        int port = Http.freePort();
        String at = "http://127.0.0.1:" + port;
        try (Running up = Supernode.up(
                folder,
                port,
                "--scenario",
                "llama3-405b",
                "--set",
                "samples=true",
                "--set",
                "disturbance.lost=telemetry_loss node=" + NODE + " from=20s for=50s magnitude=1",
                "--speed",
                "4x")) {
            up.until("the first windows of 10 s", Duration.ofSeconds(90), () -> !Double.isNaN(completeness(at)));
            up.until(
                    "the cards of the node",
                    Duration.ofSeconds(30),
                    () -> seriesOfNode(at, "supernode_card_utilization_ratio").size() == 8);

            // 384 cards, 8 of which say nothing: 376 of 384 samples
            up.until("windows that say so", Duration.ofSeconds(60), () -> completeness(at) < 0.98);
            assertThat(completeness(at)).isEqualTo(376 / 384.0);
            up.until(
                    "windows of the node that are too old",
                    Duration.ofSeconds(60),
                    () -> seriesOfNode(at, "supernode_card_tokens_total").isEmpty());
            String metrics = Http.get(at + "/metrics").body();
            assertThat(metrics.lines().filter(line -> line.contains("node=\"05\"")))
                    .as("no series of the node, of any metric")
                    .isEmpty();
            assertThat(metrics.lines().filter(line -> line.startsWith("supernode_cards_reporting{")))
                    .singleElement()
                    .matches(line -> line.endsWith(" 376.0"));
            JsonNode supernode = Supernode.parse(Http.get(at + "/api/v1/state").body())
                    .path("supernodes")
                    .get(0);
            assertThat(supernode.path("completeness").asDouble()).isEqualTo(376 / 384.0);
            assertThat(cards(supernode)).hasSize(376).doesNotContain(8 * NODE, 8 * NODE + 7);
            assertThat(named(at)).as("found, and no card is blamed").isEqualTo("missing_telemetry");

            up.until("it all again", Duration.ofSeconds(60), () -> completeness(at) == 1);
            up.until(
                    "the cards of the node again",
                    Duration.ofSeconds(30),
                    () -> seriesOfNode(at, "supernode_card_utilization_ratio").size() == 8);
            JsonNode after = Supernode.parse(Http.get(at + "/api/v1/state").body());
            assertThat(secondsBelowOne(after))
                    .as("seconds that stay incomplete")
                    .isBetween(49, 51);
            assertThat(after.path("dead_letters").path("frames").asLong())
                    .as("told by the numbers of the frames that followed")
                    .isPositive();
            assertThat(after.path("detection").path("precision").asDouble()).isEqualTo(1);
            assertThat(after.path("detection").path("recall").asDouble()).isEqualTo(1);
        }
    }

    private static double completeness(String at) {
        return Http.get(at + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("supernode_window_completeness_ratio{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private static List<String> seriesOfNode(String at, String metric) {
        return Http.get(at + "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{") && line.contains(String.format("node=\"%02d\"", NODE)))
                .toList();
    }

    private static List<Integer> cards(JsonNode supernode) {
        List<Integer> cards = new ArrayList<>();
        supernode.path("cards").forEach(row -> cards.add(row.get(0).asInt()));
        return cards;
    }

    private static String named(String at) {
        List<String> kinds = new ArrayList<>();
        Supernode.parse(Http.get(at + "/api/v1/state").body())
                .path("anomalies")
                .forEach(a -> kinds.add(a.path("kind").asText()));
        return String.join(", ", kinds);
    }

    private static int secondsBelowOne(JsonNode state) {
        int below = 0;
        for (JsonNode second : state.path("supernodes").get(0).path("history").path("completeness")) {
            below += second.asDouble() < 1 ? 1 : 0;
        }
        return below;
    }
}
