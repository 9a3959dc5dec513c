package io.supernode.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.supernode.exporter.Metric;
import io.supernode.exporter.MetricCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Grafana's own linter asks of a dashboard, and what it does not. One of its rules is left out on purpose: queries
 * select by {@code instance} and {@code supernode}, not by {@code job}, because one exporter is one run.
 */
class DashboardRulesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> CORE_PANELS = Set.of("stat", "timeseries", "table", "bargauge", "heatmap", "row");
    private static final Set<String> UNITS =
            Arrays.stream(Unit.values()).map(Unit::id).collect(Collectors.toSet());
    /** What Prometheus says of its scrapes and alerts. */
    private static final Set<String> OF_PROMETHEUS =
            Set.of("up", "scrape_duration_seconds", "scrape_samples_scraped", "ALERTS");

    private static final Set<String> GRAFANAS_VARIABLES = Set.of("__rate_interval", "__url_time_range", "__data");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");
    private static final Pattern LINKED = Pattern.compile("/d/([\\w-]+)");
    private static final Pattern METRIC = Pattern.compile("([a-zA-Z_:][\\w:]*)\\{");

    static Stream<JsonNode> dashboards() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (Map.Entry<String, String> file : Dashboards.files().entrySet()) {
            all.add(JSON.readTree(file.getValue()));
        }
        return all.stream();
    }

    private static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        dashboard.get("panels").forEach(panels::add);
        return panels;
    }

    private static List<String> expressions(JsonNode dashboard) {
        return dashboard.findValues("expr").stream().map(JsonNode::asText).toList();
    }

    @Test
    void sixDashboardsWithAnIdentityEach() throws IOException {
        List<String> uids = dashboards().map(d -> d.get("uid").asText()).toList();
        assertThat(uids).containsExactly("sn-fleet", "sn-floor", "sn-workload", "sn-bus", "sn-pipeline", "sn-whatif");
        for (String uid : uids) {
            assertThat(Dashboards.files()).containsKey(uid + ".json");
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void itIsClassicAndNotEditedInTheBrowser(JsonNode dashboard) {
        assertThat(dashboard.get("schemaVersion").asInt()).isEqualTo(39);
        assertThat(dashboard.get("editable").asBoolean()).isFalse();
        assertThat(dashboard.get("description").asText()).contains("?");
        assertThat(dashboard.has("apiVersion")).as("a v2 resource").isFalse();
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void itsOneDataSourceIsAVariable(JsonNode dashboard) {
        List<JsonNode> sources = new ArrayList<>();
        dashboard.get("templating").get("list").forEach(variable -> {
            if (variable.get("type").asText().equals("datasource")) {
                sources.add(variable);
            }
        });
        assertThat(sources).hasSize(1);
        assertThat(sources.get(0).get("name").asText()).isEqualTo("datasource");
        assertThat(dashboard.findValues("datasource"))
                .allSatisfy(source -> assertThat(source.get("uid").asText()).isEqualTo("${datasource}"));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void itsVariablesFollowTheTimeRangeAndAllAreUsed(JsonNode dashboard) {
        Set<String> defined = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        dashboard.get("templating").get("list").forEach(variable -> {
            defined.add(variable.get("name").asText());
            if (variable.get("type").asText().equals("query")) {
                assertThat(variable.get("refresh").asInt()).isEqualTo(2);
                if (variable.get("multi").asBoolean()) {
                    assertThat(variable.get("allValue").asText()).isEqualTo(".+");
                }
            }
        });
        Matcher variable = VARIABLE.matcher(dashboard.toString());
        while (variable.find()) {
            used.add(variable.group(1));
        }
        used.remove("__all");
        used.removeAll(GRAFANAS_VARIABLES);
        assertThat(used).isEqualTo(defined);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelSaysWhatItShowsInWhichUnitAndHowToReadIt(JsonNode dashboard) {
        Set<String> titles = new HashSet<>();
        for (JsonNode panel : panels(dashboard)) {
            assertThat(CORE_PANELS).contains(panel.get("type").asText());
            assertThat(panel.get("title").asText()).isNotBlank();
            if (panel.get("type").asText().equals("row")) {
                continue;
            }
            String title = panel.get("title").asText();
            assertThat(titles.add(title)).as(title).isTrue();
            assertThat(panel.get("description").asText())
                    .as(title)
                    .hasSizeGreaterThan(40)
                    .endsWith(".");
            JsonNode defaults = panel.get("fieldConfig").get("defaults");
            assertThat(UNITS).as(title).contains(defaults.get("unit").asText());
            assertThat(panel.get("targets")).as(title).isNotEmpty();
            JsonNode steps = defaults.get("thresholds").get("steps");
            assertThat(steps.get(0).get("value").isNull()).as(title).isTrue();
        }
        assertThat(titles).hasSizeGreaterThan(5);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsLieSideBySideInTwentyFourColumns(JsonNode dashboard) {
        Set<Integer> ids = new HashSet<>();
        Set<String> taken = new HashSet<>();
        for (JsonNode panel : panels(dashboard)) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            JsonNode place = panel.get("gridPos");
            int right = place.get("x").asInt() + place.get("w").asInt();
            assertThat(right).isBetween(1, 24);
            for (int x = place.get("x").asInt(); x < right; x++) {
                for (int y = 0; y < place.get("h").asInt(); y++) {
                    assertThat(taken.add(x + "," + (place.get("y").asInt() + y)))
                            .as("overlaps: " + panel.get("title").asText())
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everySeriesIsKnownAndOfTheChosenRun(JsonNode dashboard) {
        Set<String> known = new HashSet<>(MetricCatalogue.seriesNames());
        known.addAll(OF_PROMETHEUS);
        for (String expression : expressions(dashboard)) {
            List<String> names = METRIC.matcher(expression.replace("${measure}", ""))
                    .results()
                    .map(MatchResult::group)
                    .map(name -> name.substring(0, name.length() - 1))
                    .filter(name -> !name.contains(":"))
                    .toList();
            assertThat(known).as(expression).containsAll(names);
            long selectors = expression.chars().filter(c -> c == '{').count()
                    - expression.split("\\$\\{measure}", -1).length
                    + 1;
            long chosen = Pattern.compile("instance=~?\"\\$(instance|left|right)")
                    .matcher(expression)
                    .results()
                    .count();
            if (!expression.startsWith("ALERTS")) {
                assertThat(chosen).as(expression).isEqualTo(selectors).isPositive();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void ratesAreOfCountersAndAsWideAsTheScrapesAllow(JsonNode dashboard) {
        Pattern rated = Pattern.compile("(rate|increase)\\(([a-z0-9_]+)\\{[^}]*}\\[([^]]+)]\\)");
        Set<String> counters = new HashSet<>();
        for (Metric metric : Metric.values()) {
            switch (metric.type()) {
                case COUNTER -> counters.add(metric.metricName());
                case HISTOGRAM ->
                    List.of("_bucket", "_sum", "_count").forEach(part -> counters.add(metric.metricName() + part));
                case GAUGE -> {}
            }
        }
        for (String expression : expressions(dashboard)) {
            Matcher rate = rated.matcher(expression);
            while (rate.find()) {
                assertThat(counters).as(expression).contains(rate.group(2));
                assertThat(rate.group(3)).as(expression).isEqualTo("$__rate_interval");
            }
        }
    }

    @Test
    void linksLeadToOurDashboardsAndDescriptionsOfAlertsExist() throws IOException {
        Set<String> uids = dashboards().map(d -> d.get("uid").asText()).collect(Collectors.toSet());
        List<String> linked = dashboards()
                .flatMap(d -> LINKED.matcher(d.toString()).results())
                .map(match -> match.group(1))
                .toList();
        assertThat(linked).isNotEmpty().allMatch(uids::contains);
        assertThat(dashboards()).allSatisfy(d -> {
            JsonNode link = d.get("links").get(0);
            assertThat(link.get("includeVars").asBoolean()).isTrue();
            assertThat(link.get("keepTime").asBoolean()).isTrue();
            assertThat(link.get("tags")).isEqualTo(d.get("tags"));
        });
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void aMatrixIsMadeOfExactlyOneTable(JsonNode dashboard) {
        for (JsonNode panel : panels(dashboard)) {
            if (panel.toString().contains("groupingToMatrix")) {
                assertThat(panel.get("targets")).hasSize(1);
                assertThat(panel.get("targets").get(0).get("format").asText()).isEqualTo("table");
                assertThat(panel.get("targets").get(0).get("instant").asBoolean())
                        .isTrue();
                assertThat(panel.get("transformations").get(0).get("id").asText())
                        .isEqualTo("sortBy");
            }
        }
    }
}
