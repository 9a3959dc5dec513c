package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.schemas.Topic;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicProvisionerTest {
    private final Cluster cluster = new Cluster();
    private final TopicProvisioner provisioner = new TopicProvisioner(cluster, 1, 1);

    @Test
    void anEmptyClusterGetsTheWholeCatalogue() {
        assertThat(provisioner.check().missing())
                .containsExactlyElementsOf(
                        Arrays.stream(Topic.values()).map(Topic::topicName).toList());
        assertThatThrownBy(() -> provisioner.check().requireUsable())
                .isInstanceOf(KafkaSettingsException.class)
                .hasMessageStartingWith("topics are missing: supernode.compute.v1, supernode.bus.v1, ");

        TopicCheck check = provisioner.create();

        assertThat(check.usable()).isTrue();
        assertThat(check.notes()).isEmpty();
        assertThatCode(check::requireUsable).doesNotThrowAnyException();
        assertThat(provisioner.describe()).isEqualTo(provisioner.plan());
        assertThat(cluster.topics.get("supernode.compute.v1").partitions()).isEqualTo(4);
        assertThat(cluster.topics.get("supernode.deadletter.v1").partitions()).isEqualTo(1);
    }

    @Test
    void everyTopicIsBoundedInSizeAndTimeAndTakesAnyTime() {
        provisioner.plan().values().forEach(topic -> {
            assertThat(Long.parseLong(topic.settings().get("retention.bytes"))).isPositive();
            assertThat(Long.parseLong(topic.settings().get("retention.ms"))).isPositive();
            assertThat(Long.parseLong(topic.settings().get("segment.bytes")))
                    .isLessThanOrEqualTo(Long.parseLong(topic.settings().get("retention.bytes")) / 8);
            assertThat(topic.settings())
                    .containsEntry("message.timestamp.type", "CreateTime")
                    .containsEntry("message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE))
                    .containsEntry("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        });
        assertThat(provisioner.plan().get(Topic.LATENCY).settings()).containsEntry("cleanup.policy", "compact,delete");
        assertThat(provisioner.plan().get(Topic.BUS).settings()).containsEntry("cleanup.policy", "delete");
    }

    @Test
    void whateverATopicOfEventsTookFitsTheDeadLetters() {
        assertThat(Long.parseLong(
                        provisioner.plan().get(Topic.DEADLETTER).settings().get("max.message.bytes")))
                .isGreaterThan(Long.parseLong(
                        provisioner.plan().get(Topic.COMPUTE).settings().get("max.message.bytes")));
    }

    @Test
    void oneBrokerHoldsOneCopyThreeHoldThreeAndMissOne() {
        assertThat(TopicPlan.of(Topic.BUS, 1, 1).replicas()).isEqualTo(1);
        assertThat(TopicPlan.of(Topic.BUS, 2, 1).replicas()).isEqualTo(2);
        assertThat(TopicPlan.of(Topic.BUS, 2, 1).settings()).containsEntry("min.insync.replicas", "1");
        assertThat(TopicPlan.of(Topic.BUS, 5, 1).replicas()).isEqualTo(3);
        assertThat(TopicPlan.of(Topic.BUS, 5, 1).settings()).containsEntry("min.insync.replicas", "2");
    }

    @Test
    void theFactorMultipliesPartitionsButForDeadLetters() {
        Map<Topic, TopicState> plan = new TopicProvisioner(cluster, 1, 3).plan();

        assertThat(plan.get(Topic.COMPUTE).partitions()).isEqualTo(12);
        assertThat(plan.get(Topic.LATENCY).partitions()).isEqualTo(6);
        assertThat(plan.get(Topic.DEADLETTER).partitions()).isEqualTo(1);
        assertThatThrownBy(() -> new TopicProvisioner(cluster, 1, 0)).hasMessage("must be >= 1: partitionFactor=0");
    }

    @Test
    void anExistingTopicWithOtherSettingsIsReportedAndLeftAlone() {
        Map<String, String> settings =
                new HashMap<>(TopicPlan.of(Topic.BUS, 1, 1).settings());
        settings.put("message.timestamp.type", "LogAppendTime");
        settings.remove("retention.bytes");
        settings.put("unclean.leader.election.enable", "true"); // not ours to judge
        TopicState other = new TopicState("supernode.bus.v1", 2, 1, settings);
        cluster.topics.put(other.name(), other);

        TopicCheck check = provisioner.create();

        assertThat(check.missing()).isEmpty();
        assertThat(check.differences())
                .containsExactly(
                        new TopicDifference("supernode.bus.v1", "partitions", "4", "2"),
                        new TopicDifference(
                                "supernode.bus.v1", "message.timestamp.type", "CreateTime", "LogAppendTime"),
                        new TopicDifference("supernode.bus.v1", "retention.bytes", "1073741824", "(not set)"));
        assertThat(cluster.topics.get("supernode.bus.v1")).isEqualTo(other);
        assertThatThrownBy(check::requireUsable)
                .isInstanceOf(KafkaSettingsException.class)
                .hasMessageContaining("supernode.bus.v1: partitions=2, expected 4; supernode.bus.v1:")
                .hasMessageEndingWith("; accepted: topics as 'supernode topics create' makes them")
                .message()
                .hasLineCount(1);
    }

    @Test
    void moreIsAsGoodAndSaid() {
        TopicState planned = TopicPlan.of(Topic.LATENCY, 1, 1);
        Map<String, String> settings = new HashMap<>(planned.settings());
        settings.put("cleanup.policy", "delete,compact"); // Kafka gives it back in an order of its own
        cluster.topics.put(planned.name(), new TopicState(planned.name(), 5, 2, settings));

        TopicCheck check = provisioner.create();

        assertThat(check.usable()).isTrue();
        assertThat(check.notes())
                .containsExactly(
                        "supernode.latency.v1: partitions=5, more than the expected 2: used as it is",
                        "supernode.latency.v1: replication.factor=2, more than the expected 1: used as it is");
    }

    /** A cluster that remembers its topics, and knows more of their settings than it was told. */
    private static final class Cluster implements ClusterTopics {
        private final Map<String, TopicState> topics = new HashMap<>();

        @Override
        public Map<String, TopicState> read(Collection<String> names) {
            Map<String, TopicState> found = new HashMap<>(topics);
            found.keySet().retainAll(names);
            return found;
        }

        @Override
        public void create(Collection<TopicState> wanted) {
            wanted.forEach(topic -> topics.putIfAbsent(topic.name(), topic));
        }
    }
}
