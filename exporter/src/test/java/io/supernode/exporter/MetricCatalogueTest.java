package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.supernode.schemas.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The catalogue against Prometheus' naming rules, the documentation and everything that queries metrics. */
class MetricCatalogueTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path DOCUMENT = ROOT.resolve("docs/telemetry.md");
    private static final Pattern NAME = Pattern.compile("\\bsupernode_[a-z0-9_]+");
    /** What `promtool check metrics` calls abbreviated units. */
    private static final Set<String> ABBREVIATIONS =
            Set.of("s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d");

    @ParameterizedTest
    @EnumSource(Metric.class)
    void namesKeepPrometheusRules(Metric metric) {
        List<String> words = Arrays.asList(metric.metricName().split("_"));
        assertThat(metric.metricName()).matches("supernode(_[a-z0-9]+)+");
        assertThat(metric.metricName().endsWith("_total")).isEqualTo(metric.type() == Metric.Type.COUNTER);
        assertThat(words).doesNotContainAnyElementsOf(ABBREVIATIONS);
        assertThat(words).doesNotContain("counter", "gauge", "histogram", "summary", "percent", "milliseconds");
        assertThat(metric.metricName().endsWith("_ratio")).isEqualTo(metric.unit() == Metric.Unit.RATIO);
        assertThat(words.contains("seconds") || words.contains("second"))
                .isEqualTo(metric.unit().word().contains("second"));
        assertThat(metric.help()).endsWith(".").doesNotContain("|").doesNotContain("\n");
        assertThat(metric.labels())
                .doesNotHaveDuplicates()
                .doesNotContain("le", "quantile", "job", "instance")
                .allMatch(label -> label.matches("[a-z]+(_[a-z]+)*"));
    }

    @Test
    void eachNameIsDeclaredOnce() {
        assertThat(Arrays.stream(Metric.values()).map(Metric::metricName)).doesNotHaveDuplicates();
    }

    @Test
    void theDocumentHoldsTheGeneratedTables() throws IOException {
        String document = Files.readString(DOCUMENT);
        String withTables = replaced(
                document, MetricCatalogue.TABLE_BEGIN, MetricCatalogue.TABLE_END, MetricCatalogue.markdownTable());
        withTables = replaced(
                withTables, "<!-- topics: generated, do not edit -->", "<!-- topics: end -->", Topic.markdownTable());
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(DOCUMENT, withTables);
            return;
        }
        assertThat(document)
                .as("docs/telemetry.md, rewritten by: ./mvnw -pl exporter -am test -Dtest=MetricCatalogueTest"
                        + " -Dsurefire.argLine=-Ddocs.update=true -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(withTables);
    }

    @Test
    void everyMetricThatIsQueriedIsInTheCatalogue() throws IOException {
        Set<String> unknown = new TreeSet<>();
        int queried = 0;
        for (Path file : grafanaFiles()) {
            List<String> names = metricNames(file);
            queried += names.size();
            names.stream()
                    .filter(name -> !MetricCatalogue.seriesNames().contains(name))
                    .forEach(name -> unknown.add(file.getFileName() + ": " + name));
        }
        assertThat(unknown).isEmpty();
        assertThat(queried).as("queries looked at").isGreaterThan(20);
    }

    @Test
    void everyMetricThatTheDocumentNamesIsInTheCatalogue() throws IOException {
        Set<String> known = new HashSet<>(MetricCatalogue.seriesNames());
        Arrays.stream(Metric.values()).map(Metric::metricName).forEach(known::add);
        assertThat(metricNames(DOCUMENT)).isSubsetOf(known);
    }

    @Test
    void everyRecordedSeriesThatIsQueriedIsRecorded() throws IOException {
        Pattern series = Pattern.compile("\\bsupernode(?:_[a-z0-9]+)*:[a-z0-9_:]+");
        Set<String> recorded = new HashSet<>();
        Set<String> used = new TreeSet<>();
        for (Path file : grafanaFiles()) {
            for (String line : Files.readAllLines(file)) {
                Matcher name = series.matcher(line);
                while (name.find()) {
                    (line.contains("record:") ? recorded : used).add(name.group());
                }
            }
        }
        assertThat(recorded).containsAll(used).isNotEmpty();
    }

    @Test
    void dashboardsAreJsonWithOneIdentityEach() throws IOException {
        List<String> identities = new ArrayList<>();
        for (Path file : grafanaFiles()) {
            if (file.toString().endsWith(".json")) {
                try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
                    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                        boolean top = parser.getParsingContext().getParent() != null
                                && parser.getParsingContext().getParent().inRoot();
                        if (top && token == JsonToken.VALUE_STRING && "uid".equals(parser.currentName())) {
                            identities.add(parser.getText());
                        }
                    }
                }
            }
        }
        assertThat(identities).isNotEmpty().doesNotHaveDuplicates().allMatch(uid -> uid.matches("[a-zA-Z0-9_-]{1,40}"));
    }

    /** Recording rules are named with colons: what they are made of counts, they themselves are not metrics. */
    private static List<String> metricNames(Path file) throws IOException {
        String text = Files.readString(file).replaceAll("\\bsupernode(_[a-z0-9]+)*:[a-z0-9_:]+", "");
        return NAME.matcher(text).results().map(MatchResult::group).toList();
    }

    private static List<Path> grafanaFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : List.of("dashboards", "prometheus", "provisioning")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve("grafana").resolve(folder))) {
                files.filter(Files::isRegularFile).forEach(found::add);
            }
        }
        return found;
    }

    private static String replaced(String document, String begin, String end, String table) {
        int from = document.indexOf(begin);
        int to = document.indexOf(end);
        assertThat(from).as(begin).isNotNegative();
        assertThat(to).as(end).isGreaterThan(from);
        return document.substring(0, from + begin.length()) + "\n" + table + document.substring(to);
    }
}
