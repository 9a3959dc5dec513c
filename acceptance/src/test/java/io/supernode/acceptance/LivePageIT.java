package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The live page of a real run, in a real browser, used as a person would. The screenshots are kept to be looked at. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LivePageIT {
    private static final Path SHOTS =
            Supernode.home().resolve("acceptance/target/live-page").toAbsolutePath();
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    static Path folder;

    private static int port;
    private static Running up;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        Requirement.CHROMIUM.demand(Tool.isOnPath("chromium"));
        port = Http.freePort();
        up = Supernode.up(folder, port, "--scenario", "llama3-405b", "--speed", "10x");
        // a whole step of training takes about 87 s of event time
        up.until(
                "a whole step",
                Duration.ofSeconds(90),
                () -> metric("supernode_tokens_per_second_per_card{supernode=\"0\"") > 0);
        browser = Browser.start(folder);
        browser.size(1440, 900);
        browser.prefers("light");
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
        if (up != null) {
            up.close();
        }
    }

    private static String at(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** The value of the first series whose line begins so; -1 while there is none. */
    private static double metric(String series) {
        return Http.get(at("/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(-1);
    }

    @Test
    @Order(1)
    void itIsFullWithinFiveSeconds() {
        browser.open(at("/"));
        browser.until(
                "384 cards with a colour",
                Duration.ofSeconds(5),
                "document.querySelectorAll('[data-testid=card]:not(.none)').length === 384");
        browser.until(
                "the figures",
                Duration.ofSeconds(5),
                "/[0-9]/.test(document.querySelector('[data-testid=tokens-per-card]').textContent)");
        assertThat(browser.texts("[data-testid=cards-reporting]")).containsExactly("384 / 384");
        assertThat(browser.texts("#what")).containsExactly("llama3-405b on cloudmatrix384");
        assertThat(browser.texts("[data-testid=sentence]").get(0))
                .as("what runs, in a sentence")
                .startsWith("LLaMA 3 405B trains on 384 cards at 12");
    }

    @Test
    @Order(2)
    void itIsOneScreenInBothThemesAndSizes() throws IOException {
        for (int[] size : new int[][] {{1440, 900}, {1280, 720}}) {
            for (String scheme : new String[] {"light", "dark"}) {
                browser.size(size[0], size[1]);
                browser.prefers(scheme);
                browser.until("the theme", SOON, "document.documentElement.dataset.theme === '" + scheme + "'");
                browser.ask("new Promise(done => setTimeout(done, 1200))"); // charts are drawn with the next state
                browser.screenshot(SHOTS.resolve(scheme + "-" + size[0] + "x" + size[1] + ".png"));
                JsonNode overflow = browser.ask("document.documentElement.scrollWidth - innerWidth");
                assertThat(overflow.asInt())
                        .as("nothing beside the screen at %d", size[0])
                        .isLessThanOrEqualTo(0);
                assertThat(browser.ask(
                                        "[...document.querySelectorAll('.legend')].filter(legend =>"
                                                + " legend.scrollWidth > legend.clientWidth).map(legend => legend.textContent).join()")
                                .asText())
                        .as("legends that are cut off at %d", size[0])
                        .isEmpty();
                JsonNode below = browser.ask("document.querySelector('.columns').getBoundingClientRect().bottom");
                assertThat(below.asInt())
                        .as("plan and charts at a height of %d", size[1])
                        .isLessThanOrEqualTo(size[1]);
            }
        }
        browser.size(1440, 900);
        browser.prefers("light");
    }

    @Test
    @Order(3)
    void pauseStopsItAndItsNumbersAreThoseOfTheMetrics() {
        browser.ask("document.querySelector('[data-testid=pause]').click()");
        browser.until("paused", SOON, "document.querySelector('#rate').textContent === 'paused'");
        up.until("what was sent has arrived", Duration.ofSeconds(40), () -> {
            double before = metric("supernode_events_total{supernode=\"0\",kind=\"compute\"");
            browser.ask("new Promise(done => setTimeout(done, 1500))");
            return before == metric("supernode_events_total{supernode=\"0\",kind=\"compute\"");
        });
        String position = browser.texts("[data-testid=position]").get(0);

        double perCard = metric("supernode_tokens_per_second_per_card{supernode=\"0\"");
        assertThat(Double.parseDouble(
                        browser.texts("[data-testid=tokens-per-card]").get(0)))
                .isCloseTo(perCard, within(0.06));
        browser.ask("document.querySelector('#in-words').open = true");
        browser.until(
                "every card in words",
                SOON,
                "document.querySelectorAll('[data-testid=cards-table] tbody tr').length === 384");
        for (int card : new int[] {0, 17, 383}) {
            double computing = metric("supernode_card_utilization_ratio{supernode=\"0\",node=\""
                    + String.format("%02d", card / 8) + "\",card=\"" + String.format("%03d", card) + "\"");
            String told = browser.ask("document.querySelectorAll('[data-testid=cards-table] tbody tr')[" + card
                            + "].children[1].textContent")
                    .asText();
            assertThat(percent(told)).as("card %d", card).isCloseTo(computing * 100, within(0.6));
        }
        browser.ask("document.querySelector('#in-words').open = false");
        assertThat(browser.texts("[data-testid=position]")).containsExactly(position);

        browser.ask("document.querySelector('[data-testid=pause]').click()");
        browser.until(
                "it goes on",
                SOON,
                "document.querySelector('[data-testid=position]').textContent !== '" + position + "'");
    }

    private static double percent(String text) {
        Matcher number = Pattern.compile("([0-9.]+) ?%").matcher(text);
        assertThat(number.matches()).as(text).isTrue();
        return Double.parseDouble(number.group(1));
    }

    @Test
    @Order(4)
    void theSpeedIsChosenOnThePage() {
        browser.ask("{ const s = document.querySelector('[data-testid=speed]'); s.value = '2x';"
                + " s.dispatchEvent(new Event('change')) }");
        browser.until("it is told", SOON, "document.querySelector('[data-testid=speed]').value === '2x'");
        up.until(
                "the replay says so too",
                SOON,
                () -> Supernode.parse(Http.get(at("/api/v1/state")).body())
                        .path("replay")
                        .path("speed")
                        .asText()
                        .equals("2x"));
        double before = position();
        browser.ask("new Promise(done => setTimeout(done, 4000))");
        assertThat((position() - before) / 4)
                .as("seconds of event time per second")
                .isBetween(1.5, 2.6);
    }

    private static double position() {
        return Supernode.parse(Http.get(at("/api/v1/state")).body())
                .path("replay")
                .path("position_seconds")
                .asDouble();
    }

    @Test
    @Order(5)
    void itIsUsedWithoutAMouse() {
        browser.ask("document.querySelector('#plan').focus()");
        for (String key : new String[] {"ArrowRight", "ArrowDown", "Enter"}) {
            browser.press(key);
        }
        // from card 0: one to the right, one node down
        browser.until(
                "card 9 is pinned",
                SOON,
                "document.querySelector('[data-testid=pin]')?.textContent.startsWith('Card 9')");
        assertThat(browser.ask("document.querySelector('#card-0-9').classList.contains('pinned')")
                        .asBoolean())
                .isTrue();
    }

    @Test
    @Order(6)
    void theTrafficIsLookedIntoFromRacksToNodesToCards() throws IOException {
        assertThat(ways()).as("pairs of racks").isEqualTo(12 * 12);
        JsonNode between = Supernode.parse(Http.get(at("/api/v1/state")).body())
                .path("supernodes")
                .path(0)
                .path("traffic");
        assertThat(between.path("placed").asDouble()).as("all of it is told").isEqualTo(1);
        assertThat(between.path("bytes_per_second").path(0).path(0).asDouble()).isPositive();
        browser.ask("document.querySelector('#traffic').focus()");
        browser.press("Enter");
        browser.until("nodes of rack 0", SOON, "document.querySelectorAll('[data-testid=way]').length === 16");
        browser.press("Enter");
        browser.until("cards of node 0", SOON, "document.querySelectorAll('[data-testid=way]').length === 64");
        browser.until(
                "a number in words",
                SOON,
                "/card 0 to [0-9]+: .*B.s/.test(document.querySelector('#traffic-said').textContent)");
        browser.screenshot(SHOTS.resolve("traffic-cards-1440x900.png"));
        browser.press("Escape");
        browser.press("Escape");
        browser.until("racks again", SOON, "document.querySelectorAll('[data-testid=way]').length === 144");
    }

    private static int ways() {
        return browser.ask("document.querySelectorAll('[data-testid=way]').length")
                .asInt();
    }

    @Test
    @Order(7)
    void itComplainsOfNothingAndAsksNobodyElse() {
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests())
                .isNotEmpty()
                .allMatch(url -> url.startsWith(at("/")) || url.startsWith("data:") || url.equals("about:blank"));
    }
}
