package io.supernode.exporter;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.AnomalyCodec;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.Topic;
import io.supernode.schemas.TrafficCodec;
import io.supernode.schemas.UnreadableException;
import io.supernode.schemas.WindowCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads windows, anomalies, injected faults, samples and dead letters from the beginning of their topics and keeps reading: no
 * group, no commits, so that a restarted exporter arrives at the same figures. A broker that cannot be reached, or topics that are not there yet,
 * are told in {@link ReaderState} and tried again.
 */
final class TopicReader implements Runnable, AutoCloseable {
    static final List<Topic> TOPICS = List.of(
            Topic.THROUGHPUT, Topic.LATENCY, Topic.TRAFFIC, Topic.ANOMALY, Topic.FAULT, Topic.SAMPLE, Topic.DEADLETTER);

    private static final Map<String, Topic> BY_NAME =
            TOPICS.stream().collect(Collectors.toUnmodifiableMap(Topic::topicName, Function.identity()));

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Map<String, Object> kafka;
    private final Function<Map<String, Object>, Consumer<byte[], byte[]>> connect;
    private final WindowStore store;
    private final DeadLetters deadLetters;
    private final ReaderState state;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final FrameReader faultReader = new FrameReader(EventKind.FAULT);
    private final FrameReader sampleReader = new FrameReader(EventKind.SAMPLE);
    private final EventBatch events = new EventBatch(16);
    private final Queue<ToPresent> asked = new ConcurrentLinkedQueue<>();
    private Consumer<byte[], byte[]> current;

    /** Somebody waits until what the topics hold has been read, as of when this is first looked at. */
    private static final class ToPresent {
        final CompletableFuture<Void> read = new CompletableFuture<>();
        Map<TopicPartition, Long> ends;
    }

    TopicReader(Map<String, Object> kafka, WindowStore store, DeadLetters deadLetters, ReaderState state) {
        this(kafka, KafkaConsumer::new, store, deadLetters, state);
    }

    /** @param connect makes a consumer from settings */
    TopicReader(
            Map<String, Object> kafka,
            Function<Map<String, Object>, Consumer<byte[], byte[]>> connect,
            WindowStore store,
            DeadLetters deadLetters,
            ReaderState state) {
        this.kafka = kafka;
        this.connect = connect;
        this.store = store;
        this.deadLetters = deadLetters;
        this.state = state;
    }

    @Override
    public void run() {
        try {
            while (!isClosed()) {
                try {
                    readUntilClosed();
                } catch (WakeupException e) {
                    // only close() wakes the consumer
                    return;
                } catch (KafkaException e) {
                    state.countError();
                    state.notReady("reading the topics failed, trying again: " + reason(e));
                    closed.await(1, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            state.died("the reader of the topics has ended: " + e);
            throw e;
        }
    }

    /** Returns at once; {@link #run()} ends soon after. */
    @Override
    public synchronized void close() {
        closed.countDown();
        if (current != null) {
            current.wakeup();
        }
    }

    /** Completes when all that the topics hold now has been read; never, when the reader ends before. */
    CompletableFuture<Void> readToPresent() {
        ToPresent request = new ToPresent();
        asked.add(request);
        return request.read;
    }

    private void answer(Consumer<byte[], byte[]> consumer) {
        ToPresent first = asked.peek();
        if (first == null) {
            return;
        }
        if (first.ends == null) {
            first.ends = consumer.endOffsets(consumer.assignment(), ANSWER);
        }
        if (left(consumer, first.ends) == 0) {
            asked.remove().read.complete(null);
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void readUntilClosed() throws InterruptedException {
        Consumer<byte[], byte[]> consumer = connect.apply(settings());
        try {
            synchronized (this) {
                current = consumer;
            }
            while (!isClosed() && !assign(consumer)) {
                closed.await(500, TimeUnit.MILLISECONDS);
            }
            Map<TopicPartition, Long> ends = null;
            boolean caughtUp = false;
            long lookedNanos = System.nanoTime() - LOOK_NANOS;
            while (!isClosed()) {
                if (System.nanoTime() - lookedNanos >= LOOK_NANOS) {
                    Map<TopicPartition, Long> now = look(consumer);
                    ends = ends == null ? now : ends;
                    if (now != null && caughtUp) {
                        state.ready();
                    }
                    lookedNanos = System.nanoTime();
                }
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                    read(each);
                }
                answer(consumer);
                if (ends != null && !caughtUp) {
                    caughtUp = isAt(consumer, ends);
                }
            }
        } finally {
            synchronized (this) {
                current = null;
            }
            consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
        }
    }

    /** Takes all partitions of all topics; false when a topic is not there yet or the broker does not answer. */
    private boolean assign(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (Topic topic : TOPICS) {
            List<PartitionInfo> found;
            try {
                found = consumer.partitionsFor(topic.topicName(), ANSWER);
            } catch (TimeoutException e) {
                state.notReady("the broker does not answer: " + kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
                return false;
            }
            if (found == null || found.isEmpty()) {
                state.notReady("topic is not there yet: " + topic.topicName());
                return false;
            }
            found.forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
        }
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            Long position = next.get(partition);
            if (position == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, position);
            }
        }
        return true;
    }

    /** Asks the broker how far the topics go; null, and not ready, when it does not answer. */
    private Map<TopicPartition, Long> look(Consumer<byte[], byte[]> consumer) {
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), ANSWER);
            state.behind(left(consumer, ends));
            return ends;
        } catch (TimeoutException e) {
            state.notReady("the broker does not answer: " + kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
            return null;
        }
    }

    private boolean isAt(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        long left = left(consumer, ends);
        if (left == 0) {
            state.ready();
        } else {
            state.notReady("reading the topics from their beginning: records left=" + left);
        }
        return left == 0;
    }

    /** By the consumer's position, not by the last record: a compacted topic may end in offsets without records. */
    private static long left(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        long left = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            left += Math.max(0, end.getValue() - consumer.position(end.getKey(), ANSWER));
        }
        return left;
    }

