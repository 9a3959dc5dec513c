package io.supernode.app.cli;

import io.supernode.app.report.Readable;
import io.supernode.exporter.Controls;
import io.supernode.exporter.Exporter;
import io.supernode.ingest.kafka.GroupLag;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaFrameSink;
import io.supernode.ingest.kafka.LatestEventTime;
import io.supernode.ingest.kafka.SentRun;
import io.supernode.replay.EventTime;
import io.supernode.replay.FrameSink;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.replay.ResumedSink;
import io.supernode.replay.RunPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Plays a subject into a broker, with progress, until its end, a limit, Ctrl-C or a failure elsewhere. */
final class Play {
    private static final Duration LOOK = Duration.ofSeconds(15);
    /** All frames that the topics keep are read, six hours of them at most. */
    private static final Duration READ = Duration.ofMinutes(5);

    /** How often a log is told how it goes. */
    private static final long TELL_NANOS = 30_000_000_000L;

    private final Session session;
    private final KafkaEdge edge;
    private final Supplier<Optional<String>> failureElsewhere;
    private final Optional<Exporter> shown;
    private long toldNanos = System.nanoTime();

    /**
     * @param failureElsewhere asked now and then; a reason ends the replay
     * @param shown where a page can follow and control it; empty where there is none
     */
    Play(Session session, KafkaEdge edge, Supplier<Optional<String>> failureElsewhere, Optional<Exporter> shown) {
        this.session = session;
        this.edge = edge;
        this.failureElsewhere = failureElsewhere;
        this.shown = shown;
    }

    ReplayReport run(Subject subject, ReplayOptions.Builder options, ReplayFlags flags) throws IOException {
        place(options);
        try (KafkaFrameSink sink = edge.frameSink()) {
            return run(subject, options, flags, sink);
        }
    }

    /** Goes on with the newest run in the topics; begins one where there is none. */
    ReplayReport resume(Subject subject, ReplayOptions.Builder options, ReplayFlags flags) throws IOException {
        Optional<RunPosition> sent;
        try (SentRun looked = edge.sentRun()) {
            sent = looked.position(READ);
        }
        if (sent.isEmpty()) {
            session.console().say("no run is in the topics: a new one begins");
            return run(subject, options, flags);
        }
        RunPosition position = sent.get();
        session.console()
                .say("going on with run " + position.run() + " at " + Readable.seconds(position.throughNanos() / 1e9));
        ReplayOptions.Builder same = options.ofRun(position.run())
                .originEpochNanos(position.originEpochNanos())
                .resumesAtNanos(Math.max(0, position.throughNanos()));
        try (ResumedSink sink = new ResumedSink(edge.frameSink(), position)) {
            return run(subject, same, flags, sink);
        }
    }

    private ReplayReport run(Subject subject, ReplayOptions.Builder options, ReplayFlags flags, FrameSink sink)
            throws IOException {
        options.cardsPerNode(subject.info().cardsPerNode());
        LiveRun played = subject.run();
        ReplayEngine engine = new ReplayEngine(options.build(), played, sink, ReplayClock.system());
        session.interrupt().onRequest(engine::stop);
        boolean seeksBack = options.build().playback().eventTime() == EventTime.MONOTONE;
        Controls controls = new ReplayControls(
                List.of(new ReplayControls.Played(engine, played)),
                flags.recordingNanos(subject),
                seeksBack,
                line -> session.console().say(line));
        shown.ifPresent(exporter -> exporter.control(controls));
        LiveSummary summary =
                new LiveSummary(options.build().run(), flags.expectedNanos(subject), shown.map(Exporter::store));
        Optional<LagPacer> pacer = pacer(flags, engine);
        ScheduledExecutorService watch = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        try (Keys keys = Keys.of(session.console(), engine)) {
            keys.tell();
            watch.scheduleWithFixedDelay(() -> watch(engine, summary), 250, 250, TimeUnit.MILLISECONDS);
            pacer.ifPresent(p -> watch.scheduleWithFixedDelay(p::look, 0, 200, TimeUnit.MILLISECONDS));
            return engine.run();
        } finally {
            shown.ifPresent(Exporter::endControl);
            watch.shutdownNow();
            session.console().endProgress();
        }
    }

    private Optional<LagPacer> pacer(ReplayFlags flags, ReplayEngine engine) {
        if (flags.paceByLag == null) {
            return Optional.empty();
        }
        GroupLag lag = edge.lagOf(flags.paceByLag);
        lag.records(); // before anything is sent: there must be such a group
        return Optional.of(new LagPacer(
                lag::records,
                flags.maxLag,
                engine::hold,
                line -> session.console().say(line)));
    }

    /** Event time never goes back on a broker: it begins now, or where an earlier run ended, if that is later. */
    private void place(ReplayOptions.Builder options) {
        long now = ReplayClock.system().epochNanos();
        long latest;
        try (LatestEventTime looked = edge.latestEventTime()) {
            latest = looked.throughEpochNanos(LOOK).orElse(Long.MIN_VALUE);
        }
        ReplayOptions asked = options.build();
        if (asked.playback().eventTime() != EventTime.KEEP) {
            options.originEpochNanos(Math.max(now, latest));
        } else if (asked.originEpochNanos().orElseThrow() + asked.playback().fromNanos() < latest) {
            session.console()
                    .say("event time in the topics has come further than what is kept: much of it will be put aside"
                            + " as too late; a fresh broker, or --event-time monotone, takes it");
        }
    }

    private void watch(ReplayEngine engine, LiveSummary summary) {
        if (failureElsewhere.get().isPresent()) {
            engine.stop();
        }
        if (session.console().isTerminal()) {
            session.console().progress(summary.lines(engine.progress()).toArray(String[]::new));
        } else if (System.nanoTime() - toldNanos >= TELL_NANOS) {
            toldNanos = System.nanoTime();
            session.console().say(summary.line(engine.progress()));
        }
    }
}
