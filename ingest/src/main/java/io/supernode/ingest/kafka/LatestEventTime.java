package io.supernode.ingest.kafka;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How far event time has come in the topics of events, so that a new run starts after it and time never goes back.
 * Frames of a partition carry time in order, so its last records tell; a few are read, for one may be garbage.
 */
public final class LatestEventTime implements AutoCloseable {
    private static final int RECORDS_PER_PARTITION = 16;

    private final PartitionReader reader;

    LatestEventTime(Consumer<byte[], byte[]> consumer) {
        this.reader = new PartitionReader(consumer);
    }

    /**
     * The highest time that a frame says it has come to, nanoseconds since 1970 UTC; empty when there is no readable
     * frame.
     *
     * @param patience how long it may take
     * @throws KafkaFailedException when it takes longer, or a partition cannot be read
     */
    public OptionalLong throughEpochNanos(Duration patience) {
        Highest highest = highest(patience);
        return highest.nanos == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(highest.nanos);
    }

    /** The run whose frame that is. */
    OptionalLong run(Duration patience) {
        Highest highest = highest(patience);
        return highest.nanos == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(highest.run);
    }

    private Highest highest(Duration patience) {
        Highest highest = new Highest();
        for (EventKind kind : EventKind.values()) {
            FrameReader frames = new FrameReader(kind);
            Map<TopicPartition, Long> ends = reader.endOffsets(Topic.of(kind).topicName());
            Map<TopicPartition, Long> starts = new HashMap<>();
            ends.forEach((partition, end) -> starts.put(partition, Math.max(0, end - RECORDS_PER_PARTITION)));
            reader.read(starts, ends, patience, record -> highest.take(frames, record));
        }
        return highest;
    }

    @Override
    public void close() {
        reader.close();
    }

    private static final class Highest {
        private long nanos = Long.MIN_VALUE;
        private long run;

        void take(FrameReader frames, ConsumerRecord<byte[], byte[]> record) {
            if (record.value() == null) {
                return;
            }
            try {
                FrameHeader header = frames.header(record.value());
                if (header.throughEpochNanos() >= nanos) {
                    nanos = header.throughEpochNanos();
                    run = header.run();
                }
            } catch (UnreadableException e) {
                // garbage tells no time; the job puts it aside and counts it
                return;
            }
        }
    }
}
