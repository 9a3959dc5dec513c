package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every alert fires in a real run when what it tells of is made to happen, and stops when it is over. */
class AlertsIT {
    private static final Pattern BROKER = Pattern.compile("(?i)kafka\\D*(?:127\\.0\\.0\\.1|localhost):(\\d+)");
    private static final String CLIENT = "slow-exporter";
    private static final TopicPartition WINDOWS = new TopicPartition("supernode.throughput.v1", 0);
    private static final byte[] GARBAGE = "not what it promises".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private int port;

    @BeforeEach
    void demandPrometheus() {
        Requirement.PROMETHEUS.demand(Tool.isOnPath("prometheus"));
        port = Http.freePort();
    }

    @Test
    void whatIsWrongWithTheSupernode() {
        try (HastenedAlerts alerts = HastenedAlerts.scraping(folder, port)) {
            try (Running up = up(
                    "disturbance.hot=slow_card card=17 from=100s for=200s magnitude=3",
                    "disturbance.gone=card_lost card=40 from=500s for=120s")) {
                alerts.fires("SupernodeStragglerFound");
                alerts.fires("SupernodeBusWaitHigh");
                alerts.fires("SupernodeStepRateDropped");
                alerts.isOver("SupernodeStragglerFound");
                alerts.isOver("SupernodeBusWaitHigh");
                alerts.isOver("SupernodeStepRateDropped");
                alerts.fires("SupernodeCardLost");
                alerts.fires("SupernodeCardsMissing");
                alerts.isOver("SupernodeCardLost");
                alerts.isOver("SupernodeCardsMissing");
                replay("pause");
                alerts.fires("SupernodeTelemetrySilent");
                replay("resume");
                alerts.isOver("SupernodeTelemetrySilent");
                assertThat(up.isAlive()).isTrue();
            }
            alerts.fires("SupernodeTargetDown");
        }
    }

    @Test
    void whatIsWrongWithItsTelemetry() {
        try (Running up = up(
                        "disturbance.lost=telemetry_loss node=5 from=60s for=150s magnitude=1",
                        // of 48 nodes, so that over 1 % of events are late
                        "disturbance.late1=telemetry_lateness node=3 from=300s for=200s magnitude=30",
                        "disturbance.late2=telemetry_lateness node=9 from=300s for=200s magnitude=30");
                HastenedAlerts alerts = HastenedAlerts.scraping(folder, port)) {
            ConsumerRecord<byte[], byte[]> early = firstWindow(up);
            alerts.fires("SupernodeTelemetryMissing");
            alerts.fires("SupernodeWindowsIncomplete");
            alerts.isOver("SupernodeTelemetryMissing");
            alerts.isOver("SupernodeWindowsIncomplete");
            alerts.fires("SupernodeEventsLate");
            alerts.isOver("SupernodeEventsLate");
            send(up, "supernode.compute.v1", GARBAGE, GARBAGE);
            alerts.fires("SupernodeDeadLetters");
            send(up, WINDOWS.topic(), GARBAGE, GARBAGE); // what came once is news for 20 s
            alerts.fires("SupernodeUnreadableWindows");
            send(up, WINDOWS.topic(), early.key(), early.value()); // older than 180 s by now
            alerts.fires("SupernodeWindowsExpired");
            alerts.isOver("SupernodeDeadLetters");
            alerts.isOver("SupernodeUnreadableWindows");
            alerts.isOver("SupernodeWindowsExpired");
        }
    }

    @Test
    void whatIsWrongWithTheExporter() throws IOException {
        try (Running up = up()) {
            firstWindow(up);
            // a bit that has tipped on the broker's disk: whoever reads the topic from its beginning meets it
            Path segment = folder.resolve("data-" + port + "/kafka/" + WINDOWS + "/00000000000000000000.log");
            tip(segment);
            int second = Http.freePort();
            // in small portions, so that a limit makes it wait often and not long
            Files.writeString(folder.resolve("client.properties"), "client.id=" + CLIENT + "\nfetch.max.bytes=10000\n");
            try (Running export = Supernode.start(
                            folder,
                            "export",
                            "--kafka",
                            "127.0.0.1:" + broker(up),
                            "--kafka-config",
                            "client.properties",
                            "--listen",
                            "127.0.0.1:" + second);
                    HastenedAlerts alerts = HastenedAlerts.scraping(folder, second)) {
                alerts.fires("SupernodeExporterNotReady");
                alerts.fires("SupernodeExporterReadErrors");
                export.until(
                        "why",
                        Duration.ofSeconds(30),
                        () -> Http.get("http://127.0.0.1:" + second + "/readyz")
                                .body()
                                .contains(WINDOWS.toString()));
                tip(segment);
                alerts.isOver("SupernodeExporterNotReady");
                alerts.isOver("SupernodeExporterReadErrors");
                alerts.scrapeNothing();
                alerts.fires("SupernodeTargetMissing");
                alerts.scrape(second);
                alerts.isOver("SupernodeTargetMissing");
                limit(up, 20_000);
                alerts.fires("SupernodeExporterBehind");
                limit(up, null);
                alerts.isOver("SupernodeExporterBehind");
            }
        }
    }

    private Running up(String... settings) {
        String[] arguments = new String[2 + 2 * settings.length];
        arguments[0] = "--speed";
        arguments[1] = "10x";
        for (int i = 0; i < settings.length; i++) {
            arguments[2 + 2 * i] = "--set";
            arguments[3 + 2 * i] = settings[i];
        }
        Running up = Supernode.up(folder, port, arguments);
        up.until("ready", Duration.ofSeconds(90), () -> up.err().contains("ready"));
        return up;
    }

    private void replay(String action) {
        assertThat(Http.postJson("http://127.0.0.1:" + port + "/api/v1/replay", "{\"action\":\"" + action + "\"}")
                        .status())
                .isEqualTo(200);
    }

    private static String broker(Running up) {
        Matcher broker = BROKER.matcher(up.err() + up.out());
        assertThat(broker.find()).as("the broker's address is told: %s", up).isTrue();
        return broker.group(1);
    }

    private static ConsumerRecord<byte[], byte[]> firstWindow(Running up) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + broker(up)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(WINDOWS));
            consumer.seekToBeginning(List.of(WINDOWS));
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(500))) {
                    return each;
                }
            }
        }
        throw new AssertionError("no window within a minute: " + up);
    }

    private static void send(Running up, String topic, byte[] key, byte[] value) {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", "127.0.0.1:" + broker(up)),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, key, value)).get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the broker did not take the record for " + topic, e);
        }
    }

    /** @param bytesPerSecond that the broker gives the exporter; null for as many as it can */
    private static void limit(Running up, Integer bytesPerSecond) {
        ClientQuotaEntity exporter = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, CLIENT));
        Double rate = bytesPerSecond == null ? null : bytesPerSecond.doubleValue();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + broker(up)))) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            exporter, List.of(new ClientQuotaAlteration.Op("consumer_byte_rate", rate)))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the broker did not take the limit", e);
        }
    }

    /** Tips a bit of the first batch's records; done twice it is as before. */
    private static void tip(Path segment) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            int afterTheHeader = 61;
            file.seek(afterTheHeader);
            int before = file.read();
            file.seek(afterTheHeader);
            file.write(before ^ 1);
        }
    }
}
