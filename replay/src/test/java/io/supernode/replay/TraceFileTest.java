package io.supernode.replay;

import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.Fabric;
import io.supernode.serving.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written to a trace file comes out of it. */
class TraceFileTest {
    private static final TraceMetadata METADATA = TraceMetadata.of("mooncake", 1_700_000_000_000_000_123L)
            .with("scenario", "naïve ✓")
            .with("empty", "");

    @TempDir
    Path folder;

    @Test
    void requestsComeBackExactly() throws IOException {
        List<Request> requests = requests(10_000);
        Path file = write("requests", requests);

        try (TraceRequests read = TraceRequests.open(file)) {
            assertThat(read.metadata()).isEqualTo(METADATA);
            assertThat(read).toIterable().containsExactlyElementsOf(requests);
            assertThat(read.hasNext()).isFalse();
        }
        try (TraceReader reader = TraceReader.open(file)) {
            assertThat(reader.records()).isEqualTo(10_000);
            assertThat(reader.firstNanos()).isEqualTo(requests.get(0).arrivalNanos());
            assertThat(reader.lastNanos()).isEqualTo(requests.get(9_999).arrivalNanos());
        }
        TraceSummary summary = TraceSummary.of(file, true);
        assertThat(summary.requests()).isEqualTo(10_000);
        assertThat(summary.records()).isEqualTo(10_000);
        assertThat(summary.spanNanos())
                .isEqualTo(requests.get(9_999).arrivalNanos() - requests.get(0).arrivalNanos());
        assertThat(summary.inputTokens())
                .isEqualTo(requests.stream().mapToLong(Request::inputTokens).sum());
        assertThat(summary.outputTokens())
                .isEqualTo(requests.stream().mapToLong(Request::outputTokens).sum());
        assertThat(summary.total().events()).isZero();
        assertThat(summary.cards()).contains(Map.of());
    }

    @Test
    void theDigestSeesEveryFieldOfARequest() throws IOException {
        Request request = new Request(1, 2, 3, 4, new int[] {5, 6});
        List<Request> others = List.of(
                new Request(0, 2, 3, 4, new int[] {5, 6}),
                new Request(1, 0, 3, 4, new int[] {5, 6}),
                new Request(1, 2, 0, 4, new int[] {5, 6}),
                new Request(1, 2, 3, 0, new int[] {5, 6}),
                new Request(1, 2, 3, 4, new int[] {6, 5}),
                new Request(1, 2, 3, 4, new int[] {}));
        String digest = TraceSummary.of(write("a", List.of(request)), false).digest();
        assertThat(TraceSummary.of(write("b", List.of(request)), false).digest())
                .isEqualTo(digest);
        for (Request other : others) {
            assertThat(TraceSummary.of(write("c", List.of(other)), false).digest())
                    .isNotEqualTo(digest);
        }
    }

    @Test
    void eventsComeBackInTheOrderOfTimeAtTheirTimes() throws IOException {
        EventBatch events = Events.random(21, 200_000, 64, 600 * SECOND);
        Path file = folder.resolve("events.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            writer.addEvents(new ListSource(events, 7 * SECOND), 8);
        }
        EventBatch batch = new EventBatch();
        EventBatch all = new EventBatch();
        try (TraceEvents source = TraceEvents.open(file)) {
            assertThat(source.metadata()).isEqualTo(METADATA);
            long through = Long.MIN_VALUE;
            int stretches = 0;
            int early = 0;
            int late = 0;
            while (source.next(batch)) {
                stretches++;
                for (int i = 0; i < batch.size(); i++) {
                    assertThat(batch.endNanos(i))
                            .isGreaterThanOrEqualTo(through)
                            .isLessThan(source.throughNanos());
                    all.addFrom(batch, i, 0);
                }
                through = source.throughNanos();
            }
            assertThat(batch.isEmpty()).isTrue();
            assertThat(stretches).isGreaterThan(2);
            assertThat(early).isZero();
            assertThat(late).isZero();
            assertThat(source.lateEvents()).isZero();
            assertThat(source.next(batch)).isFalse();
        }
        assertThat(all.size()).isEqualTo(200_000);
        assertThat(Events.digest(all)).isEqualTo(Events.digest(events));
        assertThat(TraceSummary.of(file, false).digest()).isEqualTo(Events.digest(events));
    }

