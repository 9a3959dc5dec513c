package io.supernode.benchmarks;

import io.supernode.event.EventKind;
import io.supernode.schemas.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * A bare loop over a Kafka producer with the settings of the engine, sending records that are ready in memory: the most
 * that the client and the broker take. Keys, headers, partitions and bytes are those that the engine sends.
 */
final class RawArm implements Arm {
    private final String name;
    private final Broker broker;
    private final Recording recording;
    private final List<ProducerRecord<byte[], byte[]>> records;

    RawArm(String name, Broker broker, Recording recording) {
        this.name = name;
        this.broker = broker;
        this.recording = recording;
        this.records = records(recording);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String does() {
        return "a bare producer loop over records that are ready in memory, same bytes";
    }

    @Override
    public Work run() {
        long before = broker.recordsHeld();
        try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record);
            }
            producer.flush();
        }
        broker.requireArrived(before, records.size());
        return new Work(recording.report().sentEvents(), records.size(), recording.bytes());
    }

    private static List<ProducerRecord<byte[], byte[]>> records(Recording recording) {
        Map<EventKind, List<Header>> headers = new EnumMap<>(EventKind.class);
        for (EventKind kind : EventKind.values()) {
            String topic = Topic.of(kind).topicName();
            headers.put(
                    kind,
                    List.of(
                            header("run", Long.toString(recording.report().run())),
                            header("loop", "0"),
                            header("schema", topic.substring(topic.indexOf('.') + 1))));
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Recording.Entry entry : recording.entries()) {
            Topic topic = Topic.of(entry.kind());
            boolean heartbeat = entry.header().isHeartbeat();
            int first = heartbeat ? 0 : entry.header().node() % topic.partitions();
            int last = heartbeat ? topic.partitions() - 1 : first;
            byte[] key = ByteBuffer.allocate(4).putInt(entry.header().node()).array();
            for (int partition = first; partition <= last; partition++) {
                records.add(new ProducerRecord<>(
                        topic.topicName(),
                        partition,
                        entry.header().intendedEpochNanos() / 1_000_000,
                        key,
                        entry.frame(),
                        headers.get(entry.kind())));
            }
        }
        return records;
    }

    private static Header header(String key, String value) {
        return new RecordHeader(key, value.getBytes(StandardCharsets.UTF_8));
    }
}
