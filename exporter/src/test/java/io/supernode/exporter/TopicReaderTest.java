package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.schemas.Topic;
import io.supernode.schemas.WindowCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
    private final WindowStore store = new WindowStore();
    private final DeadLetters deadLetters = new DeadLetters();
    private final ReaderState state = new ReaderState("not looked yet");
    private Broker broker = new Broker();
    private final TopicReader reader =
            new TopicReader(Map.of("bootstrap.servers", "b:1"), settings -> broker, store, deadLetters, state);
    private final Thread thread = new Thread(reader, "reader-under-test");

    @AfterEach
    void theReaderEndsWhenClosed() throws InterruptedException {
        reader.close();
        thread.join(2_000);
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void topicsAreReadFromTheirBeginningAndThenItIsReady() {
        broker.createTopics();
        Telemetry telemetry = Telemetry.of(1, 16, 12).fire();
        telemetry.throughput().forEach(w -> broker.put(Topic.THROUGHPUT, w.entity() % 2, WindowCodec.encode(w)));
        telemetry.latency().forEach(w -> broker.put(Topic.LATENCY, w.entity() % 2, WindowCodec.encode(w)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        WindowStore direct = new WindowStore();
        telemetry.into(direct);
        assertThat(store.figures(Telemetry.RUN).orElseThrow().digestWindows())
                .isEqualTo(direct.figures(Telemetry.RUN).orElseThrow().digestWindows());
        assertThat(state.records(Topic.THROUGHPUT))
                .isEqualTo(telemetry.throughput().size());
        assertThat(state.lastWindowEpochMillis()).isPositive();
        assertThat(state.unreadable(Topic.THROUGHPUT)).isZero();
    }

    @Test
    void itWaitsForTopicsThatAreNotThereYet() {
        thread.start();
        await(() -> state.whyNotReady().equals(Optional.of("topic is not there yet: supernode.throughput.v1")));
        broker.createTopics();
        await(() -> state.whyNotReady().isEmpty());
    }

    @Test
    void garbageIsCountedAndSkipped() {
        broker.createTopics();
        broker.put(Topic.THROUGHPUT, 0, "garbage".getBytes(StandardCharsets.UTF_8));
        Telemetry.of(1, 1, 1).fire().throughput().forEach(w -> broker.put(Topic.THROUGHPUT, 0, WindowCodec.encode(w)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        assertThat(state.unreadable(Topic.THROUGHPUT)).isEqualTo(1);
        assertThat(store.figures(Telemetry.RUN)).isPresent();
    }

    @Test
    void deadLettersAreCountedOnceBySource() {
        broker.createTopics();
        Map<String, String> tooLate =
                Map.of("topic", "supernode.bus.v1", "partition", "3", "offset", "17", "stage", "late", "events", "250");
        broker.put(Topic.DEADLETTER, 0, new byte[1], tooLate);
        broker.put(Topic.DEADLETTER, 0, new byte[1], tooLate);
        broker.put(
                Topic.DEADLETTER,
                0,
                new byte[1],
                Map.of("topic", "supernode.bus.v1", "partition", "3", "offset", "18", "stage", "decode"));
        Map<String, String> merge =
                Map.of("topic", "", "partition", "-1", "offset", "-1", "stage", "merge", "events", "2");
        broker.put(Topic.DEADLETTER, 0, new byte[0], merge);
        broker.put(Topic.DEADLETTER, 0, new byte[0], merge);
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        assertThat(deadLetters.bySource())
                .containsEntry(new DeadLetters.Source("supernode.bus.v1", "late"), new DeadLetters.Count(1, 250))
                .containsEntry(new DeadLetters.Source("supernode.bus.v1", "decode"), new DeadLetters.Count(1, 0))
                .containsEntry(new DeadLetters.Source("none", "merge"), new DeadLetters.Count(2, 4));
        assertThat(deadLetters.total()).isEqualTo(new DeadLetters.Count(4, 254));
    }

    @Test
    void afterAFailureItGoesOnWhereItWas() {
        broker.createTopics();
        List<io.supernode.window.ThroughputWindow> windows =
                Telemetry.of(1, 1, 4).fire().throughput();
        windows.subList(0, 5).forEach(w -> broker.put(Topic.THROUGHPUT, 0, WindowCodec.encode(w)));
        thread.start();
        await(() -> state.whyNotReady().isEmpty());

        Broker next = new Broker();
        next.createTopics();
        windows.forEach(w -> next.put(Topic.THROUGHPUT, 0, WindowCodec.encode(w)));
        Broker failing = broker;
        broker = next;
        failing.setPollException(new KafkaException("connection lost"));
        await(() -> state.records(Topic.THROUGHPUT) == windows.size());
        await(() -> state.whyNotReady().isEmpty());

        assertThat(state.errors()).isEqualTo(1);
        assertThat(failing.closed()).isTrue();
        assertThat(store.expiredWindows()).isZero();
    }

    @Test
    void aBrokerThatStopsAnsweringMakesItUnready() {
        broker.createTopics();
        thread.start();
        await(() -> state.whyNotReady().isEmpty());
        broker.silent = true;
        await(() -> state.whyNotReady().equals(Optional.of("the broker does not answer: b:1")));
        broker.silent = false;
        await(() -> state.whyNotReady().isEmpty());
        assertThat(state.isAlive()).isTrue();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 10 s").isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Kafka's own mock, with topics that begin at 0 and end where their records do. */
    private static final class Broker extends MockConsumer<byte[], byte[]> {
        private final Map<TopicPartition, Integer> ends = new HashMap<>();
        private final Map<TopicPartition, java.util.ArrayList<ConsumerRecord<byte[], byte[]>>> waiting =
                new HashMap<>();
        volatile boolean silent;

        Broker() {
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
            waiting.computeIfAbsent(to, t -> new java.util.ArrayList<>())
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
        public synchronized void assign(java.util.Collection<TopicPartition> partitions) {
            super.assign(partitions);
            waiting.values().forEach(records -> records.forEach(this::addRecord));
        }

        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(
                java.util.Collection<TopicPartition> partitions, Duration timeout) {
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
}
