package io.supernode.analytics;

import io.supernode.schemas.Topic;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** The event topics as a source of frames, unread and with their provenance. */
final class KafkaFrames implements KafkaRecordDeserializationSchema<RawFrame> {
    private static final long serialVersionUID = 1L;
    private static final byte[] NO_VALUE = {};

    private transient Map<String, Topic> topics;

    private KafkaFrames() {}

    static KafkaFrameSource source(JobOptions options) {
        Properties properties = new Properties();
        // fewer, larger fetches: frames are small and many
        properties.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        properties.putAll(options.properties());
        KafkaSource<RawFrame> kafka = KafkaSource.<RawFrame>builder()
                .setBootstrapServers(options.bootstrap())
                .setTopics(eventTopics().stream().map(Topic::topicName).toList())
                .setGroupId(options.groupId())
                .setClientIdPrefix(options.groupId())
                .setStartingOffsets(offsets(options.start()))
                .setProperties(properties)
                .setDeserializer(new KafkaFrames())
                .build();
        return new KafkaFrameSource(kafka, options.outOfOrderness());
    }

    private static List<Topic> eventTopics() {
        return Arrays.stream(Topic.values())
                .filter(topic -> topic.role() == Topic.Role.EVENTS)
                .toList();
    }

    // the connector's own method takes the strategy that Kafka's clients have replaced
    @SuppressWarnings("deprecation")
    private static OffsetsInitializer offsets(JobOptions.Start start) {
        return switch (start) {
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
        };
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawFrame> out) {
        if (topics == null) {
            topics = new HashMap<>();
            eventTopics().forEach(topic -> topics.put(topic.topicName(), topic));
        }
        out.collect(new RawFrame(
                topics.get(record.topic()),
                record.partition(),
                record.offset(),
                record.value() == null ? NO_VALUE : record.value()));
    }

    @Override
    public TypeInformation<RawFrame> getProducedType() {
        return TypeInformation.of(RawFrame.class);
    }
}
