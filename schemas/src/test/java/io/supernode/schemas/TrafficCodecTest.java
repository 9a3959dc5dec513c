package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.BusOp;
import io.supernode.window.TrafficWindow;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class TrafficCodecTest {
    @Test
    void aWindowIsWhatAvroItselfWrites() throws Exception {
        var schema = WireSchema.TRAFFIC_WINDOW.schema();
        var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema);
        for (long seed = 0; seed < 500; seed++) {
            TrafficWindow window = window(new RandomEvents(seed));
            byte[] bytes = TrafficCodec.encode(window);
            GenericRecord record = new GenericData.Record(schema);
            record.put("run", window.run());
            record.put("supernode", window.supernode());
            record.put("originEpochNanos", window.originEpochNanos());
            record.put("startNanos", window.startNanos());
            record.put("lengthNanos", window.lengthNanos());
            record.put("revision", window.revision());
            record.put("cards", list(window.cards()));
            record.put("ops", list(window.ops()));
            record.put("groups", list(window.groups()));
            record.put("groupSizes", list(window.groupSizes()));
            record.put("peers", list(window.peers()));
            record.put("sentBytes", LongStream.of(window.sentBytes()).boxed().toList());
            assertThat(ByteBuffer.wrap(bytes)).as("seed %d", seed).isEqualTo(encoder.encode(record));
            assertThat(TrafficCodec.decode(bytes)).usingRecursiveComparison().isEqualTo(window);
        }
    }

    @Test
    void bytesThatAreCutOffOrSayWhatCannotBeAreNotRead() {
        byte[] bytes = TrafficCodec.encode(Golden.TRAFFIC);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> TrafficCodec.decode(cut)).isInstanceOf(UnreadableException.class);
        }
        assertUnreadable(rows(new int[] {1}, new int[] {}, new long[] {1}), "as long as every other column");
        assertUnreadable(rows(new int[] {-1}, new int[] {0}, new long[] {1}), "card=-1");
        assertUnreadable(rows(new int[] {1}, new int[] {BusOp.values().length}, new long[] {1}), "must be 0 to");
        assertUnreadable(rows(new int[] {1}, new int[] {0}, new long[] {-1}), "sentBytes=-1");
    }

    @Test
    void aSecondOfASupernodeHasOneKey() {
        ByteBuffer key = ByteBuffer.wrap(TrafficCodec.key(Golden.TRAFFIC));
        assertThat(key.getLong()).isEqualTo(-7);
        assertThat(key.getInt()).isEqualTo(1);
        assertThat(key.getLong()).isEqualTo(60_000_000_000L);
        assertThat(key.remaining()).isZero();
    }

    private static void assertUnreadable(TrafficWindow window, String why) {
        assertThatThrownBy(() -> TrafficCodec.decode(TrafficCodec.encode(window)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining(why);
    }

    private static TrafficWindow rows(int[] cards, int[] ops, long[] sent) {
        int[] zeros = new int[cards.length];
        return new TrafficWindow(1, 0, 0, 0, 1, 0, cards, ops, zeros, zeros, zeros, sent);
    }

    private static TrafficWindow window(RandomEvents r) {
        int rows = r.count(40);
        return new TrafficWindow(
                r.any(),
                (int) r.upTo(Integer.MAX_VALUE),
                r.any(),
                r.upTo(1L << 60),
                1 + r.upTo(1L << 40),
                (int) r.upTo(Integer.MAX_VALUE),
                IntStream.range(0, rows).map(i -> (int) r.upTo(1 << 20)).toArray(),
                IntStream.range(0, rows)
                        .map(i -> r.count(BusOp.values().length))
                        .toArray(),
                IntStream.range(0, rows).map(i -> (int) r.any()).toArray(),
                IntStream.range(0, rows).map(i -> (int) r.upTo(1 << 20)).toArray(),
                IntStream.range(0, rows).map(i -> (int) r.upTo(1 << 20) - 1).toArray(),
                LongStream.range(0, rows).map(i -> r.upTo(Long.MAX_VALUE)).toArray());
    }

    private static List<Integer> list(int[] values) {
        return IntStream.of(values).boxed().toList();
    }
}
