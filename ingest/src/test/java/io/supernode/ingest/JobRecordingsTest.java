package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeEvent;
import io.supernode.event.ComputeOp;
import io.supernode.event.Fabric;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import io.supernode.serving.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each format says, event by event, on recordings small enough to be read by eye. */
class JobRecordingsTest {
    @TempDir
    Path folder;

    private final Recorded recorded = new Recorded();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void burstGptIsTheSameInBothLayouts(boolean isNew) throws IOException {
        Path log = write("log.csv", isNew ? Samples.BURSTGPT_NEW : Samples.BURSTGPT_OLD);

        ImportReport report = read(log);

        assertThat(report.format()).isEqualTo("burstgpt");
        assertThat(recorded.requests)
                .containsExactly(
                        new Request(0, 0, 472, 18, new int[] {}),
                        new Request(1, 40_500_000_000L, 1087, 0, new int[] {}),
                        new Request(2, 113_000_000_000L, 417, 276, new int[] {}));
        assertThat(recorded.originEpochNanos).isZero();
        assertThat(recorded.offsetNanos).isEqualTo(5_000_000_000L);
        assertThat(report.notes()).contains("requests without response tokens, which failed: 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "45.5,     | soon,  | log.csv:3: is not a number: Timestamp=soon; accepted: the columns Timestamp",
                "45.5,     | -1,    | log.csv:3: must be >= 0: Timestamp=-1;",
                "45.5,     | 4.5,   | log.csv:3: time goes backwards: Timestamp=4.5 after 5 on line 2;",
                "Request t | T      | log.csv:1: column is missing: Request tokens, found: Timestamp,Model,Tokens",
                "1087,0,   | 1087,  | log.csv:3: has 5 columns instead of 6: 45.5,GPT-4,1087,1087,API log;",
            })
    void aBadBurstGptLineIsNamed(String good, String bad, String message) throws IOException {
        Path log = write("log.csv", Samples.BURSTGPT_OLD.replace(good.strip(), bad.strip()));

        fails(log, "burstgpt", folder + "/" + message);
    }

    @Test
    void aMeasuredRunIsRequestsUnlessTheMeasurementIsAskedFor() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Samples.write(run.resolve("requests.jsonl"), Samples.VLLM);

        read(run);
        Recorded measured = new Recorded();
        Importers.read(run, "auto", ImportOptions.DEFAULT.withMeasured(true), measured, ImportProgress.SILENT);

