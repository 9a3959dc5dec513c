package io.supernode.ingest.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics through Kafka's administration protocol. */
final class AdminTopics implements ClusterTopics {
    private static final int TRIES = 100;
    private static final long MILLIS_BETWEEN_TRIES = 100;

    private final Admin admin;

    AdminTopics(Admin admin) {
        this.admin = admin;
    }

    @Override
    public Map<String, TopicState> read(Collection<String> names) {
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(names).topicNameValues().forEach((name, future) -> {
            TopicDescription description =
                    answer("describe topic " + name, future, UnknownTopicOrPartitionException.class);
            if (description != null) {
                found.put(name, description);
            }
        });
        List<ConfigResource> resources = found.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, Config> configs = answer(
                "read the settings of topics", admin.describeConfigs(resources).all(), null);
        Map<String, TopicState> states = new HashMap<>();
        configs.forEach((resource, config) -> {
            Map<String, String> settings = new HashMap<>();
            config.entries().forEach(entry -> {
                if (entry.value() != null) {
                    settings.put(entry.name(), entry.value());
                }
            });
            TopicDescription topic = found.get(resource.name());
            int replicas = topic.partitions().stream()
                    .mapToInt(partition -> partition.replicas().size())
                    .min()
                    .orElse(0);
            states.put(
                    topic.name(),
                    new TopicState(topic.name(), topic.partitions().size(), replicas, settings));
        });
        return states;
    }

    /**
     * The broker that leads each partition, from partition 0, as {@code HOST:PORT}.
     *
     * @throws KafkaFailedException when there is no such topic
     */
    List<String> leaders(String name) {
        TopicDescription topic = answer(
                "find topic " + name + " (supernode topics create makes it)",
                admin.describeTopics(List.of(name)).topicNameValues().get(name),
                null);
        return topic.partitions().stream()
                .sorted(Comparator.comparingInt(TopicPartitionInfo::partition))
                .map(TopicPartitionInfo::leader)
                .map(leader -> leader == null || leader.isEmpty() ? "none" : leader.host() + ":" + leader.port())
                .toList();
    }

    @Override
    public void create(Collection<TopicState> topics) {
        List<NewTopic> created = topics.stream()
                .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) topic.replicas())
                        .configs(topic.settings()))
                .toList();
        admin.createTopics(created)
                .values()
                .forEach((name, future) -> answer("create topic " + name, future, TopicExistsException.class));
        awaitLeaders(topics.stream().map(TopicState::name).collect(Collectors.toSet()));
    }

    /** The controller has decided when creation returns; the brokers learn of it a moment later. */
    private void awaitLeaders(Set<String> names) {
        List<String> waiting = new ArrayList<>(names);
        for (int i = 0; i < TRIES; i++) {
            waiting.removeIf(this::hasLeaders);
            if (waiting.isEmpty()) {
                return;
            }
            try {
                Thread.sleep(MILLIS_BETWEEN_TRIES);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
        throw new KafkaFailedException(
                "topics were created, but have no leader after " + TRIES * MILLIS_BETWEEN_TRIES / 1000 + " s: "
                        + String.join(", ", waiting),
                null);
    }

    private boolean hasLeaders(String name) {
        TopicDescription topic = answer(
                "describe topic " + name,
                admin.describeTopics(List.of(name)).topicNameValues().get(name),
                UnknownTopicOrPartitionException.class);
        return topic != null
                && topic.partitions().stream()
                        .allMatch(partition -> partition.leader() != null
                                && !partition.leader().isEmpty());
    }

    /** The future's value; null when it failed with {@code expected}. */
    private static <T> T answer(String what, KafkaFuture<T> future, Class<? extends Exception> expected) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (expected != null && expected.isInstance(e.getCause())) {
                return null;
            }
            throw new KafkaFailedException(
                    "cannot " + what + ": " + e.getCause().getClass().getSimpleName() + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
