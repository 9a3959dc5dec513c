package io.supernode.ingest.kafka;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.replay.TraceMetadata;
import io.supernode.replay.TraceWriter;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes the frames of one run from the topics of events to a trace file, in the order in which they were sent, byte
 * for byte. A frame holds its node, which is its key, its number and its times to the nanosecond; its partition follows
 * from the node and the number of partitions, which the file's header tells. A recorder that is killed leaves its
 * {@code .part} file with all but the last second, for {@link io.supernode.replay.TraceRepair}. Not thread-safe.
 */
public final class TopicRecorder implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FLUSH_NANOS = 1_000_000_000L;
    private static final long HELD_BYTES_MAX = 64L << 20;
    /** Half of the memory that there may be: a ring with more to hold becomes shorter. */
    private static final long RING_BYTES_MAX = Runtime.getRuntime().maxMemory() / 2;

    private final Consumer<byte[], byte[]> consumer;
    private final String clusterId;
    private final Map<EventKind, FrameReader> readers = new EnumMap<>(EventKind.class);
    private final EventBatch events = new EventBatch();

    private OptionalLong run;
    private List<TopicPartition> partitions = List.of();
    private FrameMerge merge;
    private final AtomicInteger snapshotsAsked = new AtomicInteger();
    private TraceWriter writer;
    private TraceMetadata metadata;
    private FrameRing ring;
    private int snapshots;
    private Path file;
    private RecordOptions asked;
    private long endNanos = Long.MAX_VALUE;
    private long durationNanos;
    private long firstNanos;
    private long lastNanos;
    private long frames;
    private long count;
    private long bytes;
    private long otherRuns;
    private long unreadable;

    /** Told now and then what has been recorded so far. */
    public interface Progress {
        void at(Recorded soFar);
    }

    TopicRecorder(Consumer<byte[], byte[]> consumer, String clusterId) {
        this.consumer = consumer;
        this.clusterId = clusterId;
        for (EventKind kind : EventKind.values()) {
            readers.put(kind, new FrameReader(kind));
        }
    }

    /**
     * Records until the end of what was asked for, or until stopped. The file appears when it is whole; there is none
     * where nothing came.
     *
     * @param stop asked ten times a second
     * @throws KafkaFailedException when the topics cannot be read
     * @throws IOException when the file cannot be written
     */
    public Recorded record(RecordOptions options, Path target, BooleanSupplier stop, Progress progress)
            throws IOException {
        file = target;
        asked = options;
        durationNanos = options.durationNanos();
        ring = options.snapshotNanos() > 0 ? new FrameRing(options.snapshotNanos(), RING_BYTES_MAX) : null;
        try {
            run = which(options);
            Map<TopicPartition, Long> ends = assign(options.which() == RecordOptions.Which.NEXT);
            progress.at(recorded());
            follow(options, ends, stop, progress);
            merge.drainAll(this::write);
        } catch (KafkaException e) {
            throw new KafkaFailedException("cannot record: " + e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        } finally {
            if (writer != null) {
                writer.close(); // whatever ended it: what has come is worth keeping
            }
            if (metadata != null && ring != null) {
                ring.save(file, metadata);
            }
        }
        return recorded();
    }

    /**
     * Of a recording that keeps the latest: has it written, soon, beside the file that the end writes: of {@code
     * run.avro} to {@code run-1.avro}, {@code run-2.avro} and so on. From any thread.
     */
    public void snapshot() {
        snapshotsAsked.incrementAndGet();
    }

    /** Snapshots written so far, the one of the end left out. */
    public int snapshots() {
        return snapshots;
    }

    /** Whether the latest did not fit into memory, so that less of it is kept. */
    public boolean isShort() {
        return ring != null && ring.isShort();
    }

    /** Where the snapshot of a number, from 1, is written. */
    static Path numbered(Path file, int number) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling(
                dot > 0 ? name.substring(0, dot) + "-" + number + name.substring(dot) : name + "-" + number);
    }

    @Override
    public void close() {
        consumer.close();
    }

    private OptionalLong which(RecordOptions options) {
        return switch (options.which()) {
            case NEXT -> OptionalLong.empty();
            case NAMED -> options.run();
            case LATEST -> new LatestEventTime(consumer).run(Duration.ofSeconds(15));
        };
    }

    /** @return where to end, by partition; empty for a recording that follows what is being sent */
    private Map<TopicPartition, Long> assign(boolean fromNow) {
        partitions = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            String topic = Topic.of(kind).topicName();
            consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        }
        merge = new FrameMerge(partitions.size(), HELD_BYTES_MAX);
        consumer.assign(partitions);
        if (fromNow) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position); // now, and not when it is first read
            return Map.of();
        }
        consumer.seekToBeginning(partitions);
        return consumer.endOffsets(partitions);
    }

    private void follow(RecordOptions options, Map<TopicPartition, Long> ends, BooleanSupplier stop, Progress progress)
            throws IOException {
        long begunNanos = System.nanoTime();
        long flushedNanos = begunNanos;
        boolean more = !reached(ends);
        while (more && !stop.getAsBoolean() && System.nanoTime() - begunNanos < options.wallLimitNanos()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record);
            }
            more = !reached(ends) && merge.throughNanos() < endNanos;
            merge.drain(this::write);
            if (writer != null && System.nanoTime() - flushedNanos >= FLUSH_NANOS) {
                writer.flush();
                flushedNanos = System.nanoTime();
            }
            saveSnapshots();
            progress.at(recorded());
        }
    }

    private void saveSnapshots() throws IOException {
        while (ring != null && metadata != null && snapshots < snapshotsAsked.get()) {
            ring.save(numbered(file, snapshots + 1), metadata);
            snapshots++;
        }
    }

    private boolean reached(Map<TopicPartition, Long> ends) {
        boolean all = !ends.isEmpty();
        for (int i = 0; i < partitions.size() && !ends.isEmpty(); i++) {
            if (consumer.position(partitions.get(i)) >= ends.get(partitions.get(i))) {
                merge.end(i);
            } else {
                all = false;
            }
        }
        return all;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        int partition = partitions.indexOf(new TopicPartition(record.topic(), record.partition()));
        EventKind kind = kind(record.topic());
        if (record.value() == null) {
            unreadable++;
            return;
        }
        try {
            FrameHeader header = readers.get(kind).header(record.value());
            if (run.isEmpty()) {
                run = OptionalLong.of(header.run());
            }
            if (header.run() == run.getAsLong()) {
                merge.add(partition, kind, header, record.value());
            } else if (!header.isHeartbeat()) {
                otherRuns++;
            }
        } catch (UnreadableException e) {
            unreadable++; // the job puts it aside with all that is known of it; a trace holds frames
        }
    }

    private void write(EventKind kind, FrameHeader header, byte[] frame) throws IOException {
        events.clear();
        try {
            readers.get(kind).read(frame, events);
        } catch (UnreadableException e) {
            unreadable++;
            return;
        }
        if (metadata == null) {
            open(header);
        }
        if (header.throughNanos() >= endNanos) {
            return;
        }
        if (ring != null) {
            ring.add(kind, header, frame);
        } else {
            writer.addFrame(kind, frame);
        }
        lastNanos = header.throughNanos();
        frames++;
        count += events.size();
        bytes += frame.length;
    }

    private void open(FrameHeader first) throws IOException {
        metadata = TraceMetadata.of("supernode", first.originEpochNanos())
                .with("run", Long.toString(first.run()))
                .with("cluster", clusterId);
        for (EventKind kind : EventKind.values()) {
            String topic = Topic.of(kind).topicName();
            long of = partitions.stream().filter(p -> p.topic().equals(topic)).count();
            metadata = metadata.with("partitions " + topic, Long.toString(of));
        }
        for (Map.Entry<String, String> note : asked.notes().entrySet()) {
            metadata = metadata.with(note.getKey(), note.getValue());
        }
        writer = ring == null ? TraceWriter.create(file, metadata, asked.split()) : null;
        firstNanos = first.throughNanos();
        lastNanos = firstNanos;
        endNanos =
                durationNanos > Long.MAX_VALUE - Math.max(0, firstNanos) ? Long.MAX_VALUE : firstNanos + durationNanos;
    }

    private Recorded recorded() {
        return new Recorded(run, frames, count, bytes, lastNanos - firstNanos, otherRuns, unreadable);
    }

    private static EventKind kind(String topic) {
        for (EventKind kind : EventKind.values()) {
            if (Topic.of(kind).topicName().equals(topic)) {
                return kind;
            }
        }
        throw new IllegalStateException("not asked for: topic=" + topic);
    }
}
