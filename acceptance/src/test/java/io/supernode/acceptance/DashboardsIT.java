package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of every dashboard, asked of a real Prometheus that scrapes two real runs: one trains, one serves. A frame
 * that is none is sent once, so that what is empty when all is well has something to show.
 */
class DashboardsIT {
    private static final Path GRAFANA = Supernode.home().resolve("grafana").toAbsolutePath();
    private static final Pattern BROKER = Pattern.compile("(?i)kafka\\D*(?:127\\.0\\.0\\.1|localhost):(\\d+)");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    private static final Pattern IN_LEGEND = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern IN_LINK = Pattern.compile("__data\\.fields\\[\\\\?\"(\\w+)\\\\?\"]");
    private static final int SCRAPE_SECONDS = 2;

    @TempDir
    static Path folder;

    private static int prometheusPort;
    private static String training;
    private static String serving;
    private static long begun;
    /** One that is found among cards, one on links, one of a plane: each fills panels that are empty when all is well. */
    private static final String[] FAULTS = {
        "--set", "samples=true",
        "--set", "disturbance.hot=slow_card card=17 from=20s magnitude=1.3",
        "--set", "disturbance.storm=crc_storm card=40 cards=8 from=20s",
        "--set", "disturbance.lane=lane_down card=80 plane=2 from=20s"
    };
    /** Series that are not there, or add up to nothing, while nothing is wrong. */
    private static final Pattern OF_TROUBLE = Pattern.compile("supernode_(anomaly_active|anomaly_severity_ratio"
            + "|anomalies_total|fault_active|detection_\\w+|card_link_errors_total|plane_down_seconds_total"
            + "|replay_paused|replay_seeks_total|dead_letters_total)\\{");

    private static final List<Running> STARTED = new ArrayList<>();

    /** One thing that a dashboard asks, and what its answer must carry. */
    private record Question(String where, JsonNode target, Set<String> labels) {}

