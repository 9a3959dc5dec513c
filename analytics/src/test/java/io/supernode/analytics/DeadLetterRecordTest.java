package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class DeadLetterRecordTest {
    @Test
    void bytesAsTheyCameWithWhereTheyCameFrom() {
        byte[] bytes = bytes(1 << 20); // the largest record that a topic of events takes
        ProducerRecord<byte[], byte[]> record =
                KafkaWindows.record(new DeadLetter("supernode.bus.v1", 3, 42, "decode", "no frame", -1, "", bytes));

        assertThat(record.topic()).isEqualTo(Topic.DEADLETTER.topicName());
        assertThat(record.value()).isEqualTo(bytes);
        assertThat(header(record, "topic")).isEqualTo("supernode.bus.v1");
        assertThat(header(record, "partition")).isEqualTo("3");
        assertThat(header(record, "offset")).isEqualTo("42");
        assertThat(header(record, "stage")).isEqualTo("decode");
        assertThat(header(record, "reason")).isEqualTo("no frame");
        assertThat(record.headers().lastHeader("events"))
                .as("unknown is not zero")
                .isNull();
        assertThat(record.headers().lastHeader("run")).isNull();
        assertThat(record.headers().lastHeader("length")).isNull();
    }

    @Test
    void whatIsTooLargeForItsTopicKeepsItsBeginning() {
        byte[] bytes = bytes(20 << 20);
        ProducerRecord<byte[], byte[]> record =
                KafkaWindows.record(new DeadLetter("supernode.bus.v1", 0, 7, "late", "late", 5, "99", bytes));

        assertThat(record.value()).isEqualTo(Arrays.copyOf(bytes, KafkaWindows.DEAD_LETTER_BYTES_MAX));
        assertThat(header(record, "length")).isEqualTo(Integer.toString(20 << 20));
        assertThat(header(record, "events")).isEqualTo("5");
        assertThat(header(record, "run")).isEqualTo("99");
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
