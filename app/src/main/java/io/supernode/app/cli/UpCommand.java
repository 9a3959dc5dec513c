package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.app.report.Findings;
import io.supernode.app.report.Readable;
import io.supernode.app.report.RunReport;
import io.supernode.app.stack.DataFolder;
import io.supernode.app.stack.LocalStack;
import io.supernode.exporter.RunInfo;
import io.supernode.ingest.kafka.DeadLetterCounter;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.replay.Speed;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code up} */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs everything on this machine until Ctrl-C: Kafka, Flink, replay, exporter and live page.")
final class UpCommand implements Callable<Integer> {
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
            defaultValue = "127.0.0.1:8384",
            description = "where /metrics and the live page are (default: 127.0.0.1:8384)")
    private String listen;

    @Option(
            names = "--compare",
            paramLabel = "MACHINE|FILE",
            description = {
                "replay the same work on this machine too, at the same time, as supernode 1 of the same run:",
                "ethernet-910b, for example, or a YAML file of a machine; the page holds the two side by side"
            })
    private String compare;

    @Option(names = "--report", paramLabel = "FILE", description = "write a report there at the end, as JSON")
    private Path report;

    @Option(names = "--quiet", description = "say nothing but errors")
    private boolean quiet;

    @Option(names = "--verbose", description = "let the log file have what libraries say while debugging")
    private boolean verbose;

    UpCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        long begun = System.nanoTime();
        session.console().quiet(quiet);
        ReportFile.requireWritable("--report", report);
        scenario.sampled = true; // a page without temperatures would not be one of a machine
        Subject subject = Subject.of(scenario, replay.trace);
        List<Subject> subjects = compare == null ? List.of(subject) : List.of(subject, compared(subject));
        replay.hasPage = true;
        ReplayOptions.Builder options = replay.options(RunNumber.next(), "1x", subject);
        Listen.requireFree(listen);
        session.console().progress("  starting Kafka, Flink and the exporter");
        try (DataFolder data = stackOptions.open(verbose);
                LocalStack stack = start(data, info(subjects));
                DeadLetterCounter deadLetters = stack.edge().deadLetters()) {
            welcome(info(subjects), options.build().speed(), stack, data, begun);
            Play play = new Play(session, stack.edge(), stack::failure, Optional.of(stack.exporter()));
            List<ReplayReport> all = compare == null
                    ? List.of(play.run(subject, options, replay))
                    : play.runAbreast(subjects, options, replay);
            ReplayReport played = all.get(0);
            if (stack.failure().isPresent()) {
                session.console().error(stack.failure().get() + "; the log is " + data.log());
                return ExitCode.FAILED;
            }
            if (report != null) {
                Drain.Result drained = new Drain(session, stack, deadLetters).await(played);
                ReportFile.write(
                        report,
                        new RunReport(
                                subject.reported(),
                                played,
                                Optional.of(drained.figures()),
                                drained.deadLettered(),
                                Findings.of(stack.exporter().store().anomalies(), played.run(), played.eventNanos()),
                                subject.peakFlopsPerCard()));
            }
            session.console()
                    .say("ended after " + Readable.seconds(played.wallNanos() / 1e9) + ": "
                            + Readable.count(all.stream()
                                    .mapToLong(ReplayReport::sentEvents)
                                    .sum())
                            + " events sent");
            return Fidelity.exitCode(session, replay.missed(played));
        }
    }

    /** The same work on the machine that is compared with. */
    private Subject compared(Subject subject) throws Exception {
        if (report != null) {
            throw new ConfigurationException(
                    "--compare with --report: a report is of one machine; leave one of them out,"
                            + " or run the two one after the other");
        }
        if (subject.trace().isPresent() && !subject.trace().get().holdsRequests()) {
            throw new ConfigurationException("--compare " + compare + ": " + replay.trace
                    + " holds what one machine did; accepted: a scenario, or a trace of requests that two can serve");
        }
        try {
            return Subject.of(scenario.on(compare), replay.trace);
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    "--compare " + compare + ": " + e.getMessage().replaceFirst("^--set machine: ", ""));
        }
    }

    private static RunInfo info(List<Subject> subjects) {
        RunInfo info = subjects.get(0).info();
        for (Subject beside : subjects.subList(1, subjects.size())) {
            info = info.with(beside.info());
        }
        return info;
    }

    private LocalStack start(DataFolder data, RunInfo info) throws Exception {
        Optional<TokenOptions.Token> token = tokenOptions.token(listen, data.token());
        LocalStack stack = LocalStack.start(data, kafka.settings(), listen, info, token.map(TokenOptions.Token::value));
        token.ifPresent(t -> session.console().say("token      " + t.told()));
        return stack;
    }

    private void welcome(RunInfo info, Speed speed, LocalStack stack, DataFolder data, long begun) {
        InetSocketAddress address = stack.exporter().address();
        String url = "http://" + address.getHostString() + ":" + address.getPort();
        session.console()
                .say(info.scenario() + (info.machine().isEmpty() ? "" : " on " + info.machine()) + ", " + info.cards()
                        + " cards, at " + speed);
        for (RunInfo beside : info.beside()) {
            session.console().say("beside it  " + beside.machine() + ", " + beside.cards() + " cards, as supernode 1");
        }
        session.console().say("live page  " + url + "/");
        session.console().say("metrics    " + url + "/metrics");
        session.console().say("kafka      " + stack.edge().settings().bootstrap());
        session.console().say("data, log  " + data.root());
        session.console()
                .say("ready after " + Readable.seconds((System.nanoTime() - begun) / 1e9) + "; Ctrl-C ends it");
    }
}
