package io.supernode.exporter;

import io.supernode.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Kafka's own mock, with topics that begin at 0 and end where their records do. */
final class MockBroker extends MockConsumer<byte[], byte[]> {
    private final Map<TopicPartition, Integer> ends = new HashMap<>();
    private final Map<TopicPartition, ArrayList<ConsumerRecord<byte[], byte[]>>> waiting = new HashMap<>();
    volatile boolean silent;

    MockBroker() {
        super("earliest");
    }

    synchronized void createTopics() {
        for (Topic topic : TopicReader.TOPICS) {
            updatePartitions(
                    topic.topicName(),
                    IntStream.range(0, topic.partitions())
                            .mapToObj(p -> new PartitionInfo(topic.topicName(), p, null, new Node[0], new Node[0]))
                            .toList());
            for (int p = 0; p < topic.partitions(); p++) {
                ends.putIfAbsent(new TopicPartition(topic.topicName(), p), 0);
            }
        }
        publishEnds();
    }

    void put(Topic topic, int partition, byte[] value) {
        put(topic, partition, value, Map.of());
    }

    synchronized void put(Topic topic, int partition, byte[] value, Map<String, String> headers) {
        TopicPartition to = new TopicPartition(topic.topicName(), partition);
        RecordHeaders recordHeaders = new RecordHeaders();
        headers.forEach((name, text) -> recordHeaders.add(name, text.getBytes(StandardCharsets.UTF_8)));
        int offset = ends.merge(to, 1, Integer::sum) - 1;
        waiting.computeIfAbsent(to, t -> new ArrayList<>())
                .add(new ConsumerRecord<>(
                        topic.topicName(),
                        partition,
                        offset,
                        0,
                        TimestampType.CREATE_TIME,
                        0,
                        value.length,
                        null,
                        value,
                        recordHeaders,
                        Optional.empty()));
        publishEnds();
    }

    @Override
    public synchronized void assign(Collection<TopicPartition> partitions) {
        super.assign(partitions);
        partitions.forEach(each -> waiting.getOrDefault(each, new ArrayList<>()).forEach(this::addRecord));
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        if (silent) {
            throw new TimeoutException("no answer");
        }
        return super.endOffsets(partitions);
    }

    @Override
    public synchronized List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        return super.partitionsFor(topic);
    }

    private void publishEnds() {
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        Map<TopicPartition, Long> endings = new HashMap<>();
        ends.forEach((partition, end) -> {
            beginnings.put(partition, 0L);
            endings.put(partition, (long) end);
        });
        updateBeginningOffsets(beginnings);
        updateEndOffsets(endings);
    }
}