        assertThat(recorded.requests)
                .containsExactly(
                        new Request(0, 0, 10, 3, new int[] {}), new Request(1, 500_000_000, 20, 5, new int[] {}));
        assertThat(recorded.originEpochNanos).isEqualTo(1_777_144_890_500_000_000L);
        // on the engine's clock: queued at 100.25 and 100.76
        assertThat(measured.events)
                .containsExactly(
                        new RequestEvent(0, 0, 0, 500_000_000, 1_500_000_000, 10, 3),
                        new RequestEvent(0, 1, 510_000_000, 750_000_000, 1_750_000_001, 20, 5));
        assertThat(measured.requests).isEmpty();
        assertThat(measured.originEpochNanos).isEqualTo(1_777_144_890_500_000_000L);
    }

    @Test
    void ranksOfAKinetoFolderAreMatched() throws IOException {
        // rank 1 enters each collective 100 us late: rank 0 waits for so long, and both transfer for 400 us
        write("b.json", Samples.kineto(0, 0));
        write("a.json", Samples.kineto(1, 100));

        ImportReport report = read(folder);

        assertThat(report.format()).isEqualTo("kineto");
        assertThat(recorded.originEpochNanos).isEqualTo(1_711_964_646_000_000_000L);
        assertThat(recorded.notes).containsEntry("ranks", "ranks 0-1 -> cards 0-1");
        assertThat(of(BusEvent.class))
                .containsExactlyInAnyOrder(
                        allReduce(0, 1_000_000, 500_000, 100_000, 4, 0),
                        allReduce(1, 1_100_000, 400_000, 0, 4, 0),
                        allReduce(0, 3_000_000, 500_000, 100_000, 5, 1),
                        allReduce(1, 3_100_000, 400_000, 0, 5, 1));
        assertThat(of(ComputeEvent.class).filter(e -> e.card() == 1))
                .containsExactly(
                        new ComputeEvent(1, ComputeOp.OTHER, 100_125, 10_500, 0, 0, 0, 4, -1, -1),
                        new ComputeEvent(1, ComputeOp.OTHER, 2_100_125, 10_500, 0, 0, 0, 5, -1, -1));
        // idle is what is left of 1,900 us after a kernel of 10.5 us and a collective of 400 us
        assertThat(of(StepEvent.class).filter(e -> e.card() == 1))
                .containsExactly(
                        new StepEvent(1, 4, 0, 1_900_000, 1_489_500, 0, 0),
                        new StepEvent(1, 5, 2_000_000, 1_900_000, 1_489_500, 0, 0));
    }

    @Test
    void noWaitIsInventedWhereARankIsMissing() throws IOException {
        Path file = write("rank0.json", Samples.kineto(0, 0));

        ImportReport report = read(file);

        assertThat(of(BusEvent.class)).allMatch(e -> e.waitNanos() == 0).hasSize(2);
        assertThat(report.notes())
                .contains("collectives and transfers whose wait cannot be told from their transfer: 2 of 2;"
                        + " 1 of 2 ranks were recorded");
        assertThat(recorded.notes).containsEntry("waitsNotTold", "2 of 2; 1 of 2 ranks were recorded");
    }

    @Test
    void noWaitIsInventedWhereCollectivesDoNotOverlap() throws IOException {
        write("rank0.json", Samples.kineto(0, 0));
        // a clock that is off by 10 ms
        write("rank1.json", Samples.kineto(1, 0).replace("1711964646000000000", "1711964646010000000"));

        ImportReport report = read(folder);

        assertThat(of(BusEvent.class)).allMatch(e -> e.waitNanos() == 0).hasSize(4);
        assertThat(report.notes()).anyMatch(note -> note.endsWith("a rank has ended before another began"));
    }

    @Test
    void sizesThatNobodyTellsStayUnknown() throws IOException {
        Path file = write("rank0.json", Samples.kineto(0, 0).replace("msg nelems", "something"));

        ImportReport report = read(file);

        assertThat(of(BusEvent.class))
                .allMatch(e -> e.sentBytes() == BusEvent.UNKNOWN_BYTES && e.receivedBytes() == BusEvent.UNKNOWN_BYTES);
        assertThat(report.notes()).contains("bus events of unknown size: 2");
    }

    @Test
    void sizesOfOlderProfilersStandOnTheAnnotation() throws IOException {
        String old = Samples.kineto(0, 0).replace("msg nelems", "something");
        String annotation = "{\"ph\": \"X\", \"cat\": \"user_annotation\", \"name\": \"nccl:all_reduce\", \"ts\": %d,"
                + " \"dur\": 9, \"args\": {\"Input Dims\": [[16, 16], [8]], \"Input type\": [\"float\", \"long int\"]}},";
        String both = annotation.formatted(2_900) + annotation.formatted(900);
        Path file = write("rank0.json", old.replace("\"traceEvents\": [", "\"traceEvents\": [" + both));

        read(file);

        // 256 floats and 8 longs
        assertThat(of(BusEvent.class)).extracting(BusEvent::sentBytes).containsExactly(1_088L, 1_088L);
    }

    @Test
    void annotationsThatDoNotFitTheKernelsAreNotBelieved() throws IOException {
        String old = Samples.kineto(0, 0).replace("msg nelems", "something");
        String one =
                "{\"ph\": \"X\", \"cat\": \"user_annotation\", \"name\": \"nccl:all_reduce\", \"ts\": 900, \"dur\": 9,"
                        + " \"args\": {\"Input Dims\": [[16]], \"Input type\": [\"float\"]}},";
        Path file = write("rank0.json", old.replace("\"traceEvents\": [", "\"traceEvents\": [" + one));

        read(file);

        assertThat(of(BusEvent.class)).extracting(BusEvent::sentBytes).containsOnly(BusEvent.UNKNOWN_BYTES);
    }

    @Test
    void aFileWithoutWorkOfACardIsAnEmptyTrace() throws IOException {
        Path file = write("rank0.json", Samples.kineto(0, 0).replace("\"kernel\"", "\"cpu_op\""));

        ImportReport report = read(file);

        assertThat(report.events()).isZero();
        assertThat(recorded.events).isEmpty();
        assertThat(report.notes()).contains("ranks whose file holds no work of a card, which are left out: 1");
    }

    @Test
    void whichKernelsWorkOnTheBusCanBeSaid() throws IOException {
        Path file = write("rank0.json", Samples.kineto(0, 0));

        Importers.read(
                file,
                "kineto",
                ImportOptions.DEFAULT.withBusKernels(Pattern.compile("gemm")),
                recorded,
                ImportProgress.SILENT);

        assertThat(of(BusEvent.class)).hasSize(2).allMatch(e -> e.durationNanos() == 10_500);
    }

    @Test
    void twoFilesOfOneRankAreRefused() throws IOException {
        write("a.json", Samples.kineto(1, 0));
        write("b.json", Samples.kineto(1, 0));

        fails(folder, "kineto", folder + "/b.json: is rank 1, and so is a.json; accepted: one file for each rank");
    }

    @Test
    void copiesOfTheRecordedRanksAreMadeOnlyWhenAskedForAndSaySo() throws IOException {
        write("rank0.json", Samples.kineto(0, 0));
        write("rank1.json", Samples.kineto(1, 100));

        ImportReport report =
                Importers.read(folder, "auto", ImportOptions.DEFAULT.withTileCards(6), recorded, ImportProgress.SILENT);

        assertThat(of(BusEvent.class).map(BusEvent::card).distinct()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        assertThat(of(BusEvent.class).map(BusEvent::group).distinct()).hasSize(3);
        assertThat(recorded.notes.get("tiled"))
                .isEqualTo("cards 0-1 are recorded; cards 2-5 repeat them, copy by copy: 3 times the recorded work");
        assertThat(report.notes()).anyMatch(note -> note.startsWith("TILED: cards 0-1 are recorded"));
        assertThatThrownBy(() -> Importers.read(
                        folder, "auto", ImportOptions.DEFAULT.withTileCards(5), new Recorded(), ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessage(folder + ": cannot be tiled to 5 cards: its ranks take 2; accepted: a multiple of 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"dur\": 10.5     | \"dur\": -1             | must be 0 to a day: dur=-1 of gemm(int, ncx);",
                "\"dur\": 10.5     | \"dur\": 86400000001    | must be 0 to a day: dur=86400000001 of gemm(int, ncx);",
                "\"ts\": 100.125   | \"ts\": \"now\"         | is not a number that can be used: ts=now;",
                "\"ts\": 100.125   | \"ts\": 1e99999999      | is not a number that can be used: ts=1e99999999;",
                "ProfilerStep#4    | ProfilerStep#x          | is not the number of a step: ProfilerStep#x;",
                "\"rank\": 0       | \"rank\": 99999         | must be 0 to 65536: rank=99999;",
                "nelems\": 256     | nelems\": \"?\"         | is not a number of elements: In msg nelems=?;",
                "\"traceEvents\":  | \"events\":             | key is missing: traceEvents;",
            })
    void aBadKinetoFileIsNamed(String good, String bad, String message) throws IOException {
        Path file = write("rank0.json", Samples.kineto(0, 0).replace(good.strip(), bad.strip()));

        assertThatThrownBy(() -> Importers.read(file, "kineto", recorded, ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(Pattern.quote(file + ":") + "\\d+: " + Pattern.quote(message) + " accepted: .*");
    }

    @Test
    void aTimelineTellsStagesAndWaits() throws IOException {
        Path file = folder.resolve("timeline.json.gz");
        Files.write(file, Gzip.of(Samples.STRAGGLER.getBytes(StandardCharsets.UTF_8)));

        ImportReport report = read(file);

        assertThat(report.format()).isEqualTo("straggler");
        assertThat(recorded.notes.get("ranks"))
                .isEqualTo("DP rank d, PP rank p, TP rank t -> card (2 d + p) 1 + t; 2 x 2 x 1 ranks on cards 0-3");
        // the earliest start is 0.0004 us, which is no nanosecond
        assertThat(of(ComputeEvent.class).filter(e -> e.stage() == 1))
                .containsExactly(
                        new ComputeEvent(1, ComputeOp.FORWARD, 200_000, 200_000, 0, 0, 0, 23, 0, 1),
                        new ComputeEvent(3, ComputeOp.FORWARD, 205_000, 200_000, 0, 0, 0, 23, 0, 1));
        // stage 1 is ready 20 us before stage 0 sends: it waits, then both transfer for 20 us
        assertThat(of(BusEvent.class).filter(e -> e.op() == BusOp.RECEIVE && e.card() == 1))
                .containsExactly(new BusEvent(
                        1, BusOp.RECEIVE, Fabric.UNKNOWN, 0, 2, 0, 90_000, 40_000, 20_000, -1, -1, 23, 0, 1));
        assertThat(of(BusEvent.class).filter(e -> e.op() == BusOp.SEND && e.card() == 0))
                .containsExactly(
                        new BusEvent(0, BusOp.SEND, Fabric.UNKNOWN, 0, 2, 1, 110_000, 20_000, 0, -1, -1, 23, 0, 0));
        // replica 1 enters the reduction 50 us late
        assertThat(of(BusEvent.class).filter(e -> e.op() == BusOp.REDUCE_SCATTER))
                .extracting(BusEvent::card, BusEvent::waitNanos)
                .containsExactlyInAnyOrder(tuple(0, 50_000L), tuple(1, 50_000L), tuple(2, 0L), tuple(3, 0L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "forward-compute | forward-think | is not an operation that is known: forward-think;",
                "DP rank [0]     | DP rank 0     | names no data-parallel rank: process_name=DP rank 0;",
                "PP rank 0       | PP rank x     | names no pipeline and tensor rank: thread_name=PP rank x",
                "\"step\": 23    | \"step\": -2  | must be a whole number >= -1: step=-2 of forward-compute;",
            })
    void aBadTimelineIsNamed(String good, String bad, String message) throws IOException {
        Path file = write("timeline.json", Samples.STRAGGLER.replace(good.strip(), bad.strip()));

        assertThatThrownBy(() -> Importers.read(file, "straggler", recorded, ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(Pattern.quote(file + ":") + "\\d+: " + Pattern.quote(message) + ".* accepted: .*");
    }

    @Test
    void anAscendProfileTellsTransferAndBytesByItself() throws IOException {
        Samples.ascend(folder, 0);

        ImportReport report = read(folder);

        assertThat(report.format()).isEqualTo("ascend");
        assertThat(recorded.originEpochNanos).isEqualTo(1_736_408_883_704_643_212L);
        assertThat(recorded.events)
                .containsExactly(
                        new ComputeEvent(0, ComputeOp.OTHER, 0, 53_741, 0, 0, 0, 50, -1, -1),
                        new ComputeEvent(0, ComputeOp.OTHER, 100_000, 10_001, 0, 0, 0, 50, -1, -1),
                        new StepEvent(0, 50, 0, 2_356_788, 293_046, 0, 0),
                        // 2,000,000.5 ns, rounded up; all but 300 us of it is not transfer
                        new BusEvent(
                                0,
                                BusOp.ALL_REDUCE,
                                Fabric.BUS,
                                0,
                                3,
                                -1,
                                356_788,
                                2_000_001,
                                1_700_001,
                                1_500_000,
                                -1,
                                50,
                                0,
                                -1));
        assertThat(recorded.notes).containsEntry("busBytesTo.rank0", "2:500000 3:1000000");
        assertThat(report.notes()).contains("1 ranks were recorded of a job with 3 or more");
    }

    @Test
    void oneRanksFolderIsARecordingToo() throws IOException {
        Path rank = Samples.ascend(folder, 5);

        read(rank);

        assertThat(recorded.notes).containsEntry("ranks", "rank 5 -> card 5");
    }

    @Test
    void aProfileWithoutOperationsTellsNeitherBytesNorWaits() throws IOException {
        Path output = Samples.ascend(folder, 0).resolve("ASCEND_PROFILER_OUTPUT");
        Files.delete(output.resolve("communication.json"));
        Files.delete(output.resolve("communication_matrix.json"));

        read(folder);

        assertThat(of(BusEvent.class))
                .containsExactly(new BusEvent(
                        0, BusOp.ALL_REDUCE, Fabric.UNKNOWN, 0, 0, -1, 356_788, 2_000_000, 0, -1, -1, 50, 0, -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "profiler_info_0.json | : holds no profiler_info_<rank>.json; accepted: a folder *_ascend_pt",
                "ASCEND_PROFILER_OUTPUT/kernel_details.csv |"
                        + " /ASCEND_PROFILER_OUTPUT/kernel_details.csv: no such file; accepted: a file to read",
            })
    void aProfileWithoutAFileItNeedsIsRefused(String file, String message) throws IOException {
        Path rank = Samples.ascend(folder, 0);
        Files.delete(rank.resolve(file));

        fails(folder, "ascend", rank + message);
    }

    @Test
    void aProfileThatWasNotAnalysedIsRefused() throws IOException {
        Path rank = Files.createDirectory(folder.resolve("x_ascend_pt"));

        fails(folder, "auto", rank + ": holds no ASCEND_PROFILER_OUTPUT; accepted: a profile that has been analysed");
    }

    private ImportReport read(Path recording) throws IOException {
        return Importers.read(recording, "auto", recorded, ImportProgress.SILENT);
    }

    private void fails(Path recording, String format, String message) {
        assertThatThrownBy(() -> Importers.read(recording, format, recorded, ImportProgress.SILENT))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("accepted: ");
    }

    private <T extends Record> Stream<T> of(Class<T> kind) {
        return recorded.events.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static BusEvent allReduce(int card, long start, long duration, long wait, int step, int number) {
        // 256 floats
        return new BusEvent(
                card,
                BusOp.ALL_REDUCE,
                Fabric.UNKNOWN,
                0,
                2,
                -1,
                start,
                duration,
                wait,
                1_024,
                1_024,
                step,
                number,
                -1);
    }

    private static Tuple tuple(Object... values) {
        return new Tuple(values);
    }

    private Path write(String name, String text) throws IOException {
        Samples.write(folder.resolve(name), text);
        return folder.resolve(name);
    }
}
