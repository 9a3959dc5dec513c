package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.exporter.MetricCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboards as Grafana's own types and its editor's grammar see them; nothing runs but the checks. */
class DashboardCodeIT {
    private static final Path DASHBOARDS =
            Supernode.home().resolve("grafana/dashboards").toAbsolutePath();
    private static final Path RULES =
            Supernode.home().resolve("grafana/prometheus/rules").toAbsolutePath();

    @TempDir
    Path work;

    @BeforeAll
    static void node() {
        Requirement.NODE.demand(GrafanaCode.isHere());
    }

    @Test
    void everyPanelIsWhatGrafanasTypesSay() {
        Supernode.Result result = GrafanaCode.types(DASHBOARDS, work.resolve("types"));
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        JsonNode counted = result.json();
        assertThat(counted.get("dashboards").asInt()).isEqualTo(6);
        assertThat(counted.get("panels").asInt()).isGreaterThan(90);
    }

    /** One run of the compiler for all of them: each is an error of its own. */
    @Test
    void whatIsMisspeltOrUnknownIsRefused() throws IOException {
        Map<String, String> mistakes = Map.of(
                "\"cellHeight\" : \"sm\"", "\"cellHight\" : \"sm\"",
                "\"drawStyle\" : \"line\"", "\"drawStyle\" : \"lines\"",
                "\"calculate\" : false", "\"calculate\" : \"no\"",
                "\"mode\" : \"continuous-BlYlRd\"", "\"mode\" : \"contnuous-BlYlRd\"",
                "\"columnField\" : \"node\"", "\"columField\" : \"node\"",
                "\"placement\" : \"bottom\"", "\"placement\" : \"below\"");
        Supernode.Result result = GrafanaCode.types(copy("sn-floor.json", mistakes), work.resolve("types"));
        assertThat(result.exitCode()).as(result.out()).isEqualTo(1);
        for (String word :
                List.of("cellHight", "\"lines\"", "'string'", "contnuous-BlYlRd", "columField", "\"below\"")) {
            assertThat(result.out().lines().filter(line -> line.contains("error TS")))
                    .as(word)
                    .anyMatch(line -> line.contains(word));
        }
    }

    @Test
    void everyExpressionParsesAndNamesSeriesThatExist() throws IOException {
        Supernode.Result result = GrafanaCode.promql(DASHBOARDS, series(), work);
        assertThat(result.exitCode()).as(result.err()).isZero();
        JsonNode counted = result.json();
        assertThat(counted.get("expressions").asInt()).isGreaterThan(130);
        assertThat(counted.get("series").asInt()).isGreaterThan(50);
    }

    @Test
    void whatDoesNotParseOrDoesNotExistIsRefused() throws IOException {
        Path floor =
                copy("sn-floor.json", Map.of("topk(20,", "topk(20 20,", "bottomk(20, supernode_", "bottomk(20, sn_"));
        Supernode.Result result = GrafanaCode.promql(floor, series(), work);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("does not parse at ", "no such series: sn_card_bus_wait_ratio");
    }

    /** A folder with one dashboard, with mistakes in it. */
    private Path copy(String name, Map<String, String> mistakes) throws IOException {
        String text = Files.readString(DASHBOARDS.resolve(name));
        for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
            assertThat(text).contains(mistake.getKey());
            text = text.replace(mistake.getKey(), mistake.getValue());
        }
        Path folder = Files.createDirectory(work.resolve("dashboards"));
        Files.writeString(folder.resolve(name), text);
        return folder;
    }

    /** What the exporter gives, what the rules record, and what Prometheus says of itself. */
    private static Set<String> series() throws IOException {
        Set<String> names = new TreeSet<>(MetricCatalogue.seriesNames());
        names.addAll(List.of("up", "ALERTS", "scrape_duration_seconds", "scrape_samples_scraped"));
        Pattern recorded = Pattern.compile("- record: (\\S+)");
        try (Stream<Path> files = Files.list(RULES)) {
            for (Path file : files.toList()) {
                names.addAll(recorded.matcher(Files.readString(file))
                        .results()
                        .map(match -> match.group(1))
                        .collect(Collectors.toSet()));
            }
        }
        return names;
    }
}
