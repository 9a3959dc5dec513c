package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class WindowCodecTest {
    @Test
    void aThroughputWindowIsWhatAvroItselfWrites() throws Exception {
        var schema = WireSchema.THROUGHPUT_WINDOW.schema();
        var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema);
        var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema);
        for (long seed = 0; seed < 2_000; seed++) {
            ThroughputWindow window = RandomWindows.throughput(new RandomEvents(seed));
            byte[] bytes = WindowCodec.encode(window);
            GenericRecord asAvro = FrameRecords.byName(schema, window);
            assertThat(ByteBuffer.wrap(bytes)).as("seed %d", seed).isEqualTo(encoder.encode(asAvro));
            assertThat(decoder.decode(bytes, null)).isEqualTo(asAvro);
            assertThat(WindowCodec.throughput(bytes)).isEqualTo(window);
        }
    }

    @Test
    void aLatencyWindowIsWhatAvroItselfWrites() throws Exception {
        var schema = WireSchema.LATENCY_WINDOW.schema();
        var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema);
        var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema);
        for (long seed = 0; seed < 2_000; seed++) {
            LatencyWindow window = RandomWindows.latency(new RandomEvents(seed));
            byte[] bytes = WindowCodec.encode(window);
            GenericRecord asAvro = FrameRecords.byName(schema, window);
            assertThat(ByteBuffer.wrap(bytes)).as("seed %d", seed).isEqualTo(encoder.encode(asAvro));
            assertThat(decoder.decode(bytes, null)).isEqualTo(asAvro);
            assertThat(WindowCodec.latency(bytes))
                    .usingRecursiveComparison()
                    .as("seed %d", seed)
                    .isEqualTo(window);
            assertThat(WindowCodec.encode(WindowCodec.latency(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void theQuantilesArriveWithTheWindow() throws Exception {
        LatencySketch sketch = new LatencySketch();
        for (long nanos = 1; nanos <= 1_000; nanos++) {
            sketch.add(nanos * 1_000);
        }
        LatencySketch arrived = WindowCodec.latency(WindowCodec.encode(latency(LatencyMetric.STEP, sketch)))
                .sketch();
        for (double q : new double[] {0, 0.5, 0.9, 0.99, 1}) {
            assertThat(arrived.quantile(q)).isEqualTo(sketch.quantile(q));
        }
        assertThat(arrived.count()).isEqualTo(1_000);
        assertThat(arrived.sum()).isEqualTo(500_500_000);
    }

    @Test
    void anEmptyDistributionIsLegal() throws Exception {
        LatencyWindow empty = new LatencyWindow(
                1, 0, Scope.CARD, 3, LatencyMetric.BUS, 0, 0, 1, 0, 0, 0, 0, 0, new int[0], new long[0]);
        assertThat(WindowCodec.latency(WindowCodec.encode(empty)).sketch().isEmpty())
                .isTrue();
    }

    /** Small numbers, so that many windows share a key: then, and only then, their record keys are equal. */
    @Test
    void recordKeysAreEqualExactlyWhereWindowsReplaceEachOther() {
        Map<ByteBuffer, Object> byBytes = new HashMap<>();
        Map<Object, ByteBuffer> byKey = new HashMap<>();
        for (long seed = 0; seed < 3_000; seed++) {
            RandomEvents random = new RandomEvents(seed);
            Scope scope = Scope.values()[random.count(3)];
            LatencyMetric metric = LatencyMetric.values()[random.count(3)];
            long run = random.count(2);
            int supernode = random.count(2);
            int entity = random.count(3);
            long start = random.count(3);
            long length = 1 + random.count(2);
            LatencyWindow window = new LatencyWindow(
                    run,
                    supernode,
                    scope,
                    entity,
                    metric,
                    random.any(),
                    start,
                    length,
                    random.count(9),
                    0,
                    0,
                    0,
                    0,
                    new int[0],
                    new long[0]);
            Object key = Map.entry(window.key(), metric);
            ByteBuffer bytes = ByteBuffer.wrap(WindowCodec.key(window));
            assertThat(byBytes.computeIfAbsent(bytes, b -> key)).isEqualTo(key);
            assertThat(byKey.computeIfAbsent(key, k -> bytes)).isEqualTo(bytes);
        }
        assertThat(byKey).hasSizeGreaterThan(300);
    }

    @Test
    void theKeyOfAThroughputWindowIsItsWindowKeyBigEndian() {
        ThroughputWindow window = RandomWindows.throughput(new RandomEvents(5));
        ByteBuffer key = ByteBuffer.wrap(WindowCodec.key(window));
        assertThat(key.getLong()).isEqualTo(window.run());
        assertThat(key.getInt()).isEqualTo(window.supernode());
        assertThat(key.get()).isEqualTo((byte) window.scope().ordinal());
        assertThat(key.getInt()).isEqualTo(window.entity());
        assertThat(key.getLong()).isEqualTo(window.startNanos());
        assertThat(key.getLong()).isEqualTo(window.lengthNanos());
        assertThat(key.remaining()).isZero();
    }

    @Test
    void aDistributionThatContradictsItselfIsNotRead() {
        assertUnreadable(distribution(2, 5, 9, new int[] {3, 2}, new long[] {1, 1}), "bucketIndices must ascend");
        assertUnreadable(distribution(1, 5, 9, new int[] {-1}, new long[] {1}), "bucketIndices must ascend");
        assertUnreadable(distribution(1, 5, 9, new int[] {1 << 30}, new long[] {1}), "bucketIndices must ascend");
        assertUnreadable(distribution(1, 5, 9, new int[] {2, 3}, new long[] {1}), "bucketCounts must be 2 numbers");
        assertUnreadable(distribution(0, 5, 9, new int[] {2}, new long[] {0}), "bucketCounts must be > 0");
        assertUnreadable(
                distribution(0, 5, 9, new int[] {2, 3}, new long[] {Long.MAX_VALUE, Long.MAX_VALUE}),
                "bucketCounts must be > 0");
        assertUnreadable(distribution(3, 5, 9, new int[] {2}, new long[] {2}), "count must be 2");
        assertUnreadable(distribution(1, 9, 5, new int[] {2}, new long[] {1}), "minNanos must be 0 to 5");
    }

    @Test
    void aWindowIsNotReadAsOneOfAnotherKind() {
        byte[] bytes = WindowCodec.encode(RandomWindows.throughput(new RandomEvents(1)));
        assertThatThrownBy(() -> WindowCodec.latency(bytes))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("not a readable LatencyWindow at byte 2: it is a ThroughputWindow");
    }

    private static void assertUnreadable(LatencyWindow window, String problem) {
        assertThatThrownBy(() -> WindowCodec.latency(WindowCodec.encode(window)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining(problem);
    }

    private static LatencyWindow distribution(long count, long min, long max, int[] indices, long[] counts) {
        return new LatencyWindow(
                1, 0, Scope.CARD, 3, LatencyMetric.BUS, 0, 0, 1_000, 0, count, 10, min, max, indices, counts);
    }

    private static LatencyWindow latency(LatencyMetric metric, LatencySketch sketch) {
        return new LatencyWindow(
                1,
                0,
                Scope.CARD,
                3,
                metric,
                0,
                0,
                1_000,
                0,
                sketch.count(),
                sketch.sum(),
                sketch.min(),
                sketch.max(),
                sketch.bucketIndices(),
                sketch.bucketCounts());
    }
}
