package io.supernode.app.cli;

import io.supernode.app.report.Findings;
import io.supernode.app.report.JsonText;
import io.supernode.app.report.Readable;
import io.supernode.app.report.RunReport;
import io.supernode.app.report.RunSummary;
import io.supernode.exporter.Exporter;
import io.supernode.exporter.ExporterOptions;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
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

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "also show /metrics and the live page there, from which the replay can be controlled")
    private String listen;

    @Mixin
    private TokenOptions tokenOptions;

    @Option(
            names = "--resume",
            description = "go on with the newest run in the topics where its sender was killed, without a gap and"
                    + " without sending anything twice; all else must be as it was begun")
    private boolean resume;

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
        ReportFile.requireWritable("--report", report);
        Subject subject = Subject.of(scenario, replay.trace);
        replay.hasPage = listen != null;
        ReplayOptions.Builder options = replay.options(RunNumber.next(), "1x", subject);
        KafkaSettings settings = kafka.settingsOrDefault();
        Optional<Exporter> exporter = exporter(settings, subject);
        try (KafkaEdge edge = KafkaEdge.connect(settings)) {
            edge.topics(1).check().requireUsable();
            session.console()
                    .say("replaying " + subject.info().scenario() + " into "
                            + edge.settings().bootstrap());
            Play play = new Play(session, edge, Optional::empty, exporter);
            ReplayReport played = resume ? play.resume(subject, options, replay) : play.run(subject, options, replay);
            RunReport result = new RunReport(
                    subject.reported(), played, Optional.empty(), 0, Findings.NONE, subject.peakFlopsPerCard());
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
        } finally {
            exporter.ifPresent(Exporter::close);
        }
    }

    private Optional<Exporter> exporter(KafkaSettings settings, Subject subject) throws Exception {
        if (listen == null) {
            return Optional.empty();
        }
        Listen.requireFree(listen);
        Map<String, Object> consumer = new HashMap<>();
        settings.consumer(Map.of()).forEach((key, value) -> consumer.put((String) key, value));
        Path madeUp = Path.of(System.getProperty("user.home"), ".supernode-token");
        Optional<TokenOptions.Token> token = tokenOptions.token(listen, madeUp);
        ExporterOptions shown =
                ExporterOptions.withoutKafka().listen(listen).kafka(consumer).info(subject.info());
        Exporter exporter =
                Exporter.start(token.map(t -> shown.token(t.value())).orElse(shown));
        session.console()
                .say("live page  http://" + exporter.address().getHostString() + ":"
                        + exporter.address().getPort() + "/");
        token.ifPresent(t -> session.console().say("token      " + t.told()));
        return Optional.of(exporter);
    }
}
