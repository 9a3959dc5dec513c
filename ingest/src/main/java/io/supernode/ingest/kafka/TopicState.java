package io.supernode.ingest.kafka;

import java.util.Map;

/**
 * A topic as it should be, or as the cluster has it.
 *
 * @param name of the topic
 * @param partitions how many, &gt;= 1
 * @param replicas copies of each partition, &gt;= 1
 * @param settings Kafka's names and values: those that matter to us, or all that the cluster tells
 */
public record TopicState(String name, int partitions, int replicas, Map<String, String> settings) {
    public TopicState {
        settings = Map.copyOf(settings);
    }
}