    private void read(ConsumerRecord<byte[], byte[]> each) {
        next.put(new TopicPartition(each.topic(), each.partition()), each.offset() + 1);
        Topic topic = BY_NAME.get(each.topic());
        state.countRecord(topic);
        try {
            switch (topic) {
                case THROUGHPUT -> note(store.accept(each.partition(), WindowCodec.throughput(each.value())));
                case LATENCY -> note(store.accept(each.partition(), WindowCodec.latency(each.value())));
                case TRAFFIC -> store.traffic().take(TrafficCodec.decode(each.value()));
                case ANOMALY -> store.anomalies().take(AnomalyCodec.decode(each.value()));
                case FAULT -> readFaults(each.value());
                case SAMPLE -> readSamples(each.value());
                case DEADLETTER -> readDeadLetter(each);
                case COMPUTE, BUS, STEP, REQUEST -> throw new IllegalStateException("not read here: " + topic);
            }
        } catch (UnreadableException | IllegalArgumentException e) {
            state.countUnreadable(topic);
        }
    }

    private void note(Acceptance acceptance) {
        if (acceptance == Acceptance.TAKEN) {
            state.windowAt(System.currentTimeMillis());
        }
    }

    private void readFaults(byte[] frame) throws UnreadableException {
        events.clear();
        FrameHeader header = faultReader.read(frame, events);
        for (int i = 0; i < events.size(); i++) {
            store.anomalies().take(header.run(), header.supernode(), events, i);
        }
    }

    private void readSamples(byte[] frame) throws UnreadableException {
        events.clear();
        FrameHeader header = sampleReader.read(frame, events);
        for (int i = 0; i < events.size(); i++) {
            store.gauges().take(header.run(), header.supernode(), events, i);
        }
    }

    private void readDeadLetter(ConsumerRecord<byte[], byte[]> each) {
        String from = header(each, "topic", "");
        String offset = header(each, "offset", "-1");
        String stage = header(each, "stage", "unknown");
        // what the job put aside after merging has no place of its own: then the letter itself tells repeats apart
        String place = offset.startsWith("-")
                ? each.partition() + "/" + each.offset()
                : from + '/' + header(each, "partition", "?") + '/' + offset + '/' + stage;
        long events = Long.parseLong(header(each, "events", "0"));
        deadLetters.add(new DeadLetters.Source(from.isEmpty() ? "none" : from, stage), place, Math.max(0, events));
    }

    /** Kafka wraps what is wrong with its settings in a message that does not say it. */
    private static String reason(Throwable e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + reason(e.getCause());
    }

    private static String header(ConsumerRecord<byte[], byte[]> each, String name, String absent) {
        Header header = each.headers().lastHeader(name);
        return header == null || header.value() == null ? absent : new String(header.value(), StandardCharsets.UTF_8);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "supernode-exporter");
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        settings.putIfAbsent(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return settings;
    }
}
