package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code up}, from ready to Ctrl-C. One instance for all tests, in the order in which a person meets it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpIT {
    private static final String TOKENS = "supernode_card_tokens_total";
    private static final Pattern BROKER = Pattern.compile("(?i)kafka\\D*(?:127\\.0\\.0\\.1|localhost):(\\d+)");

    @TempDir
    static Path folder;

    private static int port;
    private static Running up;

    @BeforeAll
    static void start() {
        port = Http.freePort();
        up = Supernode.up(folder, port, "--scenario", "llama3-405b", "--speed", "10x");
    }

    @AfterAll
    static void end() {
        up.close();
    }

    private static String at(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    @Test
    @Order(1)
    void itIsReadyWithinAMinute() {
        up.until("ready", Duration.ofSeconds(60), () -> Http.get(at("/readyz")).status() == 200);
        assertThat(Http.get(at("/healthz")).status()).isEqualTo(200);
        up.until("a word that says so", Duration.ofSeconds(30), () -> up.err().contains("ready"));
        assertThat(up.err()).as("says where to look").contains("127.0.0.1:" + port);
    }

    @Test
    @Order(2)
    void itsMetricsCoverEveryCard() {
        up.until("tokens of every card", Duration.ofSeconds(60), () -> cardsWith(TOKENS) == 384);
    }

    private static long cardsWith(String metric) {
        return Http.get(at("/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{") && line.contains("card=\""))
                .count();
    }

    @Test
    @Order(3)
    void promtoolAcceptsItsMetrics() throws IOException {
        Requirement.PROMETHEUS.demand(Tool.isOnPath("promtool"));
        Path metrics = Files.writeString(
                folder.resolve("metrics.txt"), Http.get(at("/metrics")).body());

        Supernode.Result check = Tool.run(
                folder,
                Duration.ofSeconds(20),
                List.of("sh", "-c", "promtool check metrics < " + metrics.getFileName()));

        assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
        assertThat(check.out() + check.err()).as("no remark either").isBlank();
    }

    @Test
    @Order(4)
    void aRealPrometheusScrapesIt() throws IOException {
        Requirement.PROMETHEUS.demand(Tool.isOnPath("prometheus"));
        int prometheusPort = Http.freePort();
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: supernode
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(port));
        List<String> command = List.of(
                "prometheus",
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=tsdb",
                "--web.listen-address=127.0.0.1:" + prometheusPort);
        try (Running prometheus = Running.start(folder, command)) {
            prometheus.until(
                    "384 cards in Prometheus",
                    Duration.ofSeconds(30),
                    () -> Http.query(prometheusPort, "count(count by (card) (" + TOKENS + "{card!=\"\"}))") == 384);
            prometheus.until(
                    "tokens that grow",
                    Duration.ofSeconds(30),
                    () -> Http.query(prometheusPort, "sum(rate(" + TOKENS + "{card!=\"\"}[10s]))") > 0);
            assertThat(Http.query(prometheusPort, "up{job=\"supernode\"}")).isEqualTo(1);
        }
    }

    @Test
    @Order(5)
    void garbageOnATopicIsPutAsideAndTheJobGoesOn() {
        Matcher broker = BROKER.matcher(up.err() + up.out());
        assertThat(broker.find()).as("the broker's address is told: %s", up).isTrue();
        String bootstrap = "127.0.0.1:" + broker.group(1);
        byte[] garbage = "not a frame at all".getBytes(StandardCharsets.UTF_8);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("supernode.compute.v1", 0, null, garbage));
            producer.flush();
        }

        ConsumerRecord<byte[], byte[]> aside = firstOf(bootstrap, "supernode.deadletter.v1", Duration.ofSeconds(20));
        assertThat(aside.value()).isEqualTo(garbage);
        assertThat(header(aside, "topic")).isEqualTo("supernode.compute.v1");
        assertThat(header(aside, "partition")).isEqualTo("0");
        assertThat(header(aside, "offset")).matches("\\d+");
        assertThat(header(aside, "stage")).isNotBlank();
        assertThat(header(aside, "reason")).isNotBlank();

        double before = sumOf(TOKENS);
        up.until("tokens counted after the garbage", Duration.ofSeconds(20), () -> sumOf(TOKENS) > before);
    }

    private static double sumOf(String metric) {
        return Http.get(at("/metrics"))
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{") && line.contains("card=\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String header(ConsumerRecord<byte[], byte[]> dead, String name) {
        assertThat(dead.headers().lastHeader(name)).as("header %s", name).isNotNull();
        return new String(dead.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static ConsumerRecord<byte[], byte[]> firstOf(String bootstrap, String topic, Duration limit) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            long deadline = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    return record;
                }
            }
        }
        throw new AssertionError("nothing in " + topic + " within " + limit + ": " + up);
    }

    @Test
    @Order(6)
    void ctrlCEndsItWithinTenSecondsAndLeavesNothingRunning() {
        List<ProcessHandle> children = up.descendants();
        up.interrupt();
        Supernode.Result result = up.await(Duration.ofSeconds(10));

        assertThat(result.exitCode()).as("asked to end, and ended: %s", up).isIn(0, 130);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(Http.get(at("/healthz")).status()).as("the port is free").isZero();
        assertThat(result.err()).doesNotContain("Exception", "\tat ");
    }
}