    @BeforeAll
    static void start() throws IOException {
        Requirement.PROMETHEUS.demand(Tool.isOnPath("prometheus") && Tool.isOnPath("promtool"));
        training = "127.0.0.1:" + Http.freePort();
        serving = "127.0.0.1:" + Http.freePort();
        prometheusPort = Http.freePort();
        begun = Instant.now().getEpochSecond();
        Running trains = up("llama3-405b", training, FAULTS);
        importRequests();
        Running serves = up("deepseek-r1-serving", serving, "--trace", "requests.avro");
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: %ds, evaluation_interval: %ds}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: supernode
                    static_configs: [{targets: ['%s', '%s']}]
                """.formatted(
                        SCRAPE_SECONDS, SCRAPE_SECONDS, GRAFANA.resolve("prometheus/rules/*.yml"), training, serving));
        Running prometheus = Running.start(
                folder,
                List.of(
                        "prometheus",
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=tsdb",
                        "--web.listen-address=127.0.0.1:" + prometheusPort));
        STARTED.add(prometheus);
        trains.until(
                "training is ready", Duration.ofSeconds(90), () -> trains.err().contains("ready"));
        sendGarbage(trains);
        trains.until(
                "the replay is there to be paused",
                Duration.ofSeconds(60),
                () -> Http.get("http://" + training + "/api/v1/state").body().contains("\"replay\":{"));
        pauseAndSeek();
        serves.until(
                "serving is ready", Duration.ofSeconds(90), () -> serves.err().contains("ready"));
        prometheus.until(
                "a whole step, and served requests",
                Duration.ofSeconds(90),
                () -> Http.query(prometheusPort, "count(supernode_tokens_per_second_per_card)") > 0
                        && Http.query(prometheusPort, "sum(supernode_requests_total)") > 0);
    }

    @AfterAll
    static void end() {
        STARTED.forEach(Running::close);
    }

    private static Running up(String scenario, String listen, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--scenario", scenario, "--speed", "10x"));
        arguments.addAll(List.of(more));
        int port = Integer.parseInt(listen.substring(listen.indexOf(':') + 1));
        Running running = Supernode.up(folder, port, arguments.toArray(String[]::new));
        STARTED.add(running);
        return running;
    }

    /** Half an hour of five requests a second, in the columns of a public log. */
    private static void importRequests() throws IOException {
        StringBuilder log = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens\n");
        for (int i = 0; i < 9_000; i++) {
            int seconds = i / 5;
            log.append(String.format(
                    Locale.ROOT,
                    "2023-11-16 18:%02d:%02d.%d000000,%d,%d%n",
                    seconds / 60,
                    seconds % 60,
                    i % 5 * 2,
                    500 + i % 7 * 100,
                    40 + i % 5 * 10));
        }
        Files.writeString(folder.resolve("requests.csv"), log);
        Supernode.Result imported = Supernode.run(
                folder, Duration.ofSeconds(60), "import", "--format", "auto", "requests.csv", "-o", "requests.avro");
        assertThat(imported.exitCode()).as(imported.err()).isZero();
    }

    /** What its annotations tell of. */
    private static void pauseAndSeek() {
        for (String action :
                List.of("{\"action\":\"pause\"}", "{\"action\":\"seek\",\"seconds\":5}", "{\"action\":\"resume\"}")) {
            Http.Answer answer = Http.postJson("http://" + training + "/api/v1/replay", action);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            try {
                TimeUnit.SECONDS.sleep(2 * SCRAPE_SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private static void sendGarbage(Running up) {
        Matcher broker = BROKER.matcher(up.err() + up.out());
        assertThat(broker.find()).as("the broker's address is told: %s", up).isTrue();
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + broker.group(1)),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                    "supernode.compute.v1", 0, null, "not a frame at all".getBytes(StandardCharsets.UTF_8)));
            producer.flush();
        }
    }

    @Test
    void everyQueryIsAnswered() throws IOException {
        List<Question> open = new ArrayList<>();
        for (JsonNode dashboard : dashboards()) {
            open.addAll(questions(dashboard));
        }
        int asked = open.size();
        assertThat(asked).as("queries").isGreaterThan(90);
        // what comes with the next step or the next evaluation of a rule is asked for again
        long deadline = Instant.now().getEpochSecond() + 60;
        STARTED.get(0).until("every answer", Duration.ofSeconds(90), () -> {
            open.removeIf(question -> isAnswered(question.target(), question.labels()));
            return open.isEmpty() || Instant.now().getEpochSecond() > deadline;
        });
        assertThat(open.stream()
                        .map(question ->
                                question.where() + ": " + question.target().get("expr")))
                .as("queries without a finite answer")
                .isEmpty();
    }

    /** Training has its faults, and everyQueryIsAnswered there; serving beside it has none. */
    @Test
    void whatTellsOfTroubleIsEmptyWhereAllIsWell() throws IOException {
        List<String> asked = new ArrayList<>();
        List<String> answered = new ArrayList<>();
        for (JsonNode dashboard : dashboards()) {
            for (Question question : questions(dashboard)) {
                if (OF_TROUBLE.matcher(question.target().get("expr").asText()).find()) {
                    asked.add(question.where());
                    if (isAnswered(question.target(), Set.of(), serving, value -> value != 0)) {
                        answered.add(question.where() + ": " + question.target().get("expr"));
                    }
                }
            }
        }
        assertThat(asked).as("panels and annotations").hasSizeGreaterThan(15);
        assertThat(answered).as("say that something is wrong where nothing is").isEmpty();
    }

    @Test
    void everyVariableHasValues() throws IOException {
        int asked = 0;
        for (JsonNode dashboard : dashboards()) {
            for (JsonNode variable : dashboard.get("templating").get("list")) {
                Matcher query = LABEL_VALUES.matcher(variable.path("definition").asText());
                if (query.matches()) {
                    JsonNode values = ask("label/" + query.group(2) + "/values?match[]="
                            + encoded(resolved(query.group(1), training)));
                    assertThat(values.path("data")).as(query.group()).isNotEmpty();
                    asked++;
                }
            }
        }
        assertThat(asked).isGreaterThan(10);
    }

    @Test
    void theFloorPlanHasEveryCardInItsCell() throws IOException {
        Requirement.NODE.demand(GrafanaCode.isHere());
        JsonNode floor = Supernode.parse(GRAFANA.resolve("dashboards/sn-floor.json"));
        List<GrafanaCode.Answered> asked = new ArrayList<>();
        for (JsonNode panel : floor.get("panels")) {
            if (panel.path("transformations").findValuesAsText("id").contains("groupingToMatrix")) {
                for (String expression :
                        measured(floor, panel.get("targets").get(0).get("expr").asText())) {
                    asked.add(new GrafanaCode.Answered(
                            panel, ask("query?query=" + encoded(resolved(expression, training)))));
                }
            }
        }
        List<GrafanaCode.Table> tables = GrafanaCode.transformed(asked, folder);
        Set<String> shapes = new TreeSet<>();
        for (int i = 0; i < tables.size(); i++) {
            shapes.add(shape(asked.get(i), tables.get(i)));
        }
        assertThat(shapes).containsExactly("24 x by 16 y", "48 node by 8 slot");
    }

    @Test
    void theTrafficMatrixHasEveryPairOfRacksInItsCell() throws IOException {
        Requirement.NODE.demand(GrafanaCode.isHere());
        JsonNode panel = null;
        for (JsonNode each :
                Supernode.parse(GRAFANA.resolve("dashboards/sn-bus.json")).get("panels")) {
            if (each.path("transformations").findValuesAsText("id").contains("groupingToMatrix")) {
                panel = each;
            }
        }
        String query = encoded(resolved(panel.get("targets").get(0).get("expr").asText(), training));
        // a machine that is busy gives no windows for a while: then every rate is 0
        AtomicReference<JsonNode> answer = new AtomicReference<>();
        STARTED.get(0).until("traffic between racks", Duration.ofSeconds(60), () -> {
            answer.set(ask("query?query=" + query));
            return betweenRacks(answer.get()) > 0;
        });
        GrafanaCode.Table table = GrafanaCode.transformed(
                        List.of(new GrafanaCode.Answered(panel, answer.get())), folder)
                .get(0);
        List<String> racks = IntStream.range(0, 12)
                .mapToObj(rack -> String.format("%02d", rack))
                .toList();
        assertThat(table.columns().get(0)).isEqualTo("src_rack\\dst_rack");
        assertThat(table.columns().subList(1, table.columns().size())).isEqualTo(racks);
        assertThat(table.rows().stream().map(row -> row.get(0).asText())).isEqualTo(racks);
        for (JsonNode pair : answer.get().path("data").path("result")) {
            JsonNode labels = pair.get("metric");
            int from = Integer.parseInt(labels.get("src_rack").asText());
            int to = Integer.parseInt(labels.get("dst_rack").asText());
            assertThat(table.rows().get(from).get(1 + to).asDouble())
                    .as(labels.toString())
                    .isEqualTo(pair.get("value").get(1).asDouble());
        }
    }

    private static double betweenRacks(JsonNode answer) {
        double between = 0;
        for (JsonNode pair : answer.path("data").path("result")) {
            JsonNode labels = pair.get("metric");
            boolean leaves = !labels.get("src_rack").equals(labels.get("dst_rack"));
            between += leaves ? pair.get("value").get(1).asDouble() : 0;
        }
        return between;
    }

    /** Such as "48 node by 8 slot", once every card is found in its cell and all cells stand in order. */
    private static String shape(GrafanaCode.Answered asked, GrafanaCode.Table table) {
        JsonNode grouping = asked.panel().path("transformations").path(1).path("options");
        String columnField = grouping.get("columnField").asText();
        String rowField = grouping.get("rowField").asText();
        List<String> columns = table.columns().subList(1, table.columns().size());
        List<String> rows =
                table.rows().stream().map(row -> row.get(0).asText()).toList();
        assertThat(table.columns().get(0)).isEqualTo(rowField + "\\" + columnField);
        assertThat(columns).isSorted().doesNotHaveDuplicates();
        assertThat(rows).isSorted().doesNotHaveDuplicates();
        JsonNode cards = asked.answer().path("data").path("result");
        assertThat(cards).hasSize(columns.size() * rows.size()).hasSize(384);
        for (JsonNode card : cards) {
            JsonNode labels = card.get("metric");
            JsonNode cell = table.rows()
                    .get(rows.indexOf(labels.get(rowField).asText()))
                    .get(1 + columns.indexOf(labels.get(columnField).asText()));
            assertThat(cell.asDouble())
                    .as(labels.toString())
                    .isEqualTo(card.get("value").get(1).asDouble());
        }
        return columns.size() + " " + columnField + " by " + rows.size() + " " + rowField;
    }

    @Test
    void theFaultsFireTheirAlertsAndNoOthers() {
        STARTED.get(0)
                .until(
                        "the alert",
                        Duration.ofSeconds(30),
                        () -> Http.query(
                                        prometheusPort,
                                        "count(ALERTS{alertname=\"SupernodeDeadLetters\",alertstate=\"firing\"})")
                                == 1);
        JsonNode firing = ask("query?query="
                + encoded("ALERTS{alertname!~\"SupernodeDeadLetters|SupernodeStragglerFound\",alertstate=\"firing\"}"));
        assertThat(firing.path("data").path("result"))
                .as("the cards since it began: %s", ask(overTime("supernode_cards_reporting")))
                .isEmpty();
    }

    @Test
    void promtoolAcceptsConfigurationAndRulesAndTheRulesPassTheirTests() {
        for (List<String> command : List.of(
                List.of("promtool", "check", "config", "prometheus.yml"),
                List.of("promtool", "check", "rules", "--lint=all", "--lint-fatal", "rules/supernode.yml"),
                List.of("promtool", "test", "rules", "tests/alerts.yml"))) {
            Supernode.Result result = Tool.run(GRAFANA.resolve("prometheus"), Duration.ofSeconds(60), command);
            assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        }
    }

    private static List<JsonNode> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(GRAFANA.resolve("dashboards"))) {
            return files.sorted().map(Supernode::parse).toList();
        }
    }

    private static List<Question> questions(JsonNode dashboard) {
        List<Question> questions = new ArrayList<>();
        String name = dashboard.get("uid").asText() + ": ";
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                Set<String> labels = new TreeSet<>();
                IN_LEGEND
                        .matcher(target.path("legendFormat").asText())
                        .results()
                        .forEach(match -> labels.add(match.group(1)));
                IN_LINK.matcher(panel.toString()).results().forEach(match -> labels.add(match.group(1)));
                for (String expression : measured(dashboard, target.get("expr").asText())) {
                    JsonNode one = target.deepCopy();
                    ((com.fasterxml.jackson.databind.node.ObjectNode) one).put("expr", expression);
                    questions.add(new Question(name + panel.get("title").asText(), one, labels));
                }
            }
        }
        for (JsonNode annotation : dashboard.get("annotations").get("list")) {
            Set<String> labels =
                    new TreeSet<>(List.of(annotation.get("tagKeys").asText().split(",")));
            questions.add(new Question(name + annotation.get("name").asText(), annotation, labels));
        }
        return questions;
    }

    /** One expression for each measure that the reader can choose. */
    private static List<String> measured(JsonNode dashboard, String expression) {
        List<String> each = new ArrayList<>();
        for (JsonNode variable : dashboard.get("templating").get("list")) {
            if (variable.get("name").asText().equals("measure") && expression.contains("${measure}")) {
                variable.get("options")
                        .forEach(option -> each.add(expression.replace(
                                "${measure}", option.get("value").asText())));
            }
        }
        return each.isEmpty() ? List.of(expression) : each;
    }

    /** Training and serving do not show the same: one of the runs must answer. */
    private static boolean isAnswered(JsonNode target, Set<String> labels) {
        return isAnswered(target, labels, training) || isAnswered(target, labels, serving);
    }

    private static boolean isAnswered(JsonNode target, Set<String> labels, String instance) {
        return isAnswered(target, labels, instance, value -> true);
    }

    private static boolean isAnswered(JsonNode target, Set<String> labels, String instance, DoublePredicate counts) {
        String query = encoded(resolved(target.get("expr").asText(), instance));
        JsonNode answer = target.path("instant").asBoolean() ? ask("query?query=" + query) : ask(overTime(query));
        boolean finite = false;
        for (JsonNode series : answer.path("data").path("result")) {
            labels.forEach(label -> assertThat(series.get("metric").has(label))
                    .as("label %s of %s", label, target.get("expr").asText())
                    .isTrue());
            for (JsonNode point : series.has("values") ? series.get("values") : List.of(series.get("value"))) {
                double value = Double.parseDouble(
                        point.get(1).asText().replace("+Inf", "Infinity").replace("-Inf", "-Infinity"));
                finite |= Double.isFinite(value) && counts.test(value);
            }
        }
        return finite;
    }

    private static String resolved(String expression, String instance) {
        String resolved = expression
                .replace("$__rate_interval", 4 * SCRAPE_SECONDS + "s")
                .replace("$instance", instance)
                .replace("$left_supernode", "0")
                .replace("$right_supernode", "0")
                .replace("$left", instance)
                .replace("$right", instance)
                .replaceAll("\\$(supernode|rack|op)\\b", ".+")
                .replace("$card", "000");
        assertThat(resolved).as("every variable is known here").doesNotContain("$");
        return resolved;
    }

    private static JsonNode ask(String path) {
        Http.Answer answer = Http.get("http://127.0.0.1:" + prometheusPort + "/api/v1/" + path.replace("[]", "%5B%5D"));
        assertThat(answer.status()).as(path + ": " + answer.body()).isEqualTo(200);
        return Supernode.parse(answer.body());
    }

    private static String overTime(String encodedQuery) {
        return "query_range?query=" + encodedQuery + "&start=" + begun + "&end="
                + Instant.now().getEpochSecond() + "&step=" + SCRAPE_SECONDS;
    }

    private static String encoded(String query) {
        return URLEncoder.encode(query, StandardCharsets.UTF_8);
    }
}
