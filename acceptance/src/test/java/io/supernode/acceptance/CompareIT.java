package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same training on the bus and on Ethernet, at the same time, through one broker and one job. */
class CompareIT {
    private static final Path SHOTS =
            Supernode.home().resolve("acceptance/target/live-page").toAbsolutePath();
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private String at;

    @Test
    void theBusAndEthernetRunSideBySide() throws IOException {
        Requirement.CHROMIUM.demand(Tool.isOnPath("chromium"));
        int port = Http.freePort();
        at = "http://127.0.0.1:" + port;
        try (Running up = Supernode.up(folder, port, "--compare", "ethernet-910b", "--speed", "5x");
                Browser browser = Browser.start(folder)) {
            browser.size(1440, 900);
            browser.prefers("light");
            up.until("ready", Duration.ofSeconds(90), () -> up.err().contains("ready"));
            assertThat(up.err()).contains("beside it  ethernet-910b, 384 cards, as supernode 1");
            browser.open(at + "/");
            // a step takes 86 s on the bus, and more than twice as long on Ethernet
            up.until("a whole step of both", Duration.ofSeconds(240), () -> rate(1) > 0 && rate(0) > 0);

            assertThat(rate(0) / rate(1))
                    .as("bus over Ethernet, as the equations have it")
                    .isBetween(1.9, 3.0);
            assertThat(metric("supernode_cards_reporting{supernode=\"1\"}")).isEqualTo(384);
            assertThat(metric("supernode_expected_cards{supernode=\"1\"}")).isEqualTo(384);
            assertThat(Http.get(at + "/metrics").body())
                    .contains("supernode=\"0\",scenario=\"llama3-405b\",machine=\"cloudmatrix384\"")
                    .contains("supernode=\"1\",scenario=\"llama3-405b\",machine=\"ethernet-910b\"");
            assertThat(secondsApart()).as("seconds between the two").isLessThanOrEqualTo(2);
            for (int supernode = 0; supernode < 2; supernode++) {
                assertThat(metric("supernode_late_events_total{supernode=\"" + supernode + "\"}"))
                        .as("events of supernode %d that came late", supernode)
                        .isZero();
            }

            browser.until("the strip", SOON, "document.querySelectorAll('[data-testid=fact]').length >= 4");
            assertThat(browser.texts("#compare-left")).containsExactly("cloudmatrix384");
            assertThat(browser.texts("#compare-right")).containsExactly("ethernet-910b");
            browser.until(
                    "two floors", SOON, "document.querySelectorAll('[data-testid=card]:not(.none)').length === 768");
            String ratio = browser.texts("[data-testid=fact] strong").get(0);
            assertThat(Double.parseDouble(ratio.replace(" to 1", ""))).isCloseTo(rate(0) / rate(1), within(0.1));
            browser.ask("new Promise(done => setTimeout(done, 1500))");
            browser.screenshot(SHOTS.resolve("compare-1440x900.png"));
            browser.size(1280, 720);
            browser.prefers("dark");
            browser.ask("new Promise(done => setTimeout(done, 1500))");
            browser.screenshot(SHOTS.resolve("compare-dark-1280x720.png"));
            assertThat(browser.ask("document.documentElement.scrollWidth - innerWidth")
                            .asInt())
                    .isLessThanOrEqualTo(0);

            browser.ask("document.querySelector('[data-testid=pause]').click()");
            browser.until("paused", SOON, "document.querySelector('#rate').textContent === 'paused'");
            JsonNode replay =
                    Supernode.parse(Http.get(at + "/api/v1/state").body()).path("replay");
            browser.ask("new Promise(done => setTimeout(done, 2000))");
            assertThat(Supernode.parse(Http.get(at + "/api/v1/state").body())
                            .path("replay")
                            .path("sent_events")
                            .asLong())
                    .as("neither sends while both are paused")
                    .isEqualTo(replay.path("sent_events").asLong());
            assertThat(browser.complaints()).isEmpty();

            up.interrupt();
            assertThat(up.await(Duration.ofSeconds(15)).exitCode()).isZero();
        }
    }

    private double rate(int supernode) {
        return metric("supernode_tokens_per_second_per_card{supernode=\"" + supernode + "\"}");
    }

    /** By one answer: at 5x, two of them are seconds apart on a busy machine. */
    private double secondsApart() {
        String metrics = Http.get(at + "/metrics").body();
        return Math.abs(metric(metrics, "supernode_event_seconds_total{supernode=\"0\"}")
                - metric(metrics, "supernode_event_seconds_total{supernode=\"1\"}"));
    }

    private double metric(String series) {
        return metric(Http.get(at + "/metrics").body(), series);
    }

    private static double metric(String metrics, String series) {
        return metrics.lines()
                .filter(line -> line.startsWith(series.substring(0, series.length() - 1)))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }
}
