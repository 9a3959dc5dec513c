package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /api/v1/replay} and {@code /api/v1/disturbances}: what is asked for, and what is answered. */
class ControlApiTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Recorder controls = new Recorder();
    private Exporter exporter;

    @BeforeEach
    void start() throws ListenException {
        exporter = Exporter.start(ExporterOptions.withoutKafka().listen("127.0.0.1:0"));
        exporter.control(controls);
    }

    @AfterEach
    void stop() {
        exporter.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"action\":\"pause\"} | pause",
                "{\"action\":\"resume\"} | resume",
                "{\"action\":\"step\"} | step",
                "{\"action\":\"seek\",\"seconds\":12.5} | seek 12500000000",
                "{\"action\":\"seek\",\"seconds\":0} | seek 0",
                "{\"action\":\"speed\",\"speed\":\"2x\"} | speed 2x",
            })
    void everyActionReachesTheReplay(String body, String told) throws Exception {
        HttpResponse<String> answer = post("/api/v1/replay", body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(controls.told()).containsExactly(told);
        assertThat(Flat.of(answer.body()))
                .containsEntry("/state", told.equals("pause") ? "paused" : "running")
                .containsEntry("/speed", "10x")
                .containsEntry("/position_seconds", "90.0")
                .containsEntry("/span_seconds", "600.0")
                .containsEntry("/pass", "2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | must be a text: action=null",
                "[] | must be a JSON object, such as {\"action\":\"pause\"}",
                "{\"action\":\"pause\" | must be JSON: ",
                "{\"action\":\"pause\"} {} | must be one JSON object and nothing after it",
                "{\"action\":\"pause\",\"action\":\"resume\"} | must be JSON: Duplicate",
                "{\"action\":{\"x\":1}} | must be a text, a number, true or false: action",
                "{\"action\":\"fly\"} | unknown action: fly, known: pause, resume, step, speed, seek, loop",
                "{\"action\":\"pause\",\"sped\":1} | unknown here: sped, known: action",
                "{\"action\":\"seek\"} | must be 0 or more seconds of the recording: seconds=not given",
                "{\"action\":\"seek\",\"seconds\":-1} | must be 0 or more seconds of the recording: seconds=-1.0",
                "{\"action\":\"seek\",\"seconds\":1e300} | must be 0 or more seconds of the recording: seconds=1.0E300",
                "{\"action\":\"seek\",\"seconds\":\"1\"} | must be a number: seconds=1",
                "{\"action\":\"speed\",\"speed\":\"fast\"} | must be a number above 0 such as 10x: speed=fast",
                "{\"action\":\"speed\",\"speed\":10} | must be a text: speed=10.0",
            })
    void whatCannotBeMeantIsRefusedInOneLine(String body, String why) throws Exception {
        HttpResponse<String> answer = post("/api/v1/replay", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        String error = Flat.of(answer.body()).get("/error");
        assertThat(error).doesNotContain("\n").startsWith(why);
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void whatThisReplayCannotDoIsAConflict() throws Exception {
        HttpResponse<String> answer = post("/api/v1/replay", "{\"action\":\"loop\",\"on\":true}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(Flat.of(answer.body())).containsEntry("/error", "this replay has no end");
    }

    @Test
    void anExporterAloneHasNothingToControlAndSaysSo() throws Exception {
        exporter.endControl();
        for (String path : new String[] {"/api/v1/replay", "/api/v1/disturbances"}) {
            String action = path.endsWith("replay") ? "pause" : "clear";
            HttpResponse<String> answer = post(path, "{\"action\":\"" + action + "\"}");
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(Flat.of(answer.body()).get("/error")).startsWith("nothing is replayed from here");
        }
        assertThat(Flat.of(state())).doesNotContainKey("/replay/state");
    }

    @Test
    void aDisturbanceIsInjectedWithDefaultsAndUndone() throws Exception {
        String slow = "{\"action\":\"inject\",\"kind\":\"slow_card\",\"card\":17,\"magnitude\":1.5,\"seconds\":60}";
        HttpResponse<String> answer = post("/api/v1/disturbances", slow);
        assertThat(answer.body()).isEqualTo("{\"fault\":3}");
        post("/api/v1/disturbances", "{\"action\":\"inject\",\"kind\":\"congestion\"}");
        post("/api/v1/disturbances", "{\"action\":\"clear\",\"fault\":3}");
        post("/api/v1/disturbances", "{\"action\":\"clear\"}");

        assertThat(controls.told())
                .containsExactly(
                        new Injection("slow_card", 17, -1, -1, -1, 1.5, 60).toString(),
                        new Injection("congestion", -1, -1, -1, -1, Double.NaN, Double.POSITIVE_INFINITY).toString(),
                        "clear 3",
                        "clear all");
        assertThat(post("/api/v1/disturbances", "{\"action\":\"inject\"}").statusCode())
                .isEqualTo(400);
        assertThat(post("/api/v1/disturbances", "{\"action\":\"inject\",\"kind\":\"slow_card\",\"card\":1.5}")
                        .body())
                .contains("must be a whole number: card=1.5");
    }

    @Test
    void whatCanBeInjectedIsTold() throws Exception {
        Map<String, String> told = Flat.of(get("/api/v1/disturbances"));
        assertThat(told)
                .containsEntry("/kinds/0/kind", "slow_card")
                .containsEntry("/kinds/0/has_card", "true")
                .containsEntry("/kinds/0/magnitude", "factor on computing")
                .containsEntry("/kinds/0/usual", "1.5")
                .containsEntry("/kinds/1/kind", "card_lost")
                .doesNotContainKey("/kinds/1/magnitude")
                .containsEntry("/disturbances/0/fault", "3");
        exporter.endControl();
        assertThat(get("/api/v1/disturbances")).isEqualTo("{\"kinds\":[],\"disturbances\":[]}");
    }

    @Test
    void theStateTellsOfReplayDisturbancesAndWhatWasDone() throws Exception {
        post("/api/v1/replay", "{\"action\":\"pause\"}");
        post("/api/v1/replay", "{\"action\":\"seek\",\"seconds\":3}");

        Map<String, String> state = Flat.of(state());

        assertThat(state)
                .containsEntry("/replay/state", "paused")
                .containsEntry("/replay/needs_token", "false")
                .containsEntry("/disturbances/0/fault", "3")
                .containsEntry("/disturbances/0/what", "slow card 17, magnitude 1.5")
                .containsEntry("/disturbances/0/active", "true")
                .doesNotContainKey("/disturbances/0/until_seconds")
                .containsEntry("/log/0/number", "1")
                .containsEntry("/log/0/what", "paused")
                .containsEntry("/log/1/what", "went to 3.0 s");
    }

    @Test
    void theLogKeepsTheLastFiftyOnly() {
        ControlLog log = new ControlLog();
        for (int i = 1; i <= 60; i++) {
            log.add(0, 0, "press " + i);
        }
        assertThat(log.entries()).hasSize(50);
        assertThat(log.entries().get(0)).isEqualTo(new ControlLog.Entry(11, 0, 0, "press 11"));
        assertThat(log.entries().get(49).what()).isEqualTo("press 60");
    }

    private String state() throws Exception {
        return get("/api/v1/state");
    }

    private String get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(at(path))
                        .header("Content-Type", "application/json")
                        .header("X-Supernode", "1")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + exporter.address().getPort() + path);
    }
}
