package io.supernode.ingest.kafka;

import io.supernode.schemas.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Creates the topics of the catalogue, and says where existing ones differ. It never changes an existing topic. */
public final class TopicProvisioner {
    private final ClusterTopics cluster;
    private final Map<Topic, TopicState> plan = new LinkedHashMap<>();

    TopicProvisioner(ClusterTopics cluster, int brokers, int partitionFactor) {
        if (partitionFactor < 1) {
            throw new KafkaSettingsException("must be >= 1: partitionFactor=" + partitionFactor);
        }
        this.cluster = cluster;
        for (Topic topic : Topic.values()) {
            plan.put(topic, TopicPlan.of(topic, brokers, partitionFactor));
        }
    }

    /** How the topics should be, in the order of the catalogue. */
    public Map<Topic, TopicState> plan() {
        return Map.copyOf(plan);
    }

    /** Those that exist, as the cluster has them, with all their settings; in the order of the catalogue. */
    public Map<Topic, TopicState> describe() {
        Map<String, TopicState> found =
                cluster.read(plan.values().stream().map(TopicState::name).toList());
        Map<Topic, TopicState> described = new LinkedHashMap<>();
        plan.forEach((topic, wanted) -> {
            if (found.containsKey(wanted.name())) {
                described.put(topic, found.get(wanted.name()));
            }
        });
        return described;
    }

    /** Compares without touching anything. */
    public TopicCheck check() {
        Map<Topic, TopicState> actual = describe();
        List<String> missing = new ArrayList<>();
        List<TopicDifference> differences = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        plan.forEach((topic, wanted) -> {
            TopicState found = actual.get(topic);
            if (found == null) {
                missing.add(wanted.name());
            } else {
                compare(wanted, found, differences, notes);
            }
        });
        return new TopicCheck(missing, differences, notes);
    }

    /** Creates what is missing, leaves what exists, and says how the topics then compare. */
    public TopicCheck create() {
        Set<String> missing = new HashSet<>(check().missing());
        if (!missing.isEmpty()) {
            cluster.create(plan.values().stream()
                    .filter(topic -> missing.contains(topic.name()))
                    .toList());
        }
        return check();
    }

    private static void compare(
            TopicState wanted, TopicState found, List<TopicDifference> differences, List<String> notes) {
        atLeast(wanted.name(), "partitions", wanted.partitions(), found.partitions(), differences, notes);
        atLeast(wanted.name(), "replication.factor", wanted.replicas(), found.replicas(), differences, notes);
        new TreeMap<>(wanted.settings()).forEach((setting, expected) -> {
            String actual = found.settings().getOrDefault(setting, "(not set)");
            if (!sameList(expected, actual)) {
                differences.add(new TopicDifference(wanted.name(), setting, expected, actual));
            }
        });
    }

    /** More is as good, and said; less is not. */
    private static void atLeast(
            String topic,
            String what,
            int expected,
            int actual,
            List<TopicDifference> differences,
            List<String> notes) {
        if (actual < expected) {
            differences.add(new TopicDifference(topic, what, Integer.toString(expected), Integer.toString(actual)));
        } else if (actual > expected) {
            notes.add(topic + ": " + what + "=" + actual + ", more than the expected " + expected + ": used as it is");
        }
    }

    /** Kafka gives lists back in an order of its own. */
    private static boolean sameList(String expected, String actual) {
        return expected.equals(actual)
                || Set.copyOf(Arrays.asList(expected.split(",")))
                        .equals(new HashSet<>(Arrays.asList(actual.split(","))));
    }
}
