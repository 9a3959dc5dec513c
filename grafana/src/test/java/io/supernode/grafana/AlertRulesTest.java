package io.supernode.grafana;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** That an alert leads somewhere, and that both its silence and its firing are tested; promtool runs the tests. */
class AlertRulesTest {
    private static final Path PROMETHEUS = Path.of("prometheus");
    private static final Path OPERATING = Path.of("../docs/operating.md");

    @Test
    void everyAlertHasARunbookADashboardAndATest() throws IOException {
        List<String> headings = Files.readAllLines(OPERATING).stream()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();
        Map<?, ?> tests = yaml(PROMETHEUS.resolve("tests/alerts.yml"));
        List<String> names = new ArrayList<>();
        for (Map<?, ?> rule : rules()) {
            if (!rule.containsKey("alert")) {
                continue;
            }
            String name = (String) rule.get("alert");
            names.add(name);
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            assertThat(headings).contains(name);
            assertThat(annotations.get("runbook")).isEqualTo("docs/operating.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(Dashboards.files()).containsKey(annotations.get("dashboard_uid") + ".json");
            assertThat((String) annotations.get("summary")).endsWith(".");
            assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).isIn("warning", "critical");
            assertThat(outcomes(tests, name)).as(name).containsExactlyInAnyOrder(true, false);
        }
        assertThat(names).hasSizeGreaterThan(10).doesNotHaveDuplicates();
        assertThat(headings.stream().filter(heading -> heading.startsWith("Supernode")))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void everyRecordingIsTestedOrTestedThroughItsAlert() throws IOException {
        String tests = Files.readString(PROMETHEUS.resolve("tests/alerts.yml"));
        String rules = Files.readString(PROMETHEUS.resolve("rules/supernode.yml"));
        for (Map<?, ?> rule : rules()) {
            if (rule.get("record") instanceof String name) {
                assertThat(tests.contains(name) || rules.contains("expr: " + name + " <"))
                        .as(name)
                        .isTrue();
            }
        }
    }

    /** Whether it is said to fire, and whether it is said to be silent. */
    private static Set<Boolean> outcomes(Map<?, ?> tests, String alert) {
        Set<Boolean> outcomes = new HashSet<>();
        for (Object test : (List<?>) tests.get("tests")) {
            if (((Map<?, ?>) test).get("alert_rule_test") instanceof List<?> list) {
                for (Object one : list) {
                    Map<?, ?> expected = (Map<?, ?>) one;
                    if (alert.equals(expected.get("alertname"))) {
                        outcomes.add(!((List<?>) expected.get("exp_alerts")).isEmpty());
                    }
                }
            }
        }
        return outcomes;
    }

    private static List<Map<?, ?>> rules() throws IOException {
        List<Map<?, ?>> rules = new ArrayList<>();
        for (Object group :
                (List<?>) yaml(PROMETHEUS.resolve("rules/supernode.yml")).get("groups")) {
            for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
                rules.add((Map<?, ?>) rule);
            }
        }
        return rules;
    }

    private static Map<?, ?> yaml(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return new Yaml().load(reader);
        }
    }
}
