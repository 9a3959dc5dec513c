package io.supernode.ingest.kafka;

import io.supernode.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Counts what was put aside since this counter was made. A dead letter says in its headers, as decimal text, of which
 * {@code run} it is and how many {@code events} it holds, where that is known; one that does not say its run counts for
 * every run. One that a restart of the job has written again counts once: it is known by the place that its frame came
 * from and by what refused it.
 */
public final class DeadLetterCounter implements AutoCloseable {
    private final PartitionReader reader;
    private final Map<TopicPartition, Long> starts;

    DeadLetterCounter(Consumer<byte[], byte[]> consumer) {
        this.reader = new PartitionReader(consumer);
        this.starts = reader.endOffsets(Topic.DEADLETTER.topicName());
    }

    /**
     * What has been put aside of a run so far.
     *
     * @param patience how long it may take
     * @throws KafkaFailedException when it takes longer, or the topic cannot be read
     */
    public DeadLetters count(long run, Duration patience) {
        Sum sum = new Sum(run);
        reader.read(starts, reader.endOffsets(Topic.DEADLETTER.topicName()), patience, sum::take);
        return new DeadLetters(sum.records, sum.events, sum.unknown);
    }

    @Override
    public void close() {
        reader.close();
    }

    private static final class Sum {
        private final long run;
        private long records;
        private long events;
        private long unknown;
        private final Set<String> seen = new HashSet<>();

        Sum(long run) {
            this.run = run;
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            OptionalLong ofRun = number(record, "run");
            if (ofRun.isPresent() && ofRun.getAsLong() != run) {
                return;
            }
            if (!seen.add(place(record))) {
                return;
            }
            OptionalLong held = number(record, "events");
            records++;
            events += held.orElse(0);
            unknown += held.isPresent() ? 0 : 1;
        }

        /** Topic, partition, offset and stage; the letter's own place where only the job knew the frame. */
        private static String place(ConsumerRecord<byte[], byte[]> record) {
            OptionalLong offset = number(record, "offset");
            if (offset.isEmpty() || offset.getAsLong() < 0) {
                return record.partition() + "/" + record.offset();
            }
            return text(record, "topic")
                    + '/'
                    + text(record, "partition")
                    + '/'
                    + offset.getAsLong()
                    + '/'
                    + text(record, "stage");
        }

        private static String text(ConsumerRecord<byte[], byte[]> record, String key) {
            Header header = record.headers().lastHeader(key);
            return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
        }

        /** The header as a number; empty when it is not there or is none. */
        private static OptionalLong number(ConsumerRecord<byte[], byte[]> record, String key) {
            Header header = record.headers().lastHeader(key);
            if (header == null || header.value() == null) {
                return OptionalLong.empty();
            }
            try {
                return OptionalLong.of(Long.parseLong(new String(header.value(), StandardCharsets.UTF_8)));
            } catch (NumberFormatException e) {
                return OptionalLong.empty();
            }
        }
    }
}
