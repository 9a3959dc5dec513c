package io.supernode.replay;

import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.schemas.TraceIndex;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Going to a time in a trace reads what is there, and little else. */
class TraceSeekTest {
    private static final int COUNT = 60_000;
    private static final long SPAN = 100 * SECOND;

    @TempDir
    Path folder;

    private final EventBatch events = Events.random(77, COUNT, 64, SPAN);
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("run.avro");
        try (TraceWriter writer = TraceWriter.create(file, TraceMetadata.of("supernode", 7), 16 << 10)) {
            writer.addEvents(new ListSource(events, SECOND), 8);
        }
    }

    /** What ends at a time or later, as it comes out of the trace from there on. */
    private static String digestFrom(Path trace, long nanos, long[] given) throws IOException {
        EventBatch wanted = new EventBatch();
        EventBatch batch = new EventBatch();
        try (TraceEvents source = TraceEvents.open(trace, nanos)) {
            while (source.next(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    given[0]++;
                    if (batch.endNanos(i) >= nanos) {
                        wanted.addFrom(batch, i, 0);
                    }
                }
            }
        }
        return Events.digest(wanted);
    }

    private String expectedFrom(long nanos) {
        EventBatch wanted = new EventBatch();
        for (int i = 0; i < events.size(); i++) {
            if (events.endNanos(i) >= nanos) {
                wanted.addFrom(events, i, 0);
            }
        }
        return Events.digest(wanted);
    }

    @Test
    void fromAnyTimeEverythingThatEndsLaterComesAndLittleElse() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 60; i++) {
            long nanos = i == 0 ? 0 : i == 1 ? SPAN : random.nextLong(SPAN);
            long[] given = new long[1];
            assertThat(digestFrom(file, nanos, given)).as("from %d", nanos).isEqualTo(expectedFrom(nanos));
            // before it come at most the 250 ms of one tick and the blocks around: a second's worth at the most
            long wanted = COUNT - COUNT * nanos / SPAN;
            assertThat(given[0]).as("from %d", nanos).isLessThan(wanted + COUNT / 50);
        }
    }

    @Test
    void aSeekReadsAFewBlocksOfALargeFile() throws IOException {
        try (TracePartReader reader = TracePartReader.open(file)) {
            TraceIndex index = reader.index();
            assertThat(index.size()).isGreaterThan(100);
            int block = index.blockFor(SPAN / 2);
            reader.seek(index, block);
            reader.next();
            assertThat(reader.blockOffset())
                    .isEqualTo(index.offsets()[block])
                    .isBetween(Files.size(file) / 3, Files.size(file) * 2 / 3);
        }
    }

    @Test
    void theIndexToldIsTheIndexOfTheRecords() throws IOException {
        try (TracePartReader reader = TracePartReader.open(file)) {
            assertThat(reader.index()).isEqualTo(reader.indexFromRecords());
        }
    }

    @Test
    void aFileOfVersionOneHasNoIndexAndIsSoughtInAllTheSame() throws IOException, URISyntaxException {
        Path old = Path.of(TraceSeekTest.class.getResource("version-1.trace").toURI());
        try (TracePartReader reader = TracePartReader.open(old)) {
            assertThat(reader.index()).isEqualTo(TraceIndex.NONE);
        }
        long[] given = new long[1];
        assertThat(digestFrom(old, 250_000_000, given)).isNotEqualTo(Events.digest(new EventBatch()));
    }

    @Test
    void aDamagedIndexIsReplacedByReading() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long nanos = SPAN / 3;
        String expected = expectedFrom(nanos);
        for (int back = 17; back < 300; back += 20) { // behind the marker of 16 bytes lies the index's block
            byte[] damaged = bytes.clone();
            damaged[damaged.length - back] ^= 0x55;
            Path other = Files.write(folder.resolve("damaged.avro"), damaged);
            assertThat(digestFrom(other, nanos, new long[1]))
                    .as("byte -%d", back)
                    .isEqualTo(expected);
        }
        Path cut = Files.write(folder.resolve("cut.avro"), Arrays.copyOf(bytes, bytes.length - 40));
        assertThat(digestFrom(cut, nanos, new long[1])).isEqualTo(expected);
        try (TracePartReader reader = TracePartReader.open(cut)) {
            assertThat(reader.index()).isEqualTo(TraceIndex.NONE);
        }
        Path repaired = folder.resolve("repaired.avro");
        TraceRepair.repair(cut, repaired);
        try (TracePartReader reader = TracePartReader.open(repaired)) {
            assertThat(reader.index().size()).isPositive();
        }
        assertThat(TraceSummary.of(repaired, false).digest()).isEqualTo(Events.digest(events));
    }

    @Test
    void aReplayFromAnOffsetSendsWhatAReadFromTheStartWould() throws IOException {
        VirtualClock clock = new VirtualClock();
        ReplayOptions options = ReplayOptions.of(1)
                .speed(Speed.MAX)
                .playback(Playback.WHOLE.from(60 * SECOND).until(70 * SECOND))
                .build();
        ReplayReport sought =
                new ReplayEngine(options, ReplaySource.ofTrace(file), new RecordingSink(clock), clock).run();
        ReplayReport read = new ReplayEngine(
                        options, ReplaySource.of(() -> TraceEvents.open(file)), new RecordingSink(clock), clock)
                .run();
        assertThat(sought.digest()).isEqualTo(read.digest());
        assertThat(sought.sentEvents()).isEqualTo(read.sentEvents()).isBetween(COUNT / 11L, COUNT / 9L);
    }

    @Test
    void anIndexOfManyBlocksIsThinnedOut() {
        TraceIndexBuilder built = new TraceIndexBuilder(8);
        for (int block = 0; block < 1_000; block++) {
            built.begin(100L * block, 10L * block);
            built.reach(block);
        }
        TraceIndex index = built.index();
        assertThat(index.size()).isBetween(5, 8);
        for (int i = 0; i < index.size(); i++) {
            // 1,000 blocks in at most 8 entries: every 128th, or every 256th
            long block = index.offsets()[i] / 100;
            assertThat(block % 128).isZero();
            assertThat(index.recordsBefore()[i]).isEqualTo(10 * block);
            assertThat(index.endNanosBefore()[i]).isEqualTo(block == 0 ? Long.MIN_VALUE : block - 1);
        }
    }
}
