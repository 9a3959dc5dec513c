package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.schemas.AnomalyCodec;
import io.supernode.schemas.Topic;
import io.supernode.schemas.TrafficCodec;
import io.supernode.schemas.WindowCodec;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * The topics that the job writes. At least once is enough: a window carries absolute figures under a key of its own, so
 * that writing it twice changes nothing for a reader.
 */
final class KafkaWindows {
    /** Largest dead letter, bytes; with its headers below what its topic takes (2 MiB). */
    static final int DEAD_LETTER_BYTES_MAX = 3 << 19;

    private static final int REQUEST_BYTES_MAX = 2 << 20;

    private KafkaWindows() {}

    static KafkaSink<ThroughputWindow> throughput(JobOptions options) {
        return sink(
                options,
                (window, context, timestamp) -> record(
                        Topic.THROUGHPUT,
                        context,
                        entity(window.supernode(), window.scope(), window.entity()),
                        window.originEpochNanos() + window.endNanos(),
                        WindowCodec.key(window),
                        WindowCodec.encode(window)));
    }

    static KafkaSink<LatencyWindow> latency(JobOptions options) {
        return sink(
                options,
                (window, context, timestamp) -> record(
                        Topic.LATENCY,
                        context,
                        entity(window.supernode(), window.scope(), window.entity()),
                        window.originEpochNanos() + window.endNanos(),
                        WindowCodec.key(window),
                        WindowCodec.encode(window)));
    }

    static KafkaSink<TrafficWindow> traffic(JobOptions options) {
        return sink(
                options,
                (window, context, timestamp) -> record(
                        Topic.TRAFFIC,
                        context,
                        window.supernode(),
                        window.originEpochNanos() + window.endNanos(),
                        TrafficCodec.key(window),
                        TrafficCodec.encode(window)));
    }

    static KafkaSink<Anomaly> anomalies(JobOptions options) {
        return sink(
                options,
                (anomaly, context, timestamp) -> record(
                        Topic.ANOMALY,
                        context,
                        anomaly.supernode(),
                        anomaly.originEpochNanos() + anomaly.detectedNanos(),
                        AnomalyCodec.key(anomaly),
                        AnomalyCodec.encode(anomaly)));
    }

    static KafkaSink<DeadLetter> deadLetters(JobOptions options) {
        return sink(options, (letter, context, timestamp) -> record(letter));
    }

    /**
     * Bytes as they came, with where they came from. A record that a topic of events took fits as a whole; one that was
     * compressed to a fraction and is larger than {@link #DEAD_LETTER_BYTES_MAX} keeps its beginning and tells its whole
     * length in the header {@code length}: a job that failed on it would fail on it again.
     */
    static ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
        boolean whole = letter.bytes().length <= DEAD_LETTER_BYTES_MAX;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topic.DEADLETTER.topicName(),
                null,
                whole ? letter.bytes() : Arrays.copyOf(letter.bytes(), DEAD_LETTER_BYTES_MAX));
        Headers headers = record.headers();
        add(headers, "topic", letter.topic());
        add(headers, "partition", Integer.toString(letter.partition()));
        add(headers, "offset", Long.toString(letter.offset()));
        add(headers, "stage", letter.stage());
        add(headers, "reason", letter.reason());
        if (!whole) {
            add(headers, "length", Integer.toString(letter.bytes().length));
        }
        if (letter.events() != DeadLetter.UNKNOWN_EVENTS) {
            add(headers, "events", Long.toString(letter.events()));
        }
        if (!letter.run().isEmpty()) {
            add(headers, "run", letter.run());
        }
        return record;
    }

    private static <T> KafkaSink<T> sink(JobOptions options, KafkaRecordSerializationSchema<T> schema) {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "10");
        properties.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(256 * 1024));
        properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(REQUEST_BYTES_MAX));
        properties.putAll(options.properties());
        return KafkaSink.<T>builder()
                .setBootstrapServers(options.bootstrap())
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(schema)
                .build();
    }

    /** All windows of an entity in one partition: their revisions stay in order. */
    private static ProducerRecord<byte[], byte[]> record(
            Topic topic,
            KafkaRecordSerializationSchema.KafkaSinkContext context,
            int entity,
            long endEpochNanos,
            byte[] key,
            byte[] value) {
        int[] partitions = context.getPartitionsForTopic(topic.topicName());
        return new ProducerRecord<>(
                topic.topicName(),
                partitions[Math.floorMod(entity, partitions.length)],
                // Kafka knows no time before 1970
                Math.max(0, TimeUnit.NANOSECONDS.toMillis(endEpochNanos)),
                key,
                value);
    }

    private static int entity(int supernode, Scope scope, int entity) {
        return (supernode * 31 + scope.ordinal()) * 31 + entity;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
