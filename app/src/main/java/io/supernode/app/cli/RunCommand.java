package io.supernode.app.cli;

import io.supernode.app.ExitCode;
import io.supernode.app.report.Findings;
import io.supernode.app.report.JsonText;
import io.supernode.app.report.Readable;
import io.supernode.app.report.RunReport;
import io.supernode.app.report.RunSummary;
import io.supernode.app.stack.DataFolder;
import io.supernode.app.stack.LocalStack;
import io.supernode.ingest.kafka.DeadLetterCounter;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code run} */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Replays a bounded run through Kafka and Flink on this machine, waits until all of it has come out, and reports.",
            "Throughput and latency in the report are read from the windows that left Flink, not from the model."
        })
final class RunCommand implements Callable<Integer> {
    private static final long DEFAULT_NANOS = 600_000_000_000L;

    private final Session session;

    @Mixin
    private ScenarioOptions scenario;

    @Mixin
    private ReplayFlags replay;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private TokenOptions tokenOptions;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:0",
            description = "where /metrics and the live page are meanwhile (default: a free port)")
    private String listen;

    @Option(names = "--report", paramLabel = "FILE", description = "write the report there, as JSON")
    private Path report;

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description = {
                "write what /metrics would have told over the run's own event time there, as OpenMetrics:",
                "promtool tsdb create-blocks-from openmetrics FILE DIRECTORY"
            })
    private Path history;

    @Option(
            names = "--history-every",
            paramLabel = "TIME",
            converter = NanosConverter.class,
            defaultValue = "10s",
            description = "event time between two samples of the history (default: ${DEFAULT-VALUE})")
    private long historyEveryNanos;

    @Mixin
    private OutputOptions output;

    RunCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(output.quiet);
        ReportFile.requireWritable("--report", report);
        ReportFile.requireWritable("--history", history);
        Subject subject = Subject.of(scenario, replay.trace);
        if ((subject.trace().isEmpty() || replay.loop)
                && replay.durationNanos == null
                && replay.wallLimitNanos == null) {
            replay.durationNanos = DEFAULT_NANOS; // training has no end, nor has a loop
        }
        replay.hasPage = true;
        ReplayOptions.Builder options = replay.options(RunNumber.next(), "max", subject);
        Listen.requireFree(listen);
        session.console().progress("  starting Kafka, Flink and the exporter");
        try (DataFolder data = stackOptions.open(output.verbose);
                LocalStack stack = start(data, subject);
                DeadLetterCounter deadLetters = stack.edge().deadLetters()) {
            ReplayReport played = new Play(session, stack.edge(), stack::failure, Optional.of(stack.exporter()))
                    .run(subject, options, replay);
            Drain.Result drained = new Drain(session, stack, deadLetters).await(played);
            RunReport result = new RunReport(
                    subject.reported(),
                    played,
                    Optional.of(drained.figures()),
                    drained.deadLettered(),
                    Findings.of(stack.exporter().store().anomalies(), played.run(), played.eventNanos()),
                    subject.peakFlopsPerCard());
            ReportFile.write(report, result);
            writeHistory(stack, played.run());
            session.console()
                    .data(
                            switch (output.format) {
                                case JSON -> JsonText.of(result);
                                case TEXT -> RunSummary.of(result);
                            });
            return exitCode(played, drained, data);
        }
    }

    private void writeHistory(LocalStack stack, long run) throws IOException {
        if (history == null) {
            return;
        }
        session.console().progress("  writing the history");
        long samples = stack.exporter().writeHistory(run, historyEveryNanos, history);
        session.console().endProgress();
        session.console().say("history    " + Readable.count(samples) + " samples in " + history);
    }

    private LocalStack start(DataFolder data, Subject subject) throws Exception {
        Optional<TokenOptions.Token> token = tokenOptions.token(listen, data.token());
        LocalStack stack =
                LocalStack.start(data, kafka.settings(), listen, subject.info(), token.map(TokenOptions.Token::value));
        token.ifPresent(t -> session.console().say("token      " + t.told()));
        return stack;
    }

    private int exitCode(ReplayReport played, Drain.Result drained, DataFolder data) {
        if (session.interrupt().isRequested()) {
            session.console().error("interrupted after " + played.sentEvents() + " events");
            return ExitCode.FAILED;
        }
        if (!drained.complete()) {
            session.console()
                    .error("the books do not balance: sent " + played.sentEvents() + ", in windows "
                            + drained.figures().windowedEvents() + ", put aside " + drained.deadLettered()
                            + "; the log is " + data.log());
            return ExitCode.FAILED;
        }
        return Fidelity.exitCode(session, replay.missed(played));
    }
}
