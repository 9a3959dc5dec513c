package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A card is slowed by schedule: the page says which, and until when, without being asked. */
class DisturbedPageIT {
    private static final Path SHOTS =
            Supernode.home().resolve("acceptance/target/live-page").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void aSlowCardIsFoundAndShown() throws IOException {
        Requirement.CHROMIUM.demand(Tool.isOnPath("chromium"));
        int port = Http.freePort();
        String at = "http://127.0.0.1:" + port;
        try (Running up = Supernode.up(
                        folder,
                        port,
                        "--scenario",
                        "llama3-405b",
                        "--set",
                        "disturbance.hot=slow_card card=17 from=30s for=600s magnitude=1.5",
                        "--speed",
                        "5x");
                Browser browser = Browser.start(folder)) {
            up.until(
                    "windows",
                    Duration.ofSeconds(90),
                    () -> Http.get(at + "/metrics").body().contains("supernode_card_tokens_total{"));
            browser.size(1440, 900);
            browser.prefers("light");
            browser.open(at + "/");
            browser.until(
                    "card 17 among the anomalies",
                    Duration.ofSeconds(60),
                    "[...document.querySelectorAll('[data-testid=anomaly].now')].some(e => /card 17\\b/i.test(e.textContent))");
            browser.until(
                    "card 17 marked on the floor",
                    Duration.ofSeconds(5),
                    "document.querySelector('#card-0-17').classList.contains('anomaly')");
            browser.until(
                    "the sentence says so",
                    Duration.ofSeconds(5),
                    "/card 17\\b/.test(document.querySelector('[data-testid=sentence]').textContent)");
            browser.ask("document.querySelector('[data-by=state]').click()");
            browser.ask("new Promise(done => setTimeout(done, 1500))");
            browser.screenshot(SHOTS.resolve("slow-card-1440x900.png"));

            JsonNode state = Supernode.parse(Http.get(at + "/api/v1/state").body());
            double injected = state.path("faults").get(0).path("start_seconds").asDouble();
            JsonNode found = anomalyOf(state, 17);
            assertThat(injected).isEqualTo(30);
            assertThat(found.path("kind").asText()).isEqualTo("slow_card");
            assertThat(found.path("detected_seconds").asDouble() - injected)
                    .as("seconds of event time until it was found")
                    .isBetween(0.0, 5.0);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void aSlowCardIsInjectedOnThePageShownAndUndone() throws IOException {
        Requirement.CHROMIUM.demand(Tool.isOnPath("chromium"));
        int port = Http.freePort();
        String at = "http://127.0.0.1:" + port;
        try (Running up = Supernode.up(folder, port, "--scenario", "llama3-405b", "--speed", "5x");
                Browser browser = Browser.start(folder)) {
            up.until(
                    "windows",
                    Duration.ofSeconds(90),
                    () -> Http.get(at + "/metrics").body().contains("supernode_card_tokens_total{"));
            up.until(
                    "a minute of event time",
                    Duration.ofSeconds(120),
                    () -> state(at).path("event_time_seconds").asDouble() > 60);
            browser.size(1440, 900);
            browser.prefers("dark");
            browser.open(at + "/");
            browser.until(
                    "kinds to choose from",
                    Duration.ofSeconds(10),
                    "document.querySelectorAll('#kind option').length > 5");
            assertThat(state(at).path("anomalies")).isEmpty();

            browser.ask("document.querySelector('#kind').value = 'slow_card';"
                    + "document.querySelector('#kind').dispatchEvent(new Event('change'));"
                    + "document.querySelector('#target-card').value = '200';"
                    + "document.querySelector('#magnitude').value = '1.5';"
                    + "document.querySelector('#inject button[type=submit]').click()");
            browser.until(
                    "it among what disturbs",
                    Duration.ofSeconds(10),
                    "[...document.querySelectorAll('[data-testid=disturbance]')].some(e => /slow card 200/.test(e.textContent))");
            browser.until(
                    "card 200 among the anomalies",
                    Duration.ofSeconds(10),
                    "[...document.querySelectorAll('[data-testid=anomaly].now')].some(e => /card 200\\b/i.test(e.textContent))");
            browser.until(
                    "card 200 marked on the floor",
                    Duration.ofSeconds(5),
                    "document.querySelector('#card-0-200').classList.contains('anomaly')");
            browser.screenshot(SHOTS.resolve("injected-1440x900-dark.png"));
            JsonNode found = anomalyOf(state(at), 200);
            assertThat(found.path("kind").asText()).isEqualTo("slow_card");

            browser.ask("document.querySelector('[data-testid=disturbance] button').click()");
            browser.until(
                    "nothing disturbs",
                    Duration.ofSeconds(10),
                    "document.querySelectorAll('[data-testid=disturbance]').length === 0");
            browser.until(
                    "the anomaly has ended",
                    Duration.ofSeconds(30),
                    "document.querySelectorAll('[data-testid=anomaly].now').length === 0"
                            + " && !document.querySelector('#card-0-200').classList.contains('anomaly')");
            JsonNode truth = state(at).path("faults").get(0);
            assertThat(truth.path("kind").asText()).isEqualTo("slow_card");
            assertThat(truth.path("end_seconds").asDouble())
                    .isGreaterThan(truth.path("start_seconds").asDouble());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static JsonNode state(String at) {
        return Supernode.parse(Http.get(at + "/api/v1/state").body());
    }

    private static JsonNode anomalyOf(JsonNode state, int card) {
        for (JsonNode anomaly : state.path("anomalies")) {
            if (anomaly.path("card").asInt() == card) {
                return anomaly;
            }
        }
        throw new AssertionError("no anomaly of card " + card + ": " + state.path("anomalies"));
    }
}
