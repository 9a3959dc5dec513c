package io.supernode.ingest.kafka;

import io.supernode.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * How far a consumer group is behind on the topics of events, by what it has committed. A Flink job commits with its
 * checkpoints, so its lag is told in steps of their interval. Thread-safe; the client stays the edge's.
 */
public final class GroupLag {
    private static final long PATIENCE_SECONDS = 10;

    private final Admin admin;
    private final String group;

    GroupLag(Admin admin, String group) {
        this.admin = admin;
        this.group = group;
    }

    /**
     * Records that are in the topics and that the group has not committed; of partitions that it has committed nothing
     * of, none.
     *
     * @throws KafkaFailedException when it has committed nothing on any topic of events, or cannot be asked
     */
    public long records() {
        try {
            Map<TopicPartition, Long> committed = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> all = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            all.forEach((partition, offset) -> {
                if (offset != null && isOfEvents(partition.topic())) {
                    committed.put(partition, offset.offset());
                }
            });
            if (committed.isEmpty()) {
                throw new KafkaFailedException(
                        "group " + group
                                + " has committed nothing on the topics of events; accepted: one that reads them",
                        null);
            }
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            committed.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
            long[] records = {0};
            admin.listOffsets(asked)
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, end) -> records[0] += Math.max(0, end.offset() - committed.get(partition)));
            return records[0];
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new KafkaFailedException("cannot ask how far group " + group + " is: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            throw new InterruptException(e); // sets the thread's interrupt flag again
        }
    }

    private static boolean isOfEvents(String name) {
        for (Topic topic : Topic.values()) {
            if (topic.role() == Topic.Role.EVENTS && topic.topicName().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
