package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import io.supernode.serving.Request;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording in parts is one recording; a part by itself is one too. */
class TracePartsTest {
    private static final TraceMetadata METADATA =
            TraceMetadata.of("supernode", 7).with("run", "1");

    @TempDir
    Path folder;

    private final EventBatch events = Events.random(3, 20_000, 32, 20 * SECOND);

    private Path written(String name, TraceSplit split) throws IOException {
        Path trace = folder.resolve(name);
        try (TraceWriter writer = TraceWriter.create(trace, METADATA, split, 16 << 10)) {
            writer.addEvents(new ListSource(events, SECOND), 8);
        }
        return trace;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void partsByTimeHoldTheirTimeAndTogetherAll() throws IOException {
        Path whole = written("whole.avro", TraceSplit.NONE);
        Path parts = written("parts", TraceSplit.everyNanos(5 * SECOND));
        assertThat(files(parts))
                .extracting(f -> f.getFileName().toString())
                .containsExactly("part-00000.avro", "part-00001.avro", "part-00002.avro", "part-00003.avro");
        long records = 0;
        for (int i = 0; i < 4; i++) {
            TraceSummary part = TraceSummary.of(parts.resolve(TraceParts.name(i)), false);
            assertThat(part.metadata()).isEqualTo(METADATA);
            records += part.records();
            try (TraceReader reader = TraceReader.open(parts.resolve(TraceParts.name(i)))) {
                // by the first event of a frame: a frame is 250 ms long at the most
                assertThat(reader.firstNanos()).isBetween(i * 5 * SECOND, i * 5 * SECOND + SECOND);
                assertThat(reader.lastNanos()).isLessThan((i + 1) * 5 * SECOND + SECOND);
            }
        }
        TraceSummary all = TraceSummary.of(parts, true);
        assertThat(all).usingRecursiveComparison().isEqualTo(TraceSummary.of(whole, true));
        assertThat(all.records()).isEqualTo(records);
        assertThat(TraceComparison.firstDifference(whole, parts)).isEmpty();
    }

    @Test
    void partsBySizeHaveThatSize() throws IOException {
        Path whole = written("whole.avro", TraceSplit.NONE);
        long each = Files.size(whole) / 6;
        List<Path> parts = files(written("parts", TraceSplit.everyBytes(each)));
        assertThat(parts).hasSizeBetween(5, 7);
        for (Path part : parts.subList(0, parts.size() - 1)) {
            // its header and its index come on top, and the block that passed the mark
            assertThat(Files.size(part)).isBetween(each, each + 32_000);
        }
        assertThat(TraceSummary.of(folder.resolve("parts"), false).digest()).isEqualTo(Events.digest(events));
    }

    @Test
    void timingIsKeptAcrossTheBoundary() throws IOException { // rosbag2 1041
        EventBatch steady = Events.computeAt(
                1,
                java.util.stream.LongStream.range(0, 400)
                        .map(i -> i * 10 * MILLI)
                        .toArray());
        Path parts = folder.resolve("steady");
        try (TraceWriter writer = TraceWriter.create(parts, METADATA, TraceSplit.everyNanos(SECOND))) {
            writer.addEvents(new ListSource(steady, SECOND), 8);
        }
        assertThat(files(parts)).hasSize(4);
        VirtualClock clock = new VirtualClock();
        RecordingSink sink = new RecordingSink(clock);
        ReplayReport report =
                new ReplayEngine(ReplayOptions.of(1).build(), ReplaySource.ofTrace(parts), sink, clock).run();
        List<Long> left = new ArrayList<>();
        sink.frames().forEach(frame -> left.add(frame.elapsedNanos()));
        assertThat(left).hasSize(400);
        for (int i = 0; i < 400; i++) { // what ends at i · 10 ms leaves with its tick, at (i + 1) · 10 ms
            assertThat(left.get(i)).isEqualTo((i + 1) * 10 * MILLI);
        }
        assertThat(report.lateness().orElseThrow().max()).isZero();
    }

    @Test
    void aSeekPassesOverWholeParts() throws IOException {
        Path parts = written("parts", TraceSplit.everyNanos(2 * SECOND));
        EventBatch batch = new EventBatch();
        EventBatch wanted = new EventBatch();
        long given = 0;
        try (TraceEvents source = TraceEvents.open(parts, 15 * SECOND)) {
            while (source.next(batch)) {
                given += batch.size();
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.endNanos(i) >= 15 * SECOND) {
                        wanted.addFrom(batch, i, 0);
                    }
                }
            }
        }
        EventBatch expected = new EventBatch();
        for (int i = 0; i < events.size(); i++) {
            if (events.endNanos(i) >= 15 * SECOND) {
                expected.addFrom(events, i, 0);
            }
        }
        assertThat(Events.digest(wanted)).isEqualTo(Events.digest(expected));
        assertThat(given).isLessThan(6_000); // of 20 s the last 5, and less than one around it
    }

    @Test
    void requestsArePartedToo() throws IOException {
        List<Request> requests = TraceFileTest.requests(5_000);
        Path parts = folder.resolve("requests");
        try (TraceWriter writer = TraceWriter.create(parts, METADATA, TraceSplit.everyBytes(20_000), 4 << 10)) {
            for (Request request : requests) {
                writer.add(request);
            }
        }
        assertThat(files(parts)).hasSizeGreaterThan(3);
        try (TraceRequests read = TraceRequests.open(parts)) {
            assertThat(read).toIterable().containsExactlyElementsOf(requests);
        }
    }

    @Test
    void theSameRecordsGiveTheSameParts() throws IOException {
        List<Path> one = files(written("one", TraceSplit.everyBytes(50_000)));
        List<Path> two = files(written("two", TraceSplit.everyBytes(50_000)));
        assertThat(one).hasSameSizeAs(two);
        for (int i = 0; i < one.size(); i++) {
            assertThat(Files.readAllBytes(one.get(i))).isEqualTo(Files.readAllBytes(two.get(i)));
        }
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        Path parts = written("parts", TraceSplit.everyNanos(5 * SECOND));
        Path last = parts.resolve(TraceParts.name(3));
        byte[] kept = Files.readAllBytes(last);
        Files.delete(last);
        assertThatThrownBy(() -> TraceReader.open(parts))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageStartingWith(parts + ": part-00003.avro is missing; accepted: all parts");
        Files.write(last, kept);
        Files.delete(parts.resolve(TraceParts.name(1)));
        assertThatThrownBy(() -> TraceReader.open(parts)).hasMessageContaining("part-00001.avro is missing");
        Files.delete(parts.resolve(TraceParts.name(0)));
        assertThatThrownBy(() -> TraceReader.open(parts)).hasMessageContaining("part-00000.avro is missing");
    }

    @Test
    void aPartOfAnotherRecordingIsNotTakenForOne() throws IOException {
        Path parts = written("parts", TraceSplit.everyNanos(5 * SECOND));
        Path other = folder.resolve("other");
        try (TraceWriter writer =
                TraceWriter.create(other, METADATA.with("run", "2"), TraceSplit.everyNanos(5 * SECOND), 16 << 10)) {
            writer.addEvents(new ListSource(events, SECOND), 8);
        }
        Files.copy(
                other.resolve(TraceParts.name(2)),
                parts.resolve(TraceParts.name(2)),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> TraceReader.open(parts))
                .isInstanceOf(TraceFormatException.class)
                .hasMessageContaining("part-00002.avro belongs to another recording than part-00000.avro");
        assertThatThrownBy(() -> TraceReader.open(Files.createDirectory(folder.resolve("empty"))))
                .hasMessageContaining("holds no part of a trace");
    }

    @Test
    void whatIsThereIsNotOverwrittenAndWhatIsAbandonedLeavesNothing() throws IOException {
        Path parts = written("parts", TraceSplit.everyNanos(5 * SECOND));
        assertThatThrownBy(() -> TraceWriter.create(parts, METADATA, TraceSplit.everyNanos(SECOND)))
                .isInstanceOf(FileAlreadyExistsException.class);
        TraceWriter abandoned =
                TraceWriter.create(folder.resolve("abandoned"), METADATA, TraceSplit.everyNanos(SECOND));
        abandoned.addEvents(new ListSource(events, SECOND), 8);
        abandoned.abandon();
        abandoned.close();
        assertThat(files(folder)).containsExactly(parts);
    }

    @Test
    void partsOfAKilledRecorderAreSaved() throws IOException {
        Path killed = folder.resolve("killed");
        TraceWriter writer = TraceWriter.create(killed, METADATA, TraceSplit.everyNanos(4 * SECOND), 16 << 10);
        writer.addEvents(new ListSource(events, SECOND), 8);
        writer.flush();
        Path left = Files.createDirectory(folder.resolve("left"));
        for (Path file : files(folder.resolve("killed.part"))) { // as a kill would leave it
            Files.copy(file, left.resolve(file.getFileName()));
        }
        writer.abandon();
        writer.close();
        assertThat(files(left)).last().asString().endsWith("part-00004.avro.part");
        Path saved = folder.resolve("saved.avro");
        TraceRepair repair = TraceRepair.repair(left, saved);
        assertThat(repair.problem()).isEmpty();
        assertThat(repair.lostBytes()).isZero();
        assertThat(TraceSummary.of(saved, false).digest()).isEqualTo(Events.digest(events));
    }
}
