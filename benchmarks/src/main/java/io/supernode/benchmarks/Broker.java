package io.supernode.benchmarks;

import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaFrameSink;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.schemas.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One embedded broker with the product's topics, shared by all arms of all rounds. */
final class Broker implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final KafkaEdge edge;
    private final Admin admin;

    private Broker(EmbeddedBroker broker, KafkaEdge edge, Admin admin) {
        this.broker = broker;
        this.edge = edge;
        this.admin = admin;
    }

    static Broker start(Path folder) throws IOException {
        EmbeddedBroker broker = EmbeddedBroker.start(folder);
        KafkaSettings settings = KafkaSettings.at(broker.address());
        KafkaEdge edge = KafkaEdge.connect(settings);
        edge.topics(1).create();
        return new Broker(broker, edge, Admin.create(settings.admin(Map.of())));
    }

    KafkaFrameSink frameSink() {
        return edge.frameSink();
    }

    /** With the settings with which the engine sends. */
    KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                edge.settings().frameProducer(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    String address() {
        return broker.address();
    }

    /** Commits the present ends of the topics of events for a group: it begins there. */
    void skipToEnd(String group) {
        edge.skipToEnd(group);
    }

    /** Reads the windows of one run that come from now on. */
    WindowReader windowReader(long run) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                edge.settings().consumer(Map.of()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, Topic.THROUGHPUT.partitions())
                .mapToObj(partition -> new TopicPartition(Topic.THROUGHPUT.topicName(), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeks are lazy: the end is the one of now
        return new WindowReader(consumer, run);
    }

    /** Ends of all partitions of the topics of events, added up: grows by one with every record that arrived. */
    long recordsHeld() {
        Map<TopicPartition, OffsetSpec> ends = Stream.of(Topic.values())
                .filter(topic -> topic.role() == Topic.Role.EVENTS)
                .flatMap(topic -> IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.topicName(), partition)))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        try {
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not tell its offsets", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void requireArrived(long before, long sent) {
        long arrived = recordsHeld() - before;
        if (arrived != sent) {
            throw new IllegalStateException(arrived + " records arrived of " + sent + " sent");
        }
    }

    @Override
    public void close() {
        admin.close();
        edge.close();
        broker.close();
    }
}
