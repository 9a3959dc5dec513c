package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventKind;
import io.supernode.replay.SendFailedException;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaFrameSinkTest {
    private static final Map<Topic, List<String>> LEADERS = Map.of(
            Topic.COMPUTE, List.of("a:1", "b:1", "a:1", "b:1"),
            Topic.BUS, List.of("a:1", "b:1", "a:1"),
            Topic.STEP, List.of("a:1"),
            Topic.REQUEST, List.of("a:1"),
            Topic.SAMPLE, List.of("a:1"),
            Topic.FAULT, List.of("a:1"));
    private static final byte[] FRAME = {1, 2, 3};

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(cluster(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaFrameSink sink = new KafkaFrameSink(producer, LEADERS);

    @Test
    void aFrameGoesToItsNodesPartitionWithItsTimeKeyAndHeaders() {
        sink.startLoop(2);

        sink.send(EventKind.BUS, header(7), FRAME);

        ProducerRecord<byte[], byte[]> record = producer.history().get(0);
        assertThat(record.topic()).isEqualTo("supernode.bus.v1");
        assertThat(record.partition()).isEqualTo(7 % 3);
        assertThat(record.timestamp()).isEqualTo(1_700_000_000_123L); // the nanoseconds below are cut off
        assertThat(record.key()).containsExactly(0, 0, 0, 7);
        assertThat(record.value()).isSameAs(FRAME);
        Map<String, String> headers = new HashMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        assertThat(headers).isEqualTo(Map.of("run", "42", "loop", "2", "schema", "bus.v1"));
    }

    @Test
    void theFramesOfANodeStayInOneLaneInTheirOrder() {
        for (int sequence = 0; sequence < 3; sequence++) {
            for (int node = 0; node < 48; node++) {
                sink.send(EventKind.COMPUTE, header(node), new byte[] {(byte) node, (byte) sequence});
            }
        }

        Map<Integer, Integer> next = new HashMap<>();
        producer.history().forEach(record -> {
            int node = record.value()[0];
            assertThat(record.partition()).isEqualTo(node % 4);
            assertThat((int) record.value()[1]).isEqualTo(next.merge(node, 1, Integer::sum) - 1);
        });
        assertThat(next).hasSize(48);
    }

    @Test
    void aHeartbeatGoesToEveryPartition() {
        sink.heartbeat(EventKind.COMPUTE, header(FrameHeader.HEARTBEAT), FRAME);

        assertThat(producer.history()).extracting(ProducerRecord::partition).containsExactly(0, 1, 2, 3);
        assertThat(producer.history().get(3).key()).containsExactly(-1, -1, -1, -1);
        assertThat(sink.records()).isEqualTo(4);
        assertThat(sink.bytes()).isEqualTo(12);
    }

    @Test
    void whatIsSentHasArrivedOnlyWhenItIsAcknowledged() {
        sink.send(EventKind.STEP, header(0), FRAME);
        assertThat(sink.arrived()).isZero();

        sink.flush(); // the mock acknowledges all then

        assertThat(sink.arrived()).isEqualTo(1);
    }

    @Test
    void aFrameThatDidNotArriveFailsTheNextSendAndEveryFlush() {
        sink.send(EventKind.COMPUTE, header(5), FRAME);
        sink.send(EventKind.COMPUTE, header(5), FRAME);
        producer.errorNext(new TimeoutException("30 s have passed"));

        String message = "frame did not arrive: topic supernode.compute.v1, partition 1, broker b:1: TimeoutException:"
                + " 30 s have passed";
        assertThatThrownBy(() -> sink.send(EventKind.STEP, header(0), FRAME))
                .isInstanceOf(SendFailedException.class)
                .hasMessage(message)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(sink::flush).hasMessage(message);
        assertThatThrownBy(sink::flush).hasMessage(message);
        assertThat(producer.history()).as("nothing is sent after the failure").hasSize(2);
    }

    @Test
    void aFailureThatComesWithTheFlushFailsIt() {
        MockProducer<byte[], byte[]> failing =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized void flush() {
                        errorNext(new RecordTooLargeException("too large"));
                    }
                };
        KafkaFrameSink sink = new KafkaFrameSink(failing, LEADERS);
        sink.send(EventKind.REQUEST, header(0), FRAME);

        assertThatThrownBy(sink::flush)
                .isInstanceOf(SendFailedException.class)
                .hasMessage("frame did not arrive: topic supernode.request.v1, partition 0, broker a:1:"
                        + " RecordTooLargeException: too large");
    }

    @Test
    void aBufferThatStaysFullFailsTheSend() {
        producer.sendException = new TimeoutException("no room for 30000 ms");

        assertThatThrownBy(() -> sink.send(EventKind.BUS, header(1), FRAME))
                .isInstanceOf(SendFailedException.class)
                .hasMessage("frame did not arrive: topic supernode.bus.v1, partition 1, broker b:1:"
                        + " TimeoutException: no room for 30000 ms");
        assertThat(sink.records()).isZero();
    }

    @Test
    void closingClosesTheProducer() {
        sink.close();

        assertThat(producer.closed()).isTrue();
    }

    /** The mock tells the partition of a failed record only where its cluster has that partition. */
    private static Cluster cluster() {
        List<PartitionInfo> partitions = new ArrayList<>();
        LEADERS.forEach((topic, brokers) -> {
            for (int i = 0; i < brokers.size(); i++) {
                partitions.add(new PartitionInfo(topic.topicName(), i, null, null, null));
            }
        });
        return new Cluster("mock", List.of(), partitions, Set.of(), Set.of());
    }

    private static FrameHeader header(int node) {
        return new FrameHeader(42, 0, node, 0, 1_600_000_000_000_000_000L, 1_700_000_000_123_999_999L, 0, 10);
    }
}
