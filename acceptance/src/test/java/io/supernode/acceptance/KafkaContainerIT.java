package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.kafka.KafkaContainer;

/** The replay against Kafka's official image: every frame that was sent is there, readable, once and in order. */
class KafkaContainerIT {
    private static final String IMAGE = System.getenv().getOrDefault("SUPERNODE_KAFKA_IMAGE", "apache/kafka:4.4.0");

    @TempDir
    Path folder;

    @Test
    void everyFrameComesBack() throws UnreadableException {
        Requirement.CONTAINERS.demand(Tool.hasContainers());
        try (KafkaContainer kafka = new KafkaContainer(IMAGE)) {
            kafka.start();
            String bootstrap = kafka.getBootstrapServers().replaceFirst("^.*://", "");
            succeed("topics", "create", "--kafka", bootstrap);
            succeed(
                    "replay",
                    "--scenario",
                    "llama3-405b",
                    "--duration",
                    "6s",
                    "--speed",
                    "max",
                    "--seed",
                    "3",
                    "--kafka",
                    bootstrap,
                    "--report",
                    "r.json");
            JsonNode report = Supernode.parse(folder.resolve("r.json"));

            Tally tally = readBack(bootstrap);

            assertThat(tally.digest.count()).isPositive();
            assertThat(tally.digest.count())
                    .isEqualTo(report.path("events").path("sent").asLong());
            assertThat(tally.digest.hex())
                    .isEqualTo(report.path("digest").path("events").asText());
        }
    }

    private void succeed(String... arguments) {
        Supernode.Result result = Supernode.run(folder, Duration.ofSeconds(90), arguments);
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    private static Tally readBack(String bootstrap) throws UnreadableException {
        Tally tally = new Tally();
        for (EventKind kind : EventKind.values()) {
            try (var consumer = new KafkaConsumer<>(
                    Map.<String, Object>of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                List<TopicPartition> partitions = consumer
                        .partitionsFor(Topic.of(kind).topicName())
                        .stream()
                        .map(p -> new TopicPartition(p.topic(), p.partition()))
                        .toList();
                consumer.assign(partitions);
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                FrameReader reader = new FrameReader(kind);
                while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(5))) {
                        tally.add(kind, reader, record, partitions.size());
                    }
                }
            }
        }
        return tally;
    }

    /** What was read: a digest of all events, and the frame that comes next of every node and kind. */
    private static final class Tally {
        private final EventDigest digest = new EventDigest();
        private final EventBatch batch = new EventBatch();
        private final Map<String, Long> next = new HashMap<>();

        void add(EventKind kind, FrameReader reader, ConsumerRecord<byte[], byte[]> record, int partitions)
                throws UnreadableException {
            batch.clear();
            FrameHeader header = reader.read(record.value(), batch);
            if (header.isHeartbeat()) {
                assertThat(batch.isEmpty())
                        .as("a heartbeat only tells the time")
                        .isTrue();
                return;
            }
            assertThat(header.node() % partitions)
                    .as("partition of node %d", header.node())
                    .isEqualTo(record.partition());
            long expected = next.merge(kind + " of node " + header.node(), 1L, Long::sum) - 1;
            assertThat(header.sequence())
                    .as("%s of node %d has no gap", kind, header.node())
                    .isEqualTo(expected);
            for (int i = 0; i < batch.size(); i++) {
                digest.add(batch, i);
            }
        }
    }
}
