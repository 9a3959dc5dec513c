package io.supernode.ingest.kafka;

import io.supernode.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A Kafka cluster that has answered, and what the product does with it. Everything that it hands out is the caller's to
 * close. Thread-safe; what it hands out is not, unless it says so.
 */
public final class KafkaEdge implements AutoCloseable {
    /** How long a broker may take to answer at all. With the search for the reason it stays below 15 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KafkaSettings settings;
    private final Admin admin;
    private final String clusterId;
    private final List<String> brokers;

    private KafkaEdge(KafkaSettings settings, Admin admin, String clusterId, List<String> brokers) {
        this.settings = settings;
        this.admin = admin;
        this.clusterId = clusterId;
        this.brokers = brokers;
    }

    /**
     * Asks the cluster who it is. Nothing else is tried before it has answered.
     *
     * @throws BrokerUnreachableException when none does within 10 s, told within 15 s
     * @throws KafkaSettingsException when no client can be made of the settings
     */
    public static KafkaEdge connect(KafkaSettings settings) {
        Admin admin = admin(settings);
        try {
            DescribeClusterResult cluster = admin.describeCluster();
            List<String> brokers = new ArrayList<>();
            for (Node node : cluster.nodes().get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS)) {
                brokers.add(node.host() + ":" + node.port());
            }
            String id = cluster.clusterId().get(1, TimeUnit.SECONDS);
            return new KafkaEdge(settings, admin, id, List.copyOf(brokers));
        } catch (ExecutionException | TimeoutException e) {
            admin.close(Duration.ZERO);
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw unreachable(settings, " within " + PATIENCE.toSeconds() + " s", cause);
        } catch (InterruptedException e) {
            admin.close(Duration.ZERO);
            throw new InterruptException(e); // sets the thread's interrupt flag again
        }
    }

    private static Admin admin(KafkaSettings settings) {
        Properties properties = settings.admin(Map.of(
                AdminClientConfig.CLIENT_ID_CONFIG, "supernode-admin",
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()),
                // a broker that is starting is found half a second after it listens
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "500"));
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            if (AddressProbe.noneKnown(settings.bootstrap())) {
                throw unreachable(settings, "", e);
            }
            throw refused(settings, e);
        }
    }

    private static BrokerUnreachableException unreachable(KafkaSettings settings, String when, Throwable cause) {
        return new BrokerUnreachableException(
                "no Kafka broker answered at " + settings.bootstrap() + when + ": "
                        + AddressProbe.reason(settings.bootstrap(), cause)
                        + "; start one there or name another with --kafka HOST:PORT",
                cause);
    }

    /** Name of the cluster, as it calls itself. */
    public String clusterId() {
        return clusterId;
    }

    /** {@code HOST:PORT} of every broker, as they want to be called. */
    public List<String> brokers() {
        return brokers;
    }

    public KafkaSettings settings() {
        return settings;
    }

    /** @param partitionFactor multiplies the partitions of the catalogue for clusters that take more; >= 1 */
    public TopicProvisioner topics(int partitionFactor) {
        return new TopicProvisioner(new AdminTopics(admin), brokers.size(), partitionFactor);
    }

    /**
     * A sink to the topics of events.
     *
     * @throws KafkaFailedException when one of them does not exist
     */
    public KafkaFrameSink frameSink() {
        AdminTopics topics = new AdminTopics(admin);
        Map<Topic, List<String>> leaders = new EnumMap<>(Topic.class);
        for (Topic topic : Topic.values()) {
            if (topic.role() == Topic.Role.EVENTS) {
                leaders.put(topic, topics.leaders(topic.topicName()));
            }
        }
        return new KafkaFrameSink(producer(), leaders);
    }

    /** Tells how far a consumer group is behind. */
    public GroupLag lagOf(String group) {
        return new GroupLag(admin, group);
    }

    /** Reads how far event time has come on this cluster. */
    public LatestEventTime latestEventTime() {
        return new LatestEventTime(consumer("supernode-latest"));
    }

    /** Reads how far the newest run on this cluster has been sent. */
    public SentRun sentRun() {
        return new SentRun(consumer("supernode-resume"));
    }

    /** Records what is sent, or has been. */
    public TopicRecorder recorder() {
        return new TopicRecorder(consumer("supernode-record"), clusterId);
    }

    /** Counts what was put aside from now on. */
    public DeadLetterCounter deadLetters() {
        return new DeadLetterCounter(consumer("supernode-deadletters"));
    }

    /**
     * Commits the present ends of the topics of events for a group, so that a job which starts from what its group has
     * committed sees all that is sent from now on, however long it takes to start, and nothing before. The group must
     * have no members.
     *
     * @throws KafkaFailedException when the cluster refuses
     */
    public void skipToEnd(String group) {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        AdminTopics topics = new AdminTopics(admin);
        for (Topic topic : Topic.values()) {
            if (topic.role() == Topic.Role.EVENTS) {
                int count = topics.leaders(topic.topicName()).size();
                for (int partition = 0; partition < count; partition++) {
                    partitions.put(new TopicPartition(topic.topicName(), partition), OffsetSpec.latest());
                }
            }
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
            admin.listOffsets(partitions)
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .forEach((partition, end) -> ends.put(partition, new OffsetAndMetadata(end.offset())));
            admin.alterConsumerGroupOffsets(group, ends).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            throw new KafkaFailedException("cannot set where group " + group + " starts: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            throw new InterruptException(e); // sets the thread's interrupt flag again
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }

    private Producer<byte[], byte[]> producer() {
        try {
            return new KafkaProducer<>(settings.frameProducer(), new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw refused(settings, e);
        }
    }

    private Consumer<byte[], byte[]> consumer(String clientId) {
        Properties properties = settings.consumer(Map.of(
                ConsumerConfig.CLIENT_ID_CONFIG, clientId,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "15000",
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000"));
        try {
            return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw refused(settings, e);
        }
    }

    private static KafkaSettingsException refused(KafkaSettings settings, KafkaException e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new KafkaSettingsException("cannot make a Kafka client for " + settings + ": " + cause.getMessage(), e);
    }
}
