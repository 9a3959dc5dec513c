package io.supernode.app.cli;

import io.supernode.app.report.JsonText;
import io.supernode.app.report.Readable;
import io.supernode.app.report.RunReport;
import io.supernode.app.report.RunSummary;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code replay} */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Replays a scenario or a trace into the topics of a broker that runs elsewhere; job and exporter too.")
final class ReplayCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ScenarioOptions scenario;

    @Mixin
    private ReplayFlags replay;

    @Mixin
    private KafkaOptions kafka;

    @Option(names = "--report", paramLabel = "FILE", description = "write what was sent, and when, there, as JSON")
    private Path report;

    @Mixin
    private OutputOptions output;

    ReplayCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(output.quiet);
        ReportFile.requireWritable(report);
        Subject subject = Subject.of(scenario, replay.trace);
        ReplayOptions.Builder options = replay.options(RunNumber.next(), "1x", subject);
        try (KafkaEdge edge = KafkaEdge.connect(kafka.settingsOrDefault())) {
            edge.topics(1).check().requireUsable();
            session.console()
                    .say("replaying " + subject.info().scenario() + " into "
                            + edge.settings().bootstrap());
            ReplayReport played =
                    new Play(session, edge, Optional::empty).run(subject, options, replay.expectedNanos(subject));
            RunReport result =
                    new RunReport(subject.reported(), played, Optional.empty(), 0, subject.peakFlopsPerCard());
            ReportFile.write(report, result);
            session.console()
                    .data(
                            switch (output.format) {
                                case JSON -> JsonText.of(result);
                                case TEXT -> RunSummary.of(result);
                            });
            if (played.end() == ReplayReport.End.STOPPED) {
                session.console().say("stopped after " + Readable.seconds(played.wallNanos() / 1e9));
            }
            return Fidelity.exitCode(session, replay.missed(played));
        }
    }
}
