package io.supernode.ingest.kafka;

import io.supernode.schemas.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/** How each topic of the catalogue is set up. Every topic is bounded in size and in time: no disk fills by itself. */
final class TopicPlan {
    private static final long MIB = 1L << 20;

    private TopicPlan() {}

    /**
     * @param brokers of the cluster, &gt;= 1: with one broker there is one copy, else as many as brokers up to three
     * @param partitionFactor times the catalogue's partitions, &gt;= 1; what could not be read stays in one
     */
    static TopicState of(Topic topic, int brokers, int partitionFactor) {
        int replicas = Math.min(3, brokers);
        Map<String, String> settings = new TreeMap<>();
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, replicas == 3 ? "2" : "1");
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        // a record carries the wall time that was meant for it, which a replay may have put anywhere
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE));
        settings.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE));
        switch (topic.role()) {
            case EVENTS -> {
                settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                bound(settings, 1024 * MIB, Duration.ofHours(6), 128 * MIB);
                settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(MIB));
            }
            case WINDOWS -> {
                // the last revision of a window is what counts, and old windows are of no use to anybody live
                settings.put(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);
                bound(settings, 1024 * MIB, Duration.ofHours(24), 64 * MIB);
                settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(MIB));
            }
            case ANOMALIES -> {
                settings.put(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE);
                bound(settings, 128 * MIB, Duration.ofDays(30), 16 * MIB);
                settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(MIB));
            }
            case DEADLETTERS -> {
                settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
                bound(settings, 1024 * MIB, Duration.ofDays(30), 64 * MIB);
                // whatever a topic of events took fits, with headers that say where it came from
                settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(2 * MIB));
            }
        }
        boolean one = topic.role() == Topic.Role.DEADLETTERS || topic.role() == Topic.Role.ANOMALIES;
        int factor = one ? 1 : partitionFactor;
        return new TopicState(topic.topicName(), topic.partitions() * factor, replicas, settings);
    }

    /** Per partition. Kafka deletes whole segments, so the disk holds up to one segment more. */
    private static void bound(Map<String, String> settings, long bytes, Duration age, long segmentBytes) {
        settings.put(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(bytes));
        settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(age.toMillis()));
        settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(segmentBytes));
    }
}
