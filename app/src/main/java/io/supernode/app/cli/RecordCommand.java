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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
                                + (run == null ? " what is sent from now on; Ctrl-C ends it" : ""));
                Recorded recorded = recorder.record(
                        options, trace, stopped::get, soFar -> session.console().progress(line(soFar)));
                session.console().endProgress();
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
                .say(trace.getFileName() + ": run " + recorded.run().getAsLong() + ", " + count(recorded.events())
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

    private RecordOptions options() throws ConfigurationException {
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
                .withNotes(
                        scenario == null
                                ? Map.of(TraceNotes.WRITER, TraceNotes.writer())
                                : TraceNotes.of(ScenarioOptions.named(scenario).scenario(scenario)));
    }

    private static String line(Recorded soFar) {
        return "  " + Readable.seconds(Math.floor(soFar.spanNanos() / 1e9)) + ", " + count(soFar.events()) + " events";
    }
}
