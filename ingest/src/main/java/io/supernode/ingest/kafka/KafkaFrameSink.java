package io.supernode.ingest.kafka;

import io.supernode.event.EventKind;
import io.supernode.replay.FrameSink;
import io.supernode.replay.SendFailedException;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Frames to the topics of their kinds. A node's frames go to partition {@code node mod partitions}, so that they stay in
 * order; the record's time is the wall time at which the frame was meant to leave, its key the node, its headers {@code
 * run}, {@code loop} and {@code schema}, as text.
 *
 * <p>{@link #send} blocks while the buffer is full, for 30 s at most. After the first failure every call fails. Frames
 * are sent by one thread; the counters may be read by any.
 */
public final class KafkaFrameSink implements FrameSink {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Duration PATIENCE_TO_CLOSE = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final Map<EventKind, Lane> lanes = new EnumMap<>(EventKind.class);
    private final Map<String, List<String>> leaders = new HashMap<>();
    private final List<byte[]> keys = new ArrayList<>();
    private final Callback onCompletion = this::completed;
    private final AtomicReference<Failure> failure = new AtomicReference<>();
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong arrived = new AtomicLong();
    private long loop;

    private record Failure(String where, Throwable cause) {}

    /** @param leaders for every topic of events the broker that leads each of its partitions, from partition 0 */
    KafkaFrameSink(Producer<byte[], byte[]> producer, Map<Topic, List<String>> leaders) {
        this.producer = producer;
        for (EventKind kind : EventKind.values()) {
            Topic topic = Topic.of(kind);
            lanes.put(kind, new Lane(topic, leaders.get(topic).size()));
            this.leaders.put(topic.topicName(), List.copyOf(leaders.get(topic)));
        }
    }

    @Override
    public void startLoop(long number) {
        loop = number;
    }

    @Override
    public void send(EventKind kind, FrameHeader header, byte[] frame) {
        Lane lane = lanes.get(kind);
        send(lane, Math.floorMod(header.node(), lane.partitions), header, frame);
    }

    @Override
    public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
        Lane lane = lanes.get(kind);
        for (int partition = 0; partition < lane.partitions; partition++) {
            send(lane, partition, header, frame);
        }
    }

    @Override
    public void flush() {
        throwFailure();
        try {
            producer.flush();
        } catch (KafkaException e) {
            throw new SendFailedException("frames were not brought to an end: " + e.getMessage(), e);
        }
        throwFailure();
    }

    /** Records handed to the client, heartbeats included. */
    public long records() {
        return records.get();
    }

    /** Bytes of the frames of {@link #records()}, before compression. */
    public long bytes() {
        return bytes.get();
    }

    /** Records that the cluster has acknowledged. */
    public long arrived() {
        return arrived.get();
    }

    /** Time that senders spent waiting for room in the buffer, nanoseconds. */
    @Override
    public long blockedNanos() {
        return producer.metrics().entrySet().stream()
                .filter(entry -> entry.getKey().name().equals("bufferpool-wait-time-ns-total"))
                .mapToLong(entry -> ((Number) entry.getValue().metricValue()).longValue())
                .sum();
    }

    /** Gives what is under way 5 s; call {@link #flush()} first to know that it arrived. */
    @Override
    public void close() {
        producer.close(failure.get() == null ? PATIENCE_TO_CLOSE : Duration.ZERO);
    }

    private void send(Lane lane, int partition, FrameHeader header, byte[] frame) {
        throwFailure();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                lane.topic,
                partition,
                Math.floorDiv(header.intendedEpochNanos(), NANOS_PER_MILLI),
                key(header.node()),
                frame,
                lane.headers(header.run(), loop));
        try {
            producer.send(record, onCompletion);
        } catch (InterruptException e) {
            throw new SendFailedException(where(lane.topic, partition) + ": interrupted while waiting for room", e);
        } catch (KafkaException | IllegalStateException e) {
            failed(lane.topic, partition, e);
            throwFailure();
        }
        records.incrementAndGet();
        bytes.addAndGet(frame.length);
        throwFailure();
    }

    private void completed(RecordMetadata metadata, Exception failed) {
        if (failed == null) {
            arrived.incrementAndGet();
        } else {
            failed(metadata.topic(), metadata.partition(), failed);
        }
    }

    private void failed(String topic, int partition, Throwable cause) {
        failure.compareAndSet(null, new Failure(where(topic, partition), cause));
    }

    private void throwFailure() {
        Failure failed = failure.get();
        if (failed != null) {
            throw new SendFailedException(
                    failed.where + ": " + failed.cause.getClass().getSimpleName() + ": " + failed.cause.getMessage(),
                    failed.cause);
        }
    }

    private String where(String topic, int partition) {
        List<String> brokers = leaders.get(topic);
        String broker = partition >= 0 && partition < brokers.size() ? brokers.get(partition) : "not known";
        return "frame did not arrive: topic " + topic + ", partition " + partition + ", broker " + broker;
    }

    /** Four bytes, most significant first; one array per node for the whole run. */
    private byte[] key(int node) {
        while (keys.size() <= node + 1) {
            keys.add(ByteBuffer.allocate(Integer.BYTES).putInt(keys.size() - 1).array());
        }
        return keys.get(node + 1);
    }

    /** A topic and the headers that its records share. */
    private static final class Lane {
        private final String topic;
        private final int partitions;
        private final Header schema;
        private List<Header> headers = List.of();
        private long run;
        private long loop;

        Lane(Topic topic, int partitions) {
            this.topic = topic.topicName();
            this.partitions = partitions;
            // kind and version, as the topic's name has them: compute.v1
            this.schema = header("schema", this.topic.substring(this.topic.indexOf('.') + 1));
        }

        List<Header> headers(long run, long loop) {
            if (headers.isEmpty() || run != this.run || loop != this.loop) {
                this.run = run;
                this.loop = loop;
                headers = List.of(header("run", Long.toString(run)), header("loop", Long.toString(loop)), schema);
            }
            return headers;
        }

        private static Header header(String key, String value) {
            return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
        }
    }
}
