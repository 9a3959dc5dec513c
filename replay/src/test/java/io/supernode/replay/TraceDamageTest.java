package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.supernode.event.EventBatch;
import io.supernode.serving.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is not a whole trace says so in one line, gives what came before the damage, and takes no memory. */
@Timeout(60)
class TraceDamageTest {
    private static final int REQUESTS = 2_000;

    @TempDir
    Path folder;

    private byte[] whole;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("whole.trace");
        try (TraceWriter writer = TraceWriter.create(file, TraceMetadata.of("mooncake", 0), 16 << 10)) {
            for (Request request : TraceFileTest.requests(REQUESTS)) {
                writer.add(request);
            }
            EventBatch events = Events.random(31, 2_000, 16, Events.SECOND);
            writer.addEvents(new ListSource(events, Events.SECOND), 8);
        }
        whole = Files.readAllBytes(file);
    }

    @Test
    void cutAtEveryBlock() throws IOException {
        List<Integer> ends = blockEnds();
        assertThat(ends).hasSizeGreaterThan(5);
        // the last block is the index, and the one before it the last that holds records
        for (int end : ends.subList(0, ends.size() - 2)) {
            for (int cut : new int[] {end - 17, end - 16, end - 1, end, end + 1, end + 2}) {
                Path damaged = damaged(Arrays.copyOf(whole, cut));
                long[] read = {0};
                assertThatThrownBy(() -> readAll(damaged, read))
                        .isInstanceOf(TraceFormatException.class)
                        .hasMessageStartingWith(damaged + ": ")
                        .hasMessageNotContaining("\n")
                        .hasMessageMatching(".*: (record|byte) \\d+.*the file ends.*");
                assertThatThrownBy(() -> TraceSummary.of(damaged, true)).isInstanceOf(TraceFormatException.class);
            }
        }
    }

    @Test
    void aCutThroughTheIndexLosesNothing() throws IOException {
        List<Integer> ends = blockEnds();
        String digest = TraceSummary.of(file, false).digest();
        for (int cut = ends.get(ends.size() - 2); cut < whole.length; cut += 3) {
            Path damaged = damaged(Arrays.copyOf(whole, cut));
            assertThat(TraceSummary.of(damaged, false).digest())
                    .as("cut at %d", cut)
                    .isEqualTo(digest);
            try (TracePartReader reader = TracePartReader.open(damaged)) {
                assertThat(reader.index().size()).isZero();
            }
        }
    }

    @Test
    void whatCameBeforeTheDamageIsGiven() throws IOException {
        List<Integer> ends = blockEnds();
        Path damaged = damaged(Arrays.copyOf(whole, ends.get(ends.size() - 3) + 5));
        long[] read = {0};
        assertThatThrownBy(() -> readAll(damaged, read)).isInstanceOf(TraceFormatException.class);
        assertThat(read[0]).isEqualTo(recordsUpTo(ends.size() - 2));

        long events = 0;
        try (TraceEvents source = TraceEvents.open(damaged)) {
            EventBatch batch = new EventBatch();
            while (source.next(batch)) {
                events += batch.size();
            }
        } catch (UncheckedIOException e) {
            assertThat(e).hasCauseInstanceOf(TraceFormatException.class);
        }
        assertThat(events).isPositive();
        assertThatThrownBy(() -> {
                    try (TraceRequests requests =
                            TraceRequests.open(damaged(Arrays.copyOf(whole, blockStart() + 5_000)))) {
                        requests.forEachRemaining(r -> {});
                    }
                })
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(TraceFormatException.class);
    }

    @Test
    void cutAnywhere() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<Integer> ends = blockEnds();
        int records = ends.get(ends.size() - 2); // where the index begins
        for (int i = 0; i < 200; i++) {
            int cut = i < 100 ? i : random.nextInt(records);
            Path damaged = damaged(Arrays.copyOf(whole, cut));
            assertThatThrownBy(() -> readAll(damaged, new long[1]))
                    .as("cut at %d", cut)
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void anyByteChangedIsFoundOrHarmlessAndNeverCrashesOrTakesMemory() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        int header = blockStart();
        String digest = TraceSummary.of(file, false).digest();
        int first = indexOf(whole, "supernode.firstNanos") + "supernode.firstNanos".length() + 1;
        int last = indexOf(whole, "supernode.lastNanos") + "supernode.lastNanos".length() + 1;
        for (int i = 0; i < 800; i++) {
            byte[] bytes = whole.clone();
            int at = i < 300 ? random.nextInt(header + 20) : random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Path damaged = damaged(bytes);
            try {
                readAll(damaged, new long[1]);
                // a hash guards the header, a checksum each block; what is left are figures told for information, the
                // place of the index, and bits of the packing that change nothing
                assertThat(at)
                        .as("bit flipped at %d", at)
                        .satisfiesAnyOf(
                                byteAt -> assertThat(byteAt).isBetween(first, first + 19),
                                byteAt -> assertThat(byteAt).isBetween(last, last + 19),
                                byteAt -> assertThat(
                                                TraceSummary.of(damaged, false).digest())
                                        .isEqualTo(digest));
            } catch (TraceFormatException e) {
                assertThat(e.getMessage()).hasSizeLessThanOrEqualTo(500).startsWith(damaged + ": ");
                assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl);
            }
        }
    }

    @Test
    void whatIsNoTraceIsCalledThat() throws IOException {
        assertThatThrownBy(() -> TraceReader.open(damaged(new byte[0]))).hasMessageContaining("not a trace");
        assertThatThrownBy(() -> TraceReader.open(damaged("{\"timestamp\": 0}".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageEndingWith("damaged.trace: byte 0: not a trace: an Avro container starts with 'Obj' 1");
        assertThatThrownBy(() -> TraceReader.open(foreign("null")))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageEndingWith("header: not a trace: an Avro file without supernode.formatVersion");
        assertThatThrownBy(() -> TraceReader.open(foreign("deflate")))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageEndingWith("must be zstandard or null: avro.codec=deflate");
        assertThatThrownBy(() -> TraceReader.open(folder.resolve("absent"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> TraceReader.open(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void aFileOfALaterVersionIsRefusedByName() throws IOException {
        byte[] bytes = whole.clone();
        int at = indexOf(bytes, "supernode.formatVersion") + "supernode.formatVersion".length() + 1;
        assertThat(bytes[at]).isEqualTo((byte) '2');
        bytes[at] = '3';
        assertThatThrownBy(() -> TraceReader.open(damaged(bytes)))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageEndingWith("header: must be 1 to 2: supernode.formatVersion=3");
    }

    @Test
    void aFileWhoseWriterWasStoppedIsNotTakenForWhole() throws IOException {
        Path part = folder.resolve("stopped.trace.part");
        TraceWriter writer = TraceWriter.create(folder.resolve("stopped.trace"), TraceMetadata.of("mooncake", 0));
        assertThat(part).exists();
        Path copy = Files.copy(part, folder.resolve("copy.trace"));
        writer.abandon();
        writer.close();
        if (Files.size(copy) > 0) {
            assertThatThrownBy(() -> TraceReader.open(copy))
                    .isInstanceOf(TraceFormatException.class)
                    .hasMessageContaining("not finished");
        } else {
            assertThatThrownBy(() -> TraceReader.open(copy)).isInstanceOf(TraceFormatException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 31, 1L << 40, Long.MAX_VALUE, 30_000_000, 17_000_000})
    void aSizeThatTheFileCannotHoldAsksForNoMemory(long claimed) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(whole, 0, blockStart());
        varint(bytes, 1);
        varint(bytes, claimed);
        bytes.write(new byte[100]);
        assertThatThrownBy(() -> readAll(damaged(bytes.toByteArray()), new long[1]))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("block");
    }

    @Test
    void aBlockThatUnpacksWithoutEndIsRefused() throws IOException {
        // 256 MB of zeros, packed into some kilobytes
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(packed)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                zstd.write(zeros);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(whole, 0, blockStart());
        varint(bytes, 1);
        varint(bytes, packed.size());
        bytes.write(packed.toByteArray());
        bytes.write(whole, blockStart() - 16, 16);
        assertThatThrownBy(() -> readAll(damaged(bytes.toByteArray()), new long[1]))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("unpacks to more than");
    }

    @Test
    void recordsBeyondThoseToldOfAreFound() throws IOException {
        int start = blockStart();
        int firstEnd = blockEnds().get(0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(whole);
        bytes.write(whole, start, firstEnd - start); // a block twice
        assertThatThrownBy(() -> readAll(damaged(bytes.toByteArray()), new long[1]))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("its header tells of");
    }

    @Test
    void memoryIsBoundedByABlockHoweverLongTheFile() throws IOException {
        Path large = folder.resolve("large.trace");
        int[] blocks = new SplittableRandom(4).ints(200).toArray();
        try (TraceWriter writer = TraceWriter.create(large, TraceMetadata.of("mooncake", 0))) {
            for (int i = 0; i < 100_000; i++) {
                writer.add(new Request(i, i, 1, 1, blocks));
            }
        }
        // 100 MB of records unpacked; what is alive at any time is counted by what a reader keeps
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long before = runtime.totalMemory() - runtime.freeMemory();
        long most = 0;
        long read = 0;
        try (TraceReader reader = TraceReader.open(large)) {
            while (reader.next()) {
                if (++read % 25_000 == 0) {
                    System.gc();
                    most = Math.max(most, runtime.totalMemory() - runtime.freeMemory() - before);
                }
            }
        }
        assertThat(read).isEqualTo(100_000);
        assertThat(most).isLessThan(16 << 20);
    }

    private static void readAll(Path file, long[] read) throws IOException {
        try (TraceReader reader = TraceReader.open(file)) {
            while (reader.next()) {
                read[0]++;
                if (reader.isRequest()) {
                    reader.request();
                } else {
                    reader.frame();
                }
            }
        }
    }

    private Path damaged(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("damaged.trace"), bytes);
    }

    private Path foreign(String codec) throws IOException {
        Path foreign = folder.resolve("foreign.avro");
        try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
            writer.setCodec(CodecFactory.fromString(codec));
            writer.create(Schema.create(Schema.Type.LONG), foreign.toFile());
            writer.append(1L);
        }
        return foreign;
    }

    /** Where each block ends, marker included, told by the marker itself. */
    private List<Integer> blockEnds() {
        byte[] marker = Arrays.copyOfRange(whole, whole.length - 16, whole.length);
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i + 16 <= whole.length; i++) {
            if (Arrays.equals(whole, i, i + 16, marker, 0, 16)) {
                ends.add(i + 16);
            }
        }
        return ends.subList(1, ends.size()); // the first ends the header
    }

    private int blockStart() {
        byte[] marker = Arrays.copyOfRange(whole, whole.length - 16, whole.length);
        int at = 0;
        while (!Arrays.equals(whole, at, at + 16, marker, 0, 16)) {
            at++;
        }
        return at + 16;
    }

    private long recordsUpTo(int blocks) throws IOException {
        try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            long records = 0;
            for (int i = 0; i < blocks; i++) {
                ByteBuffer block = reader.nextBlock();
                assertThat(block.hasRemaining()).isTrue();
                records += reader.getBlockCount();
            }
            return records;
        }
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long bits = value << 1 ^ value >> 63;
        while ((bits & ~0x7FL) != 0) {
            out.write((int) (bits & 0x7F | 0x80));
            bits >>>= 7;
        }
        out.write((int) bits);
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
