package io.supernode.ingest.kafka;

import io.supernode.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Partitions in memory behind Kafka's mock consumer, which by itself keeps no records of what is not assigned. */
final class Log {
    private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
    private int handedOver;

    final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            for (TopicPartition partition : assignment()) {
                List<ConsumerRecord<byte[], byte[]>> stored = records.get(partition);
                long from = position(partition);
                stored.subList((int) Math.min(from, stored.size()), stored.size())
                        .forEach(this::addRecord);
            }
            ConsumerRecords<byte[], byte[]> polled = super.poll(timeout);
            handedOver += polled.count();
            return polled;
        }
    };

    void create(Topic topic, int partitions) {
        consumer.updatePartitions(
                topic.topicName(),
                IntStream.range(0, partitions)
                        .mapToObj(i -> new PartitionInfo(topic.topicName(), i, null, null, null))
                        .toList());
        for (int i = 0; i < partitions; i++) {
            TopicPartition partition = new TopicPartition(topic.topicName(), i);
            records.put(partition, new ArrayList<>());
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            consumer.updateEndOffsets(Map.of(partition, 0L));
        }
    }

    void append(Topic topic, int partition, byte[] value) {
        append(topic, partition, value, Map.of());
    }

    void append(Topic topic, int partition, byte[] value, Map<String, String> headers) {
        TopicPartition place = new TopicPartition(topic.topicName(), partition);
        RecordHeaders recordHeaders = new RecordHeaders();
        headers.forEach((key, text) -> recordHeaders.add(key, text.getBytes(StandardCharsets.UTF_8)));
        List<ConsumerRecord<byte[], byte[]>> stored = records.get(place);
        stored.add(new ConsumerRecord<>(
                place.topic(),
                partition,
                stored.size(),
                0,
                TimestampType.CREATE_TIME,
                0,
                value == null ? 0 : value.length,
                null,
                value,
                recordHeaders,
                Optional.empty()));
        consumer.updateEndOffsets(Map.of(place, (long) stored.size()));
    }

    void pretendEnd(Topic topic, int partition, long end) {
        consumer.updateEndOffsets(Map.of(new TopicPartition(topic.topicName(), partition), end));
    }

    /** Records that polls have given out. */
    int handedOver() {
        return handedOver;
    }
}
