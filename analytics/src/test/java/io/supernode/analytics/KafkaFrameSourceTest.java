package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What a checkpoint keeps of a partition: read back as it was, and as the connector alone wrote it. */
class KafkaFrameSourceTest {
    private static final KafkaPartitionSplit SPLIT =
            new KafkaPartitionSplit(new TopicPartition("supernode.bus.v1", 3), 12_345);

    private final SimpleVersionedSerializer<KafkaPartitionSplit> splits =
            KafkaFrames.source(JobOptions.of("127.0.0.1:9")).getSplitSerializer();
    private final KafkaPartitionSplitSerializer connector = new KafkaPartitionSplitSerializer();

    @Test
    void aSplitOfTheConnectorAloneIsRead() throws IOException {
        assertThat(splits.deserialize(connector.getVersion(), connector.serialize(SPLIT)))
                .isEqualTo(SPLIT);
    }

    @Test
    void timeAndOffsetSurvive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        new FrameTime(1_800_000_000_123L, 1_800_000_000_456_000_000L).write(out);
        out.write(connector.serialize(SPLIT));

        KafkaPartitionSplit read = splits.deserialize(splits.getVersion(), bytes.toByteArray());
        assertThat(read.getTopicPartition()).isEqualTo(SPLIT.getTopicPartition());
        assertThat(read.getStartingOffset()).isEqualTo(SPLIT.getStartingOffset());
        assertThat(read.getStoppingOffset()).isEqualTo(SPLIT.getStoppingOffset());
        assertThat(splits.serialize(read)).isEqualTo(bytes.toByteArray());
    }

    @Test
    void aPartitionThatHasToldNoTimeIsWrittenTheSameWay() throws IOException {
        KafkaPartitionSplit read = splits.deserialize(splits.getVersion(), splits.serialize(SPLIT));
        assertThat(splits.serialize(read)).isEqualTo(splits.serialize(SPLIT));
        assertThat(read.getStartingOffset()).isEqualTo(12_345);
    }
}
