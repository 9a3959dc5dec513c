package io.supernode.analytics;

import io.supernode.schemas.Topic;
import io.supernode.schemas.WindowCodec;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.nio.charset.StandardCharsets;
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

    static KafkaSink<DeadLetter> deadLetters(JobOptions options) {
        return sink(options, (letter, context, timestamp) -> {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(Topic.DEADLETTER.topicName(), null, letter.bytes());
            Headers headers = record.headers();
            add(headers, "topic", letter.topic());
            add(headers, "partition", Integer.toString(letter.partition()));
            add(headers, "offset", Long.toString(letter.offset()));
            add(headers, "stage", letter.stage());
            add(headers, "reason", letter.reason());
            if (letter.events() != DeadLetter.UNKNOWN_EVENTS) {
                add(headers, "events", Long.toString(letter.events()));
            }
            if (!letter.run().isEmpty()) {
                add(headers, "run", letter.run());
            }
            return record;
        });
    }

    private static <T> KafkaSink<T> sink(JobOptions options, KafkaRecordSerializationSchema<T> schema) {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "10");
        properties.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(256 * 1024));
        properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
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
