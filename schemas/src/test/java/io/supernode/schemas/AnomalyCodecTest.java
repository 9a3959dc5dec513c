package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.Cause;
import java.nio.ByteBuffer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class AnomalyCodecTest {
    @Test
    void anAnomalyIsWhatAvroItselfWrites() throws Exception {
        var schema = WireSchema.ANOMALY.schema();
        var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema);
        for (long seed = 0; seed < 2_000; seed++) {
            Anomaly anomaly = anomaly(new RandomEvents(seed));
            byte[] bytes = AnomalyCodec.encode(anomaly);
            assertThat(ByteBuffer.wrap(bytes))
                    .as("seed %d", seed)
                    .isEqualTo(encoder.encode(FrameRecords.byName(schema, anomaly)));
            assertThat(AnomalyCodec.decode(bytes)).isEqualTo(anomaly);
        }
    }

    @Test
    void aRevisionHasTheKeyOfTheOneBefore() {
        ByteBuffer key = ByteBuffer.wrap(AnomalyCodec.key(Golden.ANOMALY));
        assertThat(key.getLong()).isEqualTo(-7);
        assertThat(key.getInt()).isEqualTo(1);
        assertThat(key.getLong()).isEqualTo(12);
        assertThat(key.remaining()).isZero();
    }

    @Test
    void bytesThatAreCutOffOrOfAnotherRecordAreNotRead() {
        byte[] bytes = AnomalyCodec.encode(Golden.ANOMALY);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> AnomalyCodec.decode(cut)).isInstanceOf(UnreadableException.class);
        }
        assertThatThrownBy(() -> AnomalyCodec.decode(WindowCodec.encode(Golden.THROUGHPUT)))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("not a readable Anomaly at byte 2: it is a ThroughputWindow");
    }

    private static Anomaly anomaly(RandomEvents r) {
        return new Anomaly(
                r.any(),
                (int) r.upTo(Integer.MAX_VALUE),
                r.any(),
                r.upTo(Long.MAX_VALUE),
                (int) r.upTo(Integer.MAX_VALUE),
                AnomalyKind.values()[r.count(AnomalyKind.values().length)],
                Cause.values()[r.count(Cause.values().length)],
                (int) r.any(),
                (int) r.any(),
                (int) r.any(),
                (int) r.any(),
                (int) r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                (int) r.any(),
                (int) r.any());
    }
}
