package io.supernode.ingest.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads stretches of partitions to an end known beforehand. Not thread-safe. */
final class PartitionReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

    PartitionReader(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Where each partition of a topic ends now; empty when there is no such topic. */
    Map<TopicPartition, Long> endOffsets(String topic) {
        try {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic);
            return partitions == null
                    ? Map.of()
                    : consumer.endOffsets(partitions.stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList());
        } catch (KafkaException e) {
            throw failed("ask where the partitions end of topic " + topic, e);
        }
    }

    /**
     * Hands over every record from {@code starts} (or from where the partition now begins) to {@code ends}, exclusive.
     *
     * @throws KafkaFailedException when that takes longer than {@code patience}
     */
    void read(
            Map<TopicPartition, Long> starts,
            Map<TopicPartition, Long> ends,
            Duration patience,
            Consumer<ConsumerRecord<byte[], byte[]>> taker) {
        Map<TopicPartition, Long> left = new HashMap<>(ends);
        left.entrySet().removeIf(end -> starts.getOrDefault(end.getKey(), 0L) >= end.getValue());
        if (left.isEmpty()) {
            return;
        }
        try {
            consumer.assign(left.keySet());
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(left.keySet());
            left.keySet()
                    .forEach(partition -> consumer.seek(
                            partition, Math.max(begins.get(partition), starts.getOrDefault(partition, 0L))));
            long begun = System.nanoTime();
            removeReached(left);
            while (!left.isEmpty()) {
                if (System.nanoTime() - begun > patience.toNanos()) {
                    throw new KafkaFailedException(
                            "reading took longer than " + patience.toSeconds() + " s: " + left.keySet(), null);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
                    if (end != null && record.offset() < end) {
                        taker.accept(record);
                    }
                }
                removeReached(left);
            }
        } catch (KafkaException e) {
            throw failed("read " + left.keySet(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** By position, not by record: the last offsets may hold markers, or have been deleted meanwhile. */
    private void removeReached(Map<TopicPartition, Long> left) {
        left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private static KafkaFailedException failed(String what, KafkaException e) {
        return new KafkaFailedException(
                "cannot " + what + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
    }
}
