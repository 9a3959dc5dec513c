package io.supernode.exporter;

import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import io.supernode.schemas.WindowCodec;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the window topics once, from their beginning to the end they have now, and writes what one run's metrics were
 * over its own event time as OpenMetrics text, for {@code promtool tsdb create-blocks-from openmetrics}.
 *
 * <p>Memory is bounded: partitions are read side by side in event time, none more than two minutes ahead of another.
 */
public final class HistoryReader {
    /** Event time by which a correction may follow its window, and a partition may be ahead of another. */
    private static final long BEHIND_NANOS = 61 * WindowStore.SECOND;

    private static final long AHEAD_NANOS = 120 * WindowStore.SECOND;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final List<Topic> TOPICS = List.of(Topic.THROUGHPUT, Topic.LATENCY);

    private final Consumer<byte[], byte[]> consumer;
    private final long run;
    private final History history;
    private final Map<TopicPartition, Long> ends;
    private final Map<TopicPartition, Long> reached = new HashMap<>();

    private HistoryReader(Consumer<byte[], byte[]> consumer, long run, History history) {
        this.consumer = consumer;
        this.run = run;
        this.history = history;
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic topic : TOPICS) {
            List<PartitionInfo> found = consumer.partitionsFor(topic.topicName(), ANSWER);
            found.forEach(each -> partitions.add(new TopicPartition(each.topic(), each.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.ends = consumer.endOffsets(partitions, ANSWER);
        partitions.forEach(each -> reached.put(each, Long.MIN_VALUE));
    }

    /**
     * Writes the file.
     *
     * @param kafka consumer settings, at least {@code bootstrap.servers}
     * @param everyNanos event time between two samples of a series, &gt; 0
     * @return number of samples written
     * @throws IOException when the file cannot be written
     * @throws org.apache.kafka.common.KafkaException when the topics cannot be read
     */
    public static long write(Map<String, Object> kafka, long run, RunInfo info, long everyNanos, Path file)
            throws IOException {
        return write(kafka, KafkaConsumer::new, run, info, everyNanos, file);
    }

    static long write(
            Map<String, Object> kafka,
            Function<Map<String, Object>, Consumer<byte[], byte[]>> connect,
            long run,
            RunInfo info,
            long everyNanos,
            Path file)
            throws IOException {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "supernode-history");
        try (Consumer<byte[], byte[]> consumer = connect.apply(settings);
                History history = new History(info, everyNanos)) {
            new HistoryReader(consumer, run, history).readAll();
            return history.finish(file);
        }
    }

    private void readAll() throws IOException {
        dropEnded();
        while (!reached.isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                read(each);
            }
            dropEnded();
            long slowest =
                    reached.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
            if (slowest != Long.MAX_VALUE && slowest != Long.MIN_VALUE) {
                history.complete(slowest - BEHIND_NANOS);
            }
            // of those that have told no time yet nobody can be ahead
            reached.forEach((partition, end) -> {
                if (slowest != Long.MIN_VALUE && end > slowest + AHEAD_NANOS) {
                    consumer.pause(List.of(partition));
                } else {
                    consumer.resume(List.of(partition));
                }
            });
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> each) {
        long end;
        try {
            if (each.topic().equals(Topic.THROUGHPUT.topicName())) {
                ThroughputWindow window = WindowCodec.throughput(each.value());
                if (window.run() != run) {
                    return;
                }
                history.add(window);
                end = window.endNanos();
            } else {
                LatencyWindow window = WindowCodec.latency(each.value());
                if (window.run() != run) {
                    return;
                }
                history.add(window);
                end = window.endNanos();
            }
        } catch (UnreadableException e) {
            return; // the exporter, which reads the same record, has counted it
        }
        reached.merge(new TopicPartition(each.topic(), each.partition()), end, Math::max);
    }

    /** By the consumer's position, not by the last record: a compacted topic may end in offsets without records. */
    private void dropEnded() {
        reached.keySet().removeIf(each -> consumer.position(each, ANSWER) >= ends.get(each));
    }
}
