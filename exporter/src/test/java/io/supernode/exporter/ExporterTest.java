package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.window.LatencyMetric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ExporterTest {
    private static final ExporterOptions FREE_PORT =
            ExporterOptions.withoutKafka().listen("127.0.0.1:0").info(new RunInfo("llama3", "", "", 8, 8, 4, 1e12));

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aScrapeGivesWhatTheStoreHolds() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            Telemetry.of(2, 8, 12).fire().into(exporter.store());
            HttpResponse<String> answer = get(exporter, "/metrics");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
            Scrape scrape = Scrape.parse(answer.body());
            assertThat(scrape.value("supernode_tokens_total{supernode=\"0\"}"))
                    .isEqualTo(exporter.store()
                            .figures(Telemetry.RUN)
                            .orElseThrow()
                            .totals()
                            .tokens());
            assertThat(scrape.value("supernode_exporter_ready")).isEqualTo(1);
        }
    }

    @Test
    void openMetricsIsGivenToThoseWhoAsk() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            Telemetry.of(2, 8, 12).fire().into(exporter.store());
            HttpResponse<String> answer = client.send(
                    request(exporter, "/metrics")
                            .header("Accept", "application/openmetrics-text; version=1.0.0")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/openmetrics-text");
            assertThat(answer.body()).endsWith("# EOF\n");
        }
    }

    @Test
    void healthAndReadinessWithoutTopicsAreGood() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            assertThat(get(exporter, "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(exporter, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theStateIsOneJsonObjectWithTheReportsNames() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            assertThat(Flat.of(get(exporter, "/api/v1/state").body()))
                    .containsEntry("/status", "waiting")
                    .containsEntry("/scenario", "llama3")
                    .containsEntry("/cards", "8");

            Telemetry telemetry = Telemetry.of(2, 8, 12);
            for (int card = 0; card < 8; card++) {
                telemetry.step(card, 11, 10 * SECOND, 1_000);
            }
            telemetry.fire().into(exporter.store());
            Map<String, String> state = Flat.of(get(exporter, "/api/v1/state").body());
            RunFigures figures = exporter.store().figures(Telemetry.RUN).orElseThrow();
            assertThat(state)
                    .containsEntry("/status", "live")
                    .containsEntry("/run", "7")
                    .containsEntry("/event_time_seconds", "12.0")
                    .containsEntry("/figures/events/windowed", Long.toString(figures.windowedEvents()))
                    .containsEntry("/figures/throughput/tokens_per_second_per_card", "100.0")
                    .containsEntry("/figures/throughput/model_flops_utilization", "0.1")
                    .containsEntry("/figures/latency/step/count", "8")
                    .containsEntry("/figures/digest/windows", figures.digestWindows())
                    .containsEntry("/supernodes/0/card_columns/5", "step_seconds")
                    .containsEntry("/supernodes/0/cards/7/0", "7")
                    .containsEntry("/supernodes/0/cards/7/5", "10")
                    .doesNotContainKey("/supernodes/0/cards/8/0")
                    .doesNotContainKey("/figures/serving/requests");
            assertThat(figures.latency()).containsKey(LatencyMetric.STEP);
        }
    }

    private static final long SECOND = Telemetry.SECOND;

    @Test
    void whatACardsGaugesSayIsToldWhereTheyAre() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            Telemetry telemetry = Telemetry.of(2, 2, 10);
            for (int second = 0; second < 10; second++) {
                telemetry.sample(1, second);
            }
            telemetry.fire().into(exporter.store());
            exporter.store().gauges().take(Telemetry.RUN, 0, GaugeBookTest.sample(1, 10, 61_500), 0);
            Map<String, String> state = Flat.of(get(exporter, "/api/v1/state").body());
            assertThat(state)
                    .containsEntry("/supernodes/0/card_columns/7", "power_watts")
                    .containsEntry("/supernodes/0/cards/0/7", "null")
                    .containsEntry("/supernodes/0/cards/1/7", "1500")
                    .containsEntry("/supernodes/0/card_columns/8", "temperature_celsius")
                    .containsEntry("/supernodes/0/cards/0/8", "null")
                    .containsEntry("/supernodes/0/cards/1/8", "61.5")
                    .containsEntry("/supernodes/0/card_columns/9", "clock_hertz")
                    .containsEntry("/supernodes/0/card_columns/10", "hbm_used_bytes");
        }
    }

    @Test
    void theCourseOfACardIsToldSecondBySecond() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            Telemetry telemetry = new Telemetry();
            for (int second = 0; second < 3; second++) {
                telemetry.compute(17, second, SECOND / 2, 10 * (second + 1));
            }
            telemetry.fire().into(exporter.store());
            assertThat(Flat.of(get(exporter, "/api/v1/card?supernode=0&card=17").body()))
                    .containsEntry("/card", "17")
                    .containsEntry("/history/event_time_seconds/0", "1.0")
                    .containsEntry("/history/event_time_seconds/2", "3.0")
                    .containsEntry("/history/tokens_per_second/2", "30")
                    .containsEntry("/history/utilization/1", "0.5")
                    .doesNotContainKey("/history/event_time_seconds/3");
            assertThat(Flat.of(get(exporter, "/api/v1/card?supernode=0&card=3").body()))
                    .containsEntry("/card", "3")
                    .doesNotContainKey("/history/event_time_seconds/0");
            for (String query : List.of("", "?card=17", "?supernode=0&card=-1", "?supernode=0&card=999999999")) {
                HttpResponse<String> refused = get(exporter, "/api/v1/card" + query);
                assertThat(refused.statusCode()).as(query).isEqualTo(400);
                assertThat(refused.body())
                        .as(query)
                        .startsWith("{\"error\":\"must be")
                        .hasLineCount(1);
            }
        }
    }

    @Test
    void thePageIsWholeAndLoadsNothingFromElsewhere() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            HttpResponse<String> page = get(exporter, "/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'");
            assertThat(PageFile.all()).hasSizeGreaterThan(10);
            for (PageFile file : PageFile.all()) {
                HttpResponse<String> part = get(exporter, file.path());
                assertThat(part.statusCode()).isEqualTo(200);
                // what a module asks for is one of them
                Matcher imported = Pattern.compile("from \"(?:\\./)(?:live/)?(\\w+\\.js)\"")
                        .matcher(part.body());
                while (imported.find()) {
                    assertThat(PageFile.at("/live/" + imported.group(1)))
                            .as(file.path() + " imports " + imported.group(1))
                            .isNotNull();
                }
                // the name space of SVG is a name, not an address
                assertThat(part.body().replace("http://www.w3.org/2000/svg", ""))
                        .doesNotContain("//www", "http:", "https:");
            }
        }
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            assertThat(get(exporter, "/nothing").statusCode()).isEqualTo(404);
            assertThat(get(exporter, "/../pom.xml").statusCode()).isEqualTo(404);
            assertThat(get(exporter, "/metrics/").statusCode()).isEqualTo(404);
            HttpResponse<String> post = client.send(
                    request(exporter, "/metrics")
                            .POST(HttpRequest.BodyPublishers.ofString("x"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(post.statusCode()).isEqualTo(405);
            assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
            HttpResponse<String> head = client.send(
                    request(exporter, "/")
                            .method("HEAD", HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void manyScrapesAtOnceAreAllAnswered() throws Exception {
        try (Exporter exporter = Exporter.start(FREE_PORT)) {
            Telemetry.of(2, 64, 3).fire().into(exporter.store());
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(
                        client.sendAsync(request(exporter, "/metrics").build(), HttpResponse.BodyHandlers.discarding())
                                .thenApply(HttpResponse::statusCode));
            }
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
        }
    }

    @Test
    void aTakenPortIsNamedTogetherWithWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(
                            () -> Exporter.start(ExporterOptions.withoutKafka().listen("127.0.0.1:" + port)))
                    .isInstanceOf(ListenException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + port + ": ")
                    .hasMessageContaining("--listen");
        }
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatThrownBy(() -> ExporterOptions.withoutKafka().listen("8384"))
                .hasMessage("must be HOST:PORT, such as 127.0.0.1:8384: listen=8384");
        assertThatThrownBy(() -> ExporterOptions.withoutKafka().listen("127.0.0.1:99999"))
                .hasMessage("must be 0 to 65535: listenPort=99999");
        assertThat(ExporterOptions.withoutKafka().listen("[::1]:80").listenHost())
                .isEqualTo("::1");
        ExporterOptions options = ExporterOptions.reading("k:9092");
        assertThat(options.listenHost() + ":" + options.listenPort()).isEqualTo("127.0.0.1:8384");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsToldNotThrownAndClosingStaysQuick() throws Exception {
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        Exporter exporter =
                Exporter.start(ExporterOptions.reading("127.0.0.1:" + unused).listen("127.0.0.1:0"));
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!exporter.whyNotReady().orElse("").startsWith("the broker") && System.nanoTime() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        HttpResponse<String> ready = get(exporter, "/readyz");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).isEqualTo("the broker does not answer: 127.0.0.1:" + unused + "\n");
        assertThat(get(exporter, "/healthz").statusCode()).isEqualTo(200);
        assertThat(Scrape.parse(get(exporter, "/metrics").body()).value("supernode_exporter_ready"))
                .isZero();

        long before = System.nanoTime();
        exporter.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(t -> t.isAlive() && t.getName().equals("exporter-reader"));
    }

    private HttpResponse<String> get(Exporter exporter, String path) throws IOException, InterruptedException {
        return client.send(request(exporter, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(Exporter exporter, String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + exporter.address().getPort() + path));
    }
}
