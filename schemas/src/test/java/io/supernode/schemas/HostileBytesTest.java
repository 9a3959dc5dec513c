package io.supernode.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes: an answer or {@link UnreadableException}, and memory in proportion to their number. */
class HostileBytesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** An event of 7 bytes takes 130 in a batch, which grows by halves. */
    private static final long MOST_BYTES_PER_BYTE = 100;
    /** For exceptions, and for classes met for the first time; a count believed would ask for far more. */
    private static final long MOST_BYTES = 1_000_000;

    @FunctionalInterface
    private interface Reading {
        void of(byte[] bytes) throws UnreadableException;
    }

    @ParameterizedTest
    @EnumSource(EventKind.class)
    void spoiltFrames(EventKind kind) {
        FrameReader reader = new FrameReader(kind);
        FrameWriter writer = new FrameWriter(kind);
        assertHarmless(
                seed -> {
                    RandomEvents random = new RandomEvents(seed);
                    FrameHeader header = random.header(false);
                    return FrameRecords.write(writer, header, random.batch(kind, header.baseNanos(), random.count(20)));
                },
                bytes -> {
                    EventBatch into = new EventBatch(16);
                    into.addStep(1, 2, 3, 4, 0, 6, 7);
                    try {
                        FrameHeader header = reader.read(bytes, into);
                        assertThat(reader.header(bytes)).isEqualTo(header);
                        for (int i = 1; i < into.size(); i++) {
                            assertThat(EventRules.problem(into, i)).isNull();
                        }
                    } catch (UnreadableException e) {
                        assertThat(into.size()).isEqualTo(1);
                        throw e;
                    }
                });
    }

    @Test
    void spoiltThroughputWindows() {
        assertHarmless(
                seed -> WindowCodec.encode(RandomWindows.throughput(new RandomEvents(seed))), WindowCodec::throughput);
    }

    @Test
    void spoiltLatencyWindows() {
        assertHarmless(seed -> WindowCodec.encode(RandomWindows.latency(new RandomEvents(seed))), bytes -> {
            var sketch = WindowCodec.latency(bytes).sketch();
            if (!sketch.isEmpty()) {
                assertThat(sketch.quantile(0.5)).isNotNegative();
                assertThat(sketch.quantile(1)).isNotNegative();
            }
        });
    }

    @Test
    void spoiltTraceBlocks() {
        TraceBlock block = new TraceBlock(TraceSchemas.union());
        assertHarmless(HostileBytesTest::traceBlock, bytes -> walk(block, bytes, 2 + EventKind.values().length));
    }

    /** Avro's own reader bounds a count by the bytes that remain: another version of it must not lose that. */
    @Test
    void anOlderFrameWithACountOfTwoBillion() throws Exception {
        Schema yesterday = new Schema.Parser()
                .parse(WireSchema.STEP_FRAME.schema().toString().replace("megaflops", "operations"));
        byte[] frame = new byte[SingleObject.HEADER_BYTES + 8 + 5];
        var written = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), yesterday)
                .encode(FrameRecords.generic(new FrameHeader(0, 0, 0, 0, 0, 0, 0, 0), new EventBatch(), yesterday));
        written.get(frame, 0, SingleObject.HEADER_BYTES);
        System.arraycopy(HexFormat.of().parseHex("eeffffff0f"), 0, frame, SingleObject.HEADER_BYTES + 8, 5);
        FrameReader reader = new FrameReader(EventKind.STEP, List.of(yesterday));
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> reader.read(frame, new EventBatch(16)))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("older version");
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
    }

    @Test
    void spoiltTraceBlocksOfAnOlderFile() {
        Schema reordered = Schema.createUnion(TraceSchemas.union().getTypes().stream()
                .sorted((a, b) -> a == b ? 0 : b.getName().compareTo(a.getName()))
                .toList());
        TraceBlock block = new TraceBlock(reordered);
        assertHarmless(
                seed -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    RandomEvents random = new RandomEvents(seed);
                    for (EventKind kind : EventKind.values()) {
                        FrameHeader header = random.header(false);
                        var frame = FrameRecords.generic(
                                kind, header, random.batch(kind, header.baseNanos(), random.count(9)));
                        SingleObject.write(frame, reordered, out);
                    }
                    return out.toByteArray();
                },
                bytes -> walk(block, bytes, EventKind.values().length));
    }

    /** A step frame's header is 00 for each of its eight fields; then comes what is said here of its events. */
    @ParameterizedTest
    @CsvSource({
        "'', must be a whole number",
        "80, must be a whole number",
        "FFFFFFFFFFFFFFFFFF0100, number of items", // -2^63 items
        "FEFFFFFFFFFFFFFFFF01, number of items", // 2^63-1 items
        "8080808010, number of items", // 2^31 items
        "04, number of items", // 2 items in no bytes
        "0200, number of items",
        "80808080808080808002, must fit 64 bits",
        "8080808080808080808000, must fit 64 bits",
        "0000, must be the last byte",
        "02000000000000000000, must be the last byte",
        "0100, number of items", // -1 items in a block of 0 bytes
        "0101000000000000000000, size of a block", // a block of -1 bytes
        "0110, size of a block", // a block longer than the frame
        "0112000000000000000000000000, block must end at byte",
        "02010000000000000000, card=-1",
        "02000100000000000000, step=-1",
        "02000001000000000000, endDeltaNanos must be 0 to",
        "02000000010000000000, durationNanos=-1",
        "02000000000200000000, waitNanos=1",
        "02000000000001000000, tokens=-1",
        "02808080801000000000000000, card must fit 32 bits",
        "02808080808000000000000000, card must fit 32 bits",
    })
    void spoiltEventsAreNamed(String events, String problem) {
        byte[] frame = FrameRecords.write(
                new FrameWriter(EventKind.STEP), new FrameHeader(0, 0, 0, 0, 0, 0, 0, 0), new EventBatch());
        byte[] tail = HexFormat.of().parseHex(events);
        byte[] spoilt = Arrays.copyOf(frame, frame.length - 1 + tail.length);
        System.arraycopy(tail, 0, spoilt, frame.length - 1, tail.length);
        EventBatch into = new EventBatch();
        assertThatThrownBy(() -> new FrameReader(EventKind.STEP).read(spoilt, into))
                .isInstanceOf(UnreadableException.class)
                .hasMessageStartingWith("not a readable StepFrame before byte ")
                .hasMessageContaining(problem);
        assertThat(into.size()).isZero();
    }

    /** Other writers of Avro cut arrays into blocks, or tell a block's size first; both are the specification's. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "04" + "02000000000000" + "04000000000000" + "00", // one block
                "02" + "02000000000000" + "02" + "04000000000000" + "00", // a block each
                "03" + "1C" + "02000000000000" + "04000000000000" + "00", // a block of -2 events and 14 bytes
            })
    void blocksOfEveryShapeAreRead(String events) throws Exception {
        byte[] frame = FrameRecords.write(
                new FrameWriter(EventKind.STEP), new FrameHeader(0, 0, 0, 0, 0, 0, 0, 0), new EventBatch());
        byte[] tail = HexFormat.of().parseHex(events);
        byte[] whole = Arrays.copyOf(frame, frame.length - 1 + tail.length);
        System.arraycopy(tail, 0, whole, frame.length - 1, tail.length);
        EventBatch into = new EventBatch();
        new FrameReader(EventKind.STEP).read(whole, into);
        assertThat(into.size()).isEqualTo(2);
        assertThat(into.card(0)).isEqualTo(1);
        assertThat(into.card(1)).isEqualTo(2);
    }

    @Test
    void aHeartbeatHasNoEventsAndAHeaderItsRanges() {
        FrameReader reader = new FrameReader(EventKind.STEP);
        byte[] frame = FrameRecords.write(
                new FrameWriter(EventKind.STEP), new FrameHeader(0, 0, 0, 0, 0, 0, 0, 0), new EventBatch());
        byte[] negativeSupernode = frame.clone();
        negativeSupernode[SingleObject.HEADER_BYTES + 1] = 1;
        assertThatThrownBy(() -> reader.header(negativeSupernode))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("supernode=-1");
        byte[] heartbeat = Arrays.copyOf(frame, frame.length + 8);
        heartbeat[SingleObject.HEADER_BYTES + 2] = 1;
        heartbeat[frame.length - 1] = 2;
        assertThatThrownBy(() -> reader.read(heartbeat, new EventBatch()))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("heartbeat");
    }

    private static byte[] traceBlock(long seed) throws UnreadableException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RandomEvents random = new RandomEvents(seed);
        out.writeBytes(TraceSchemas.encoded(Golden.REQUEST).array());
        out.writeBytes(TraceSchemas.encoded(Golden.INDEX).array());
        for (EventKind kind : EventKind.values()) {
            FrameHeader header = random.header(false);
            EventBatch events = random.batch(kind, header.baseNanos(), random.count(9));
            byte[] frame = FrameRecords.write(new FrameWriter(kind), header, events);
            out.writeBytes(TraceSchemas.encoded(kind, frame).array());
        }
        return out.toByteArray();
    }

    private static void walk(TraceBlock block, byte[] bytes, int records) throws UnreadableException {
        block.open(ByteBuffer.wrap(bytes), records);
        while (block.next()) {
            assertThat(block.isRequest() ? block.request() : block.isIndex() ? block.index() : block.frame())
                    .isNotNull();
        }
    }

    @FunctionalInterface
    private interface Making {
        byte[] of(long seed) throws Exception;
    }

    private static void assertHarmless(Making making, Reading reading) {
        int refused = 0;
        int tries = 6_000;
        List<byte[]> whole = java.util.stream.LongStream.range(0, 60)
                .mapToObj(seed -> {
                    try {
                        return making.of(seed);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
        for (byte[] bytes : whole) { // classes are loaded, so that their memory is not counted below
            assertThatCode(() -> reading.of(bytes)).doesNotThrowAnyException();
        }
        for (int seed = 0; seed < tries; seed++) {
            byte[] spoilt = spoil(whole.get(seed % whole.size()), new SplittableRandom(seed));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                reading.of(spoilt);
            } catch (UnreadableException e) {
                refused++;
                assertThat(e.getMessage()).startsWith("not a readable ");
            } catch (RuntimeException | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(spoilt), e);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated)
                    .as("seed %d, bytes asked for on behalf of %d", seed, spoilt.length)
                    .isLessThan(MOST_BYTES + MOST_BYTES_PER_BYTE * spoilt.length);
        }
        assertThat(refused).isBetween(tries / 10, tries);
    }

    private static byte[] spoil(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        // mostly behind the fingerprint, where reading goes on
        int from = random.nextInt(20) == 0 ? 0 : Math.min(SingleObject.HEADER_BYTES, bytes.length - 1);
        switch (random.nextInt(5)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            case 2 -> { // a number replaced by a huge one
                byte[] huge = HexFormat.of().parseHex(random.nextBoolean() ? "feffffffffffffffff01" : "fcffffff0f");
                int at = from + random.nextInt(bytes.length - from);
                byte[] longer = Arrays.copyOf(bytes, bytes.length + huge.length);
                System.arraycopy(huge, 0, longer, at, huge.length);
                System.arraycopy(bytes, at, longer, at + huge.length, bytes.length - at);
                bytes = longer;
            }
            case 3 -> { // garbage to the end
                for (int i = from + random.nextInt(bytes.length - from); i < bytes.length; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
            default -> {
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    bytes[from + random.nextInt(bytes.length - from)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return bytes;
    }
}
