package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.report.RunReport;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceRules;
import io.supernode.disturbance.LiveDisturbances;
import io.supernode.disturbance.TruthTold;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.exporter.RunInfo;
import io.supernode.replay.LiveRun;
import io.supernode.replay.TraceEvents;
import io.supernode.replay.TraceRequests;
import io.supernode.replay.TraceSummary;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioRun;
import io.supernode.workload.ServingWorkload;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is replayed: a scenario by itself, a scenario that serves a recorded list of requests, or recorded events.
 *
 * @param trace the recording, read to its end and found whole; empty where there is none
 */
record Subject(Scenario scenario, Optional<Recording> trace) {
    /** A trace file and what it holds. */
    record Recording(Path file, TraceSummary summary) {
        boolean holdsRequests() {
            return summary.requests() > 0;
        }
    }

    /** Recorded requests, served by the scenario from its beginning. */
    private record Served(EventSource events, TraceRequests requests) implements EventSource, Closeable {
        @Override
        public boolean next(EventBatch batch) {
            return events.next(batch);
        }

        @Override
        public long throughNanos() {
            return events.throughNanos();
        }

        @Override
        public void close() throws IOException {
            requests.close();
        }
    }

    /**
     * Finds out before anything is started whether all of it can be done.
     *
     * @throws ConfigurationException when scenario and trace do not go together
     * @throws IOException when the trace is not readable as one, to its end
     */
    static Subject of(ScenarioOptions options, Path trace) throws ConfigurationException, IOException {
        if (trace == null) {
            Scenario scenario = options.scenario(ScenarioOptions.TRAINING);
            if (scenario.workload() instanceof ServingWorkload) {
                throw new ConfigurationException("--scenario " + scenario.name()
                        + " serves requests: name a trace of them with --trace (see \"supernode import --help\")");
            }
            return new Subject(scenario, Optional.empty());
        }
        Recording recording = new Recording(trace, TraceSummary.of(trace, false));
        if (!recording.holdsRequests()) {
            Subject recorded = new Subject(options.scenario(ScenarioOptions.TRAINING), Optional.of(recording));
            recorded.requireDisturbable();
            return recorded;
        }
        Scenario scenario = options.scenario(ScenarioOptions.SERVING);
        if (!(scenario.workload() instanceof ServingWorkload)) {
            throw new ConfigurationException("--trace " + trace + " holds requests, and --scenario " + scenario.name()
                    + " serves none; accepted: a serving scenario such as " + ScenarioOptions.SERVING);
        }
        return new Subject(scenario, Optional.of(recording));
    }

    private void requireDisturbable() throws ConfigurationException {
        if (!scenario.disturbances().arrivals().isEmpty()) {
            throw new ConfigurationException("--trace " + trace.get().file()
                    + ": what has been recorded is not disturbed at random; leave disturbances.random out");
        }
        DisturbanceRules rules = disturbanceRules();
        for (Disturbance d : scenario.disturbances().all()) {
            try {
                rules.require(d);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("--trace " + trace.get().file() + ": " + e.getMessage());
            }
        }
    }

    /** What is played, each time from its beginning as it was asked for. */
    LiveRun run() {
        LiveDisturbances disturbances = new LiveDisturbances(disturbanceRules(), scenario.disturbances());
        if (trace.isEmpty()) {
            ScenarioRun run = scenario.run();
            return new LiveRun(run::from, disturbances);
        }
        Path file = trace.get().file();
        if (trace.get().holdsRequests()) {
            return new LiveRun(
                    (fromNanos, schedule) -> {
                        TraceRequests requests = TraceRequests.open(file);
                        return new Served(scenario.events(requests, schedule), requests);
                    },
                    disturbances);
        }
        return new LiveRun(
                (fromNanos, schedule) -> new TruthTold(TraceEvents.open(file, fromNanos), schedule, fromNanos),
                disturbances);
    }

    /** What can go wrong: in what has happened already, what becomes of its telemetry alone. */
    private DisturbanceRules disturbanceRules() {
        RunInfo info = info();
        return isRecordedEvents()
                ? new DisturbanceRules(
                        info.scenario(), info.cards(), info.cardsPerNode(), info.planes(), 1, DisturbanceRules.OF_NODES)
                : scenario.disturbanceRules();
    }

    /** Wall time that time 0 of recorded events stood for; empty where there are none, or it is not known. */
    OptionalLong recordedOriginEpochNanos() {
        long origin = isRecordedEvents() ? trace.get().summary().metadata().originEpochNanos() : 0;
        return origin == 0 ? OptionalLong.empty() : OptionalLong.of(origin);
    }

    /** Operations per second that one card could do; 0 where the recording is of an unknown machine. */
    double peakFlopsPerCard() {
        Answer answer = scenario.answer();
        return isRecordedEvents() ? 0 : answer.peakFlops() / answer.cards();
    }

    RunInfo info() {
        if (isRecordedEvents()) {
            TraceSummary summary = trace.get().summary();
            return TraceNotes.info(name(), summary.metadata().notes(), summary.cardCount(), scenario);
        }
        return new RunInfo(
                name(),
                scenario.machine().name(),
                scenario.workload().name(),
                scenario.machine().cards(),
                scenario.machine().cardsPerNode(),
                scenario.machine().topology().nodesPerRack(),
                scenario.machine().topology().switchRacks(),
                scenario.machine().topology().planes(),
                peakFlopsPerCard(),
                Optional.of(scenario.machine().collective()),
                List.of());
    }

    RunReport.Subject reported() {
        RunInfo info = info();
        return new RunReport.Subject(info.scenario(), info.machine(), info.workload(), scenario.seed(), info.cards());
    }

    /** Event time that a recording spans; 0 for a scenario by itself, which has no end. */
    long spanNanos() {
        return trace.map(t -> t.summary().spanNanos()).orElse(0L);
    }

    private boolean isRecordedEvents() {
        return trace.isPresent() && !trace.get().holdsRequests();
    }

    private String name() {
        return isRecordedEvents() ? trace.get().file().getFileName().toString() : scenario.name();
    }
}