    @Test
    void aRunThatIsRecordedAndReplayedHasTheDigestOfTheRun() throws IOException { // BLIS 1032
        EventBatch events = Events.random(22, 20_000, 64, 10 * SECOND);
        for (int eventsPerFrame : new int[] {0, 1}) {
            for (String speed : new String[] {"1x", "10x", "max"}) {
                Path file = folder.resolve("run.trace");
                VirtualClock clock = new VirtualClock();
                ReplayReport run;
                try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
                    run = new ReplayEngine(
                                    options(speed, eventsPerFrame), new ListSource(events, SECOND), into(writer), clock)
                            .run();
                }
                RecordingSink sink = new RecordingSink(clock);
                try (TraceEvents source = TraceEvents.open(file)) {
                    ReplayReport replay = new ReplayEngine(options(speed, eventsPerFrame), source, sink, clock).run();
                    assertThat(replay.digest()).isEqualTo(run.digest()).isEqualTo(Events.digest(events));
                    assertThat(replay.sent()).isEqualTo(run.sent());
                    assertThat(replay.frames()).isEqualTo(run.frames());
                    assertThat(replay.bytes()).isEqualTo(run.bytes());
                }
            }
        }
    }

    @Test
    void framesOutOfOrderCostNoMemoryAndAreCounted() throws IOException {
        // first the first node's time from beginning to end, then the second's: which is late from its start
        int each = 100_000;
        Path file = folder.resolve("disordered.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            for (int card = 0; card <= 8; card += 8) {
                EventBatch events = new EventBatch();
                for (int i = 0; i < each; i++) {
                    events.addStep(card, 0, i * SECOND / 100, 0, 0, 1, 1);
                }
                writer.addEvents(new ListSource(events, 10 * SECOND), 8);
            }
        }
        EventBatch batch = new EventBatch();
        int given = 0;
        try (TraceEvents source = TraceEvents.open(file)) {
            while (source.next(batch)) {
                assertThat(batch.size()).isLessThan(each); // not all is held until the end
                given += batch.size();
            }
            // all of the second but those that came with the stretch in which the first ended
            assertThat(source.lateEvents()).isBetween(each / 2L, (long) each);
        }
        assertThat(given).isEqualTo(2 * each);
    }

    @Test
    void anyAvroReaderReadsIt() throws IOException {
        Path file = folder.resolve("mixed.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            writer.add(new Request(5, 6, 7, 8, new int[] {9}));
            writer.addEvents(new ListSource(Events.computeAt(2, 100), SECOND), 8);
        }
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            assertThat(reader.getMetaString("avro.codec")).isEqualTo("zstandard");
            assertThat(reader.getMetaString("supernode.sourceFormat")).isEqualTo("mooncake");
            assertThat(reader.getMetaString("supernode.records").strip()).isEqualTo("2");
            assertThat(reader.getMetaString("supernode.firstNanos").strip()).isEqualTo("6");
            assertThat(reader.getMetaString("supernode.lastNanos").strip()).isEqualTo("100");
            GenericRecord request = reader.next();
            assertThat(request.getSchema().getName()).isEqualTo("Request");
            assertThat(request.get("inputTokens")).isEqualTo(7L);
            GenericRecord frame = reader.next();
            assertThat(frame.getSchema().getName()).isEqualTo("ComputeFrame");
            assertThat((List<?>) frame.get("events")).hasSize(2);
            GenericRecord index = reader.next();
            assertThat(index.getSchema().getName()).isEqualTo("TraceIndex");
            assertThat((List<?>) index.get("offsets")).hasSize(1);
            assertThat(reader.hasNext()).isFalse();
        }
    }

    @Test
    void theSameRecordsGiveTheSameBytes() throws IOException {
        EventBatch events = Events.random(23, 20_000, 64, 10 * SECOND);
        byte[][] bytes = new byte[2][];
        for (int i = 0; i < 2; i++) {
            Path file = folder.resolve("same" + i);
            try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
                writer.addEvents(new ListSource(events, (i + 1) * SECOND), 8); // whatever the stretches
                writer.add(new Request(0, 1, 2, 3, new int[0]));
            }
            bytes[i] = Files.readAllBytes(file);
        }
        assertThat(bytes[0]).isEqualTo(bytes[1]);
    }

    @Test
    void anEmptyTraceIsATrace() throws IOException {
        Path file = write("empty", List.of());
        TraceSummary summary = TraceSummary.of(file, false);
        assertThat(summary.records()).isZero();
        assertThat(summary.spanNanos()).isZero();
        assertThat(summary.cards()).isEmpty();
        try (TraceEvents source = TraceEvents.open(file)) {
            assertThat(source.next(new EventBatch())).isFalse();
        }
    }

    @Test
    void eventsThatAreFarApartComeInStretchesThatCanBePutInOrder() throws IOException {
        int count = 70_000; // one every ten seconds: eight days
        Path file = folder.resolve("sparse.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            writer.addEvents(
                    new EventSource() {
                        private int given;

                        @Override
                        public boolean next(EventBatch batch) {
                            batch.clear();
                            for (int i = 0; i < 100 && given < count; i++, given++) {
                                batch.addCompute(0, ComputeOp.OTHER, given * 10 * SECOND, 5, 0, 0, 0, -1, -1, -1);
                            }
                            return !batch.isEmpty();
                        }

                        @Override
                        public long throughNanos() {
                            return given * 10 * SECOND;
                        }
                    },
                    8);
        }
        int found = 0;
        EventBatch stretch = new EventBatch();
        try (TraceEvents events = TraceEvents.open(file)) {
            while (events.next(stretch)) {
                found += stretch.timeOrder().length; // refuses what is too far apart
            }
            assertThat(events.lateEvents()).isZero();
        }
        assertThat(found).isEqualTo(count);
    }

    @Test
    void theSummaryAddsUpByCardAndInAll() throws IOException {
        EventBatch events = new EventBatch();
        // card 0 computes 10..30 and 20..40: 40 ns of work in 30 ns; tokens 3 + 4
        events.addCompute(0, ComputeOp.FORWARD, 10, 20, 3, 0, 0, 0, 0, 0);
        events.addCompute(0, ComputeOp.BACKWARD, 20, 20, 4, 0, 0, 0, 0, 0);
        // card 9: 100 ns on the bus, 60 of them waiting, 1000 bytes out; then 50 ns of unknown size
        events.addBus(9, BusOp.ALL_REDUCE, Fabric.BUS, 1, 8, -1, 100, 100, 60, 1_000, 2_000, 0, 0, 0);
        events.addBus(9, BusOp.SEND, Fabric.BUS, 1, 2, 0, 300, 50, 0, -1, -1, 0, 0, 0);
        events.addRequest(9, 0, 5, 50, 400, 11, 13);
        events.addStep(9, 0, 0, 380, 0, 1, 1);
        Path file = folder.resolve("summary.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            writer.addEvents(new ListSource(events, SECOND), 8);
        }
        TraceSummary summary = TraceSummary.of(file, true);
        TraceSummary.Load first = new TraceSummary.Load(2, 0, 0, 0, 0, 0, 7, 40, 30, 0, 0, 0, 30, 0, 0, 0);
        TraceSummary.Load second = new TraceSummary.Load(0, 2, 1, 1, 0, 0, 0, 0, 0, 150, 60, 150, 150, 1_000, 2_000, 1);
        assertThat(summary.cards()).contains(Map.of(0, first, 9, second));
        assertThat(summary.total())
                .isEqualTo(new TraceSummary.Load(2, 2, 1, 1, 0, 0, 7, 40, 30, 150, 60, 150, 180, 1_000, 2_000, 1));
        assertThat(summary.cardCount()).isEqualTo(2);
        assertThat(summary.inputTokens()).isEqualTo(11);
        assertThat(summary.outputTokens()).isEqualTo(13);
        assertThat(summary.firstNanos()).isZero();
        assertThat(summary.lastNanos()).isEqualTo(400);
        assertThat(summary.metadata()).isEqualTo(METADATA);
    }

    @Test
    void untilItIsClosedThereIsNoFileAndAnAbandonedOneLeavesNone() throws IOException {
        Path file = folder.resolve("later.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            writer.add(new Request(0, 1, 2, 3, new int[0]));
            assertThat(file).doesNotExist();
        }
        byte[] whole = Files.readAllBytes(file);
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            writer.add(new Request(0, 1, 2, 4, new int[0]));
            writer.abandon();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(whole); // the old one stays
        assertThat(filesInFolder()).containsExactly("later.trace");
    }

    @Test
    void aBadFrameOrSourceLeavesNoFile() throws IOException {
        Path file = folder.resolve("bad.trace");
        TraceWriter writer = TraceWriter.create(file, METADATA);
        assertThatThrownBy(() -> writer.addFrame(EventKind.BUS, new byte[] {1, 2, 3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must be a BUS frame: ");
        writer.close();
        TraceWriter other = TraceWriter.create(file, METADATA);
        assertThatThrownBy(() -> other.addEvents(
                        new EventSource() {
                            @Override
                            public boolean next(EventBatch batch) {
                                throw new java.io.UncheckedIOException(new IOException("line 3: no"));
                            }

                            @Override
                            public long throughNanos() {
                                return 0;
                            }
                        },
                        8))
                .isInstanceOf(IOException.class)
                .hasMessage("line 3: no");
        other.close();
        assertThat(filesInFolder()).isEmpty();
    }

    private List<String> filesInFolder() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private Path write(String name, List<Request> requests) throws IOException {
        Path file = folder.resolve(name + ".trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            for (Request request : requests) {
                writer.add(request);
            }
            assertThat(writer.records()).isEqualTo(requests.size());
        }
        return file;
    }

    private static ReplayOptions options(String speed, int eventsPerFrame) {
        return ReplayOptions.of(1)
                .speed(Speed.parse(speed))
                .eventsPerFrame(eventsPerFrame)
                .build();
    }

    private static FrameSink into(TraceWriter writer) {
        return new FrameSink() {
            @Override
            public void send(EventKind kind, io.supernode.schemas.FrameHeader header, byte[] frame) {
                try {
                    writer.addFrame(kind, frame);
                } catch (IOException e) {
                    throw new SendFailedException(e.getMessage(), e);
                }
            }

            @Override
            public void heartbeat(EventKind kind, io.supernode.schemas.FrameHeader header, byte[] frame) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    static List<Request> requests(int count) {
        SplittableRandom random = new SplittableRandom(3);
        List<Request> requests = new ArrayList<>();
        long arrival = 700;
        for (int i = 0; i < count; i++) {
            arrival += random.nextLong(1_000_000) * 100; // ticks of 100 ns
            int[] blocks = random.ints(random.nextInt(20)).toArray();
            requests.add(new Request(i, arrival, random.nextLong(100_000), random.nextLong(2_000), blocks));
        }
        return requests;
    }
}
