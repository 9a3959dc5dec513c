package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/** A Prometheus with the released rules, but for their times: minutes become seconds, since nobody waits for minutes here. */
final class HastenedAlerts implements AutoCloseable {
    private static final Path RULES = Supernode.home().resolve("grafana/prometheus/rules/supernode.yml");
    private static final Duration SOON = Duration.ofSeconds(150);

    private final Path targets;
    private final int port = Http.freePort();
    private final Running prometheus;

    private HastenedAlerts(Path folder, int exporter) throws IOException {
        targets = folder.resolve("targets.json");
        Files.writeString(folder.resolve("rules.yml"), hastened(Files.readString(RULES)));
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: supernode
                    file_sd_configs: [{files: [targets.json], refresh_interval: 1s}]
                """);
        scrape(exporter);
        prometheus = Running.start(
                folder,
                List.of(
                        "prometheus",
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=tsdb",
                        "--web.listen-address=127.0.0.1:" + port));
    }

    static HastenedAlerts scraping(Path folder, int exporter) {
        try {
            return new HastenedAlerts(folder, exporter);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What holds for minutes here holds for two seconds there; rates look back over seconds. */
    private static String hastened(String rules) {
        String hastened = rules.replaceAll("(?m)^( +for:) .*$", "$1 2s")
                .replaceAll("(?m)^( +keep_firing_for:) .*$", "$1 4s")
                .replace("[5m]", "[20s]")
                .replace("[1m]", "[12s]")
                .replace("[2m]", "[12s]")
                .replace("offset 5m", "offset 20s")
                .replace("last_window_timestamp_seconds > 60", "last_window_timestamp_seconds > 12");
        assertThat(hastened).as("the rules are as this test knows them").contains("[20s]", "> 12", "offset 20s");
        return hastened;
    }

    void scrape(int exporter) {
        findTargets("[{\"targets\": [\"127.0.0.1:" + exporter + "\"]}]");
    }

    void scrapeNothing() {
        findTargets("[]");
    }

    /** Never half a file: Prometheus may read at any moment. */
    private void findTargets(String json) {
        try {
            Path next = Files.writeString(targets.resolveSibling("targets.next"), json);
            Files.move(next, targets, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void fires(String alert) {
        prometheus.until(alert + " fires", SOON, () -> firing(alert) > 0);
    }

    void isOver(String alert) {
        prometheus.until(alert + " is over", SOON, () -> !(firing(alert) > 0));
    }

    /** NaN while none does. */
    private double firing(String alert) {
        return Http.query(port, "count(ALERTS{alertname=\"" + alert + "\",alertstate=\"firing\"})");
    }

    @Override
    public void close() {
        prometheus.close();
    }
}
