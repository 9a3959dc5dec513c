package io.supernode.ingest.kafka;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.replay.ResumedSink;
import io.supernode.replay.RunPosition;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.Topic;
import io.supernode.schemas.UnreadableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the newest run has been sent, read from all that the topics of events hold: a node that says little has its
 * last frame anywhere.
 */
public final class SentRun implements AutoCloseable {
    private final PartitionReader reader;

    SentRun(Consumer<byte[], byte[]> consumer) {
        this.reader = new PartitionReader(consumer);
    }

    /**
     * Empty when there is no readable frame.
     *
     * @param patience how long the topics of a kind may take
     * @throws KafkaFailedException when it takes longer, or a partition cannot be read
     */
    public Optional<RunPosition> position(Duration patience) {
        Newest newest = new Newest();
        for (EventKind kind : EventKind.values()) {
            FrameReader frames = new FrameReader(kind);
            Map<TopicPartition, Long> ends = reader.endOffsets(Topic.of(kind).topicName());
            reader.read(Map.of(), ends, patience, each -> newest.take(kind, frames, each));
        }
        return newest.position();
    }

    @Override
    public void close() {
        reader.close();
    }

    /** The run that began last, and the last frame of each of its senders. */
    private static final class Newest {
        private record Frame(FrameHeader header, byte[] bytes) {}

        private final Map<RunPosition.Sender, Frame> last = new HashMap<>();
        private boolean known;
        private long run;
        private long originEpochNanos;
        private long throughNanos;

        void take(EventKind kind, FrameReader frames, ConsumerRecord<byte[], byte[]> each) {
            FrameHeader header;
            if (each.value() == null) {
                return;
            }
            try {
                header = frames.header(each.value());
            } catch (UnreadableException e) {
                // garbage belongs to no run; the job puts it aside and counts it
                return;
            }
            if (!known || header.originEpochNanos() > originEpochNanos) {
                known = true;
                run = header.run();
                originEpochNanos = header.originEpochNanos();
                throughNanos = header.throughNanos();
                last.clear();
            }
            if (header.run() != run) {
                return;
            }
            throughNanos = Math.max(throughNanos, header.throughNanos());
            if (!header.isHeartbeat()) {
                last.merge(
                        new RunPosition.Sender(kind, header.node()),
                        new Frame(header, each.value()),
                        (a, b) -> b.header().sequence() > a.header().sequence() ? b : a);
            }
        }

        Optional<RunPosition> position() {
            if (!known) {
                return Optional.empty();
            }
            Map<RunPosition.Sender, RunPosition.Last> frames = new HashMap<>();
            last.forEach((sender, frame) -> {
                EventBatch batch = new EventBatch();
                try {
                    new FrameReader(sender.kind()).read(frame.bytes(), batch);
                } catch (UnreadableException e) {
                    throw new KafkaFailedException("the last frame of " + sender + " is damaged: " + e.getMessage(), e);
                }
                frames.put(sender, new RunPosition.Last(frame.header().sequence(), ResumedSink.digest(batch)));
            });
            return Optional.of(new RunPosition(run, originEpochNanos, throughNanos, frames));
        }
    }
}
