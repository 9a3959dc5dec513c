package io.supernode.app.cli;

import static io.supernode.app.report.Readable.count;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.app.report.Readable;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.RecordOptions;
import io.supernode.ingest.kafka.Recorded;
import io.supernode.ingest.kafka.TopicRecorder;
import io.supernode.replay.TraceSplit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code record} */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes the events of a run from the topics to a trace file: what is sent from now on until Ctrl-C, or, with",
            "--run, what the topics hold of a run. What was killed leaves FILE.part for \"verify --repair\"."
        })
final class RecordCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "the trace to write; appears when it is whole")
    private Path trace;

    @Option(
            names = "--run",
            paramLabel = "latest|NUMBER",
            description = "what the topics hold of this run, up to now (default: the next that sends, from now on)")
    private String run;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "end after this much event time, such as 10m")
    private Long durationNanos;

    @Option(
            names = "--wall-limit",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = "end after this much wall time, such as 60s")
    private Long wallLimitNanos;

    @Option(
            names = "--snapshot",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            description = {
                "keep the latest 60s, say, of event time in memory; a line on standard input (Enter) writes it to",
                "FILE-1, FILE-2 and so on, and the end to FILE"
            })
    private Long snapshotNanos;

    @Option(
            names = "--split",
            paramLabel = "SIZE|TIME",
            converter = SplitConverter.class,
            description = "write a folder of parts, each of about this size or event time, such as 1GB or 10m")
    private TraceSplit split = TraceSplit.NONE;

    @Option(
            names = "--scenario",
            paramLabel = "NAME|FILE",
            description = "note in the trace that it is a run of this scenario, and of its machine")
    private String scenario;

    @Option(names = "--quiet", description = "say nothing but errors")
    private boolean quiet;

    RecordCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(quiet);
        RecordOptions options = options();
        Path folder = trace.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new ConfigurationException("-o " + trace + ": there is no folder " + folder);
        }
        AtomicBoolean stopped = new AtomicBoolean();
        session.interrupt().onRequest(() -> stopped.set(true));
        try (KafkaEdge edge = KafkaEdge.connect(kafka.settingsOrDefault())) {
            edge.topics(1).check().requireUsable();
            try (TopicRecorder recorder = edge.recorder()) {
                session.console()
                        .say("recording from " + edge.settings().bootstrap()
                                + (run == null ? " what is sent from now on; Ctrl-C ends it" : "")
                                + (snapshotNanos == null
                                        ? ""
                                        : "; Enter writes the last " + Readable.seconds(snapshotNanos / 1e9)));
                if (snapshotNanos != null) {
                    listen(recorder);
                }
                Recorded recorded = recorder.record(
                        options, trace, stopped::get, soFar -> session.console().progress(line(soFar)));
                session.console().endProgress();
                if (recorder.snapshots() > 0) {
                    session.console().say("snapshots written on the way: " + recorder.snapshots());
                }
                if (recorder.isShort()) {
                    session.console()
                            .say("memory does not hold " + Readable.seconds(snapshotNanos / 1e9)
                                    + " of it: snapshots are shorter");
                }
                return tell(recorded);
            }
        }
    }

    private int tell(Recorded recorded) {
        if (recorded.frames() == 0) {
            session.console()
                    .error("nothing recorded: the topics hold "
                            + (run == null ? "nothing new" : "no frame of run " + run)
                            + (recorded.otherRuns() > 0 ? ", but " + count(recorded.otherRuns()) + " of others" : ""));
            return ExitCode.FAILED;
        }
        session.console()
                .say(trace.getFileName() + ": "
                        + (snapshotNanos == null
                                ? ""
                                : "the last " + Readable.seconds(snapshotNanos / 1e9) + " of what was seen: ")
                        + "run " + recorded.run().getAsLong() + ", " + count(recorded.events())
                        + " events in " + count(recorded.frames()) + " frames, "
                        + Readable.scaled(recorded.bytes(), "B") + ", "
                        + Readable.seconds(recorded.spanNanos() / 1e9) + " of event time");
        if (recorded.otherRuns() > 0) {
            session.console().say("left out " + count(recorded.otherRuns()) + " frames of other runs");
        }
        if (recorded.unreadable() > 0) {
            session.console().say("left out " + count(recorded.unreadable()) + " records that are no frames");
        }
        return ExitCode.OK;
    }

    /** Every line of standard input asks for a snapshot. The thread ends with the input, or with the process. */
    private static void listen(TopicRecorder recorder) {
        Thread listener = new Thread(
                () -> {
                    try (Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
                        while (lines.hasNextLine()) {
                            lines.nextLine();
                            recorder.snapshot();
                        }
                    }
                },
                "snapshots");
        listener.setDaemon(true);
        listener.start();
    }

    private RecordOptions options() throws ConfigurationException {
        if (snapshotNanos != null && !split.equals(TraceSplit.NONE)) {
            throw new ConfigurationException("--snapshot with --split: a snapshot is one file; name one of the two");
        }
        if (snapshotNanos != null && snapshotNanos < 1) {
            throw new ConfigurationException("--snapshot: must be more than 0 s");
        }
        RecordOptions options;
        if (run == null) {
            options = RecordOptions.next();
        } else if (run.equals("latest")) {
            options = RecordOptions.latest();
        } else {
            try {
                options = RecordOptions.of(Long.parseLong(run));
            } catch (NumberFormatException e) {
                throw new ConfigurationException("--run " + run + ": must be latest or the number of a run");
            }
        }
        return options.within(
                        durationNanos == null ? RecordOptions.UNLIMITED : durationNanos,
                        wallLimitNanos == null ? RecordOptions.UNLIMITED : wallLimitNanos)
                .withSplit(split)
                .withSnapshot(snapshotNanos == null ? 0 : snapshotNanos)
                .withNotes(
                        scenario == null
                                ? Map.of(TraceNotes.WRITER, TraceNotes.writer())
                                : TraceNotes.of(ScenarioOptions.named(scenario).scenario(scenario)));
    }

    private static String line(Recorded soFar) {
        return "  " + Readable.seconds(Math.floor(soFar.spanNanos() / 1e9)) + ", " + count(soFar.events()) + " events";
    }
}
