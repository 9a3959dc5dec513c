package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.report.RunReport;
import io.supernode.event.EventSource;
import io.supernode.exporter.RunInfo;
import io.supernode.replay.TraceEvents;
import io.supernode.replay.TraceRequests;
import io.supernode.replay.TraceSummary;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import io.supernode.workload.ServingWorkload;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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

    /** Events, and what must be closed when they are no longer needed. */
    record Open(EventSource events, Closeable resource) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            resource.close();
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
            return new Subject(options.scenario(ScenarioOptions.TRAINING), Optional.of(recording));
        }
        Scenario scenario = options.scenario(ScenarioOptions.SERVING);
        if (!(scenario.workload() instanceof ServingWorkload)) {
            throw new ConfigurationException("--trace " + trace + " holds requests, and --scenario " + scenario.name()
                    + " serves none; accepted: a serving scenario such as " + ScenarioOptions.SERVING);
        }
        return new Subject(scenario, Optional.of(recording));
    }

    Open open() throws IOException {
        if (trace.isEmpty()) {
            return new Open(scenario.events(), () -> {});
        }
        if (trace.get().holdsRequests()) {
            TraceRequests requests = TraceRequests.open(trace.get().file());
            return new Open(scenario.events(requests), requests);
        }
        TraceEvents events = TraceEvents.open(trace.get().file());
        return new Open(events, events);
    }

    /** Operations per second that one card could do; 0 where the recording is of an unknown machine. */
    double peakFlopsPerCard() {
        Answer answer = scenario.answer();
        return isRecordedEvents() ? 0 : answer.peakFlops() / answer.cards();
    }

    RunInfo info() {
        if (isRecordedEvents()) {
            TraceSummary summary = trace.get().summary();
            return new RunInfo(
                    name(), "", "", summary.cardCount(), scenario.machine().cardsPerNode(), 0);
        }
        return new RunInfo(
                name(),
                scenario.machine().name(),
                scenario.workload().name(),
                scenario.machine().cards(),
                scenario.machine().cardsPerNode(),
                peakFlopsPerCard());
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
