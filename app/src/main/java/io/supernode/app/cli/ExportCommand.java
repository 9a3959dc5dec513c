package io.supernode.app.cli;

import io.supernode.app.ExitCode;
import io.supernode.exporter.Exporter;
import io.supernode.exporter.ExporterOptions;
import io.supernode.exporter.RunInfo;
import io.supernode.ingest.kafka.KafkaSettings;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code export} */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "The exporter alone, for a cluster whose broker and job run elsewhere, until Ctrl-C.")
final class ExportCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:8384",
            description = "where /metrics and the live page are (default: 127.0.0.1:8384)")
    private String listen;

    @Mixin
    private ScenarioOptions scenario;

    @Option(names = "--quiet", description = "say nothing but errors")
    private boolean quiet;

    ExportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(quiet);
        KafkaSettings settings = kafka.settingsOrDefault();
        Map<String, Object> consumer = new HashMap<>();
        settings.consumer(Map.of()).forEach((key, value) -> consumer.put((String) key, value));
        Listen.requireFree(listen);
        CountDownLatch ended = new CountDownLatch(1);
        session.interrupt().onRequest(ended::countDown);
        try (Exporter exporter = Exporter.start(
                ExporterOptions.withoutKafka().listen(listen).kafka(consumer).info(info()))) {
            session.console()
                    .say("metrics of " + settings.bootstrap() + " at http://"
                            + exporter.address().getHostString() + ":"
                            + exporter.address().getPort() + "/metrics; Ctrl-C ends it");
            ended.await();
        }
        return ExitCode.OK;
    }

    /** What the windows do not say, where a scenario was named: names, and the peak that utilization is measured by. */
    private RunInfo info() throws Exception {
        if (scenario.nameOrFile == null) {
            return RunInfo.unknown();
        }
        Scenario s = scenario.scenario(scenario.nameOrFile);
        Answer answer = s.answer();
        return new RunInfo(
                s.name(),
                s.machine().name(),
                s.workload().name(),
                s.machine().cards(),
                s.machine().cardsPerNode(),
                s.machine().topology().nodesPerRack(),
                s.machine().topology().switchRacks(),
                s.machine().topology().planes(),
                answer.peakFlops() / answer.cards(),
                Optional.of(s.machine().collective()),
                List.of());
    }
}
