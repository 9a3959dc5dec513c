package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alerts fire in a real run when what they tell of is made to happen, and stop when it is over. The rules are the released
 * ones with shorter times, since nobody waits for minutes here. Those that need a broker that fails, a job that stops or an
 * hour of training are tested by promtool alone (grafana/prometheus/tests): SupernodeTargetMissing,
 * SupernodeExporterNotReady, SupernodeExporterBehind, SupernodeExporterReadErrors, SupernodeStepRateDropped,
 * SupernodeEventsLate, SupernodeWindowsExpired.
 */
class AlertsIT {
    private static final Path RULES = Supernode.home().resolve("grafana/prometheus/rules/supernode.yml");
    private static final Pattern BROKER = Pattern.compile("(?i)kafka\\D*(?:127\\.0\\.0\\.1|localhost):(\\d+)");
    private static final Duration SOON = Duration.ofSeconds(150);

    @TempDir
    Path folder;

    private Running prometheus;
    private int port;

    @AfterEach
    void end() {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    /** Minutes become seconds; what holds for seconds holds for two. */
    private static String hastened(String rules) {
        String hastened = rules.replaceAll("(?m)^( +for:) .*$", "$1 2s")
                .replaceAll("(?m)^( +keep_firing_for:) .*$", "$1 4s")
                .replace("[5m]", "[20s]")
                .replace("[1m]", "[12s]")
                .replace("offset 5m", "offset 20s")
                .replace("last_window_timestamp_seconds > 60", "last_window_timestamp_seconds > 12");
        assertThat(hastened).as("the rules are as this test knows them").contains("[20s]", "> 12", "offset 20s");
        return hastened;
    }

    @Test
    void alertsFireWhenTheirFaultIsInjectedAndClearAfter() throws IOException {
        Requirement.PROMETHEUS.demand(Tool.isOnPath("prometheus"));
        int exporter = Http.freePort();
        String at = "http://127.0.0.1:" + exporter;
        port = Http.freePort();
        Files.writeString(folder.resolve("rules.yml"), hastened(Files.readString(RULES)));
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: supernode
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(exporter));
        try (Running up = Supernode.up(
                folder,
                exporter,
                "--speed",
                "10x",
                "--set",
                "samples=true", // without them a card that is lost cannot be told from one that waits
                "--set",
                "disturbance.hot=slow_card card=17 from=60s for=100s magnitude=2",
                "--set",
                "disturbance.gone=card_lost card=40 from=260s for=120s")) {
            up.until("ready", Duration.ofSeconds(90), () -> up.err().contains("ready"));
            prometheus = Running.start(
                    folder,
                    List.of(
                            "prometheus",
                            "--config.file=prometheus.yml",
                            "--storage.tsdb.path=tsdb",
                            "--web.listen-address=127.0.0.1:" + port));
            fires("SupernodeStragglerFound");
            clears("SupernodeStragglerFound");
            fires("SupernodeCardLost");
            fires("SupernodeCardsMissing");
            send(up, "supernode.compute.v1");
            fires("SupernodeDeadLetters");
            send(up, "supernode.throughput.v1"); // not before: what came once is news for 20 s
            fires("SupernodeUnreadableWindows");
            clears("SupernodeCardLost");
            clears("SupernodeCardsMissing");
            clears("SupernodeDeadLetters");
            clears("SupernodeUnreadableWindows");
            assertThat(Http.postJson(at + "/api/v1/replay", "{\"action\":\"pause\"}")
                            .status())
                    .isEqualTo(200);
            fires("SupernodeTelemetrySilent");
            assertThat(Http.postJson(at + "/api/v1/replay", "{\"action\":\"resume\"}")
                            .status())
                    .isEqualTo(200);
            clears("SupernodeTelemetrySilent");
        }
        fires("SupernodeTargetDown");
    }

    private void fires(String alert) {
        prometheus.until(alert + " fires", SOON, () -> firing(alert) > 0);
    }

    private void clears(String alert) {
        prometheus.until(alert + " is over", SOON, () -> !(firing(alert) > 0));
    }

    private double firing(String alert) {
        return Http.query(port, "count(ALERTS{alertname=\"" + alert + "\",alertstate=\"firing\"})");
    }

    private static void send(Running up, String topic) {
        Matcher broker = BROKER.matcher(up.err() + up.out());
        assertThat(broker.find()).as("the broker's address is told: %s", up).isTrue();
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + broker.group(1)),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            // with a key: a topic that is compacted takes no other
            byte[] garbage = "not what it promises".getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(topic, 0, garbage, garbage)).get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the broker did not take the record for " + topic, e);
        }
    }
}
