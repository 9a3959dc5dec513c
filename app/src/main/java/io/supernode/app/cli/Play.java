package io.supernode.app.cli;

import io.supernode.app.report.Readable;
import io.supernode.exporter.Controls;
import io.supernode.exporter.Exporter;
import io.supernode.ingest.kafka.GroupLag;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaFrameSink;
import io.supernode.ingest.kafka.LatestEventTime;
import io.supernode.ingest.kafka.SentRun;
import io.supernode.replay.Abreast;
import io.supernode.replay.EventTime;
import io.supernode.replay.FrameSink;
import io.supernode.replay.LiveRun;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import io.supernode.replay.ResumedSink;
import io.supernode.replay.RunPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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

    /**
     * How far one machine may be ahead of another, event time. With the longest tick, 250 ms, and what waits in a producer,
     * it is to be less than the 500 ms that the job allows senders.
     */
    private static final long SLACK_NANOS = 100_000_000L;
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

    /**
     * Plays subjects side by side, as supernodes 0, 1 and so on of one run, and together: neither comes late because the
     * other is ahead. It is over when the first is.
     */
    List<ReplayReport> runAbreast(List<Subject> subjects, ReplayOptions.Builder options, ReplayFlags flags)
            throws IOException, InterruptedException {
        place(options);
        try (FrameSink shared = edge.frameSink()) {
            return runAbreast(new Abreast(shared, subjects.size(), SLACK_NANOS), subjects, options, flags);
        }
    }

    private List<ReplayReport> runAbreast(
            Abreast abreast, List<Subject> subjects, ReplayOptions.Builder options, ReplayFlags flags)
            throws IOException, InterruptedException {
        List<FrameSink> sinks = new ArrayList<>();
        List<ReplayControls.Played> all = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i++) {
            sinks.add(abreast.sink(i));
            all.add(played(subjects.get(i), options.supernode(i), sinks.get(i)));
        }
        List<Beside> others = new ArrayList<>();
        List<ReplayReport> reports = new ArrayList<>();
        ReplayEngine first = all.get(0).engine();
        for (int i = 1; i < all.size(); i++) {
            others.add(Beside.start(all.get(i).engine(), sinks.get(i), first::stop));
        }
        try {
            reports.add(drive(all, subjects.get(0), options, flags));
        } finally {
            all.forEach(each -> each.engine().stop());
            sinks.get(0).close();
        }
        for (Beside other : others) {
            reports.add(other.await());
        }
        return reports;
    }

    private ReplayReport run(Subject subject, ReplayOptions.Builder options, ReplayFlags flags, FrameSink sink)
            throws IOException {
        return drive(List.of(played(subject, options, sink)), subject, options, flags);
    }

    private ReplayControls.Played played(Subject subject, ReplayOptions.Builder options, FrameSink sink) {
        options.cardsPerNode(subject.info().cardsPerNode());
        LiveRun run = subject.run();
        return new ReplayControls.Played(new ReplayEngine(options.build(), run, sink, ReplayClock.system()), run);
    }

    /** Plays the first of them in this thread, and gives all of them into the hands of page and keys. */
    private ReplayReport drive(
            List<ReplayControls.Played> played, Subject subject, ReplayOptions.Builder options, ReplayFlags flags) {
        List<ReplayEngine> engines =
                played.stream().map(ReplayControls.Played::engine).toList();
        session.interrupt().onRequest(() -> engines.forEach(ReplayEngine::stop));
        boolean seeksBack = options.build().playback().eventTime() == EventTime.MONOTONE;
        Controls controls = new ReplayControls(
                played,
                flags.recordingNanos(subject),
                seeksBack,
                line -> session.console().say(line));
        shown.ifPresent(exporter -> exporter.control(controls));
        LiveSummary summary =
                new LiveSummary(options.build().run(), flags.expectedNanos(subject), shown.map(Exporter::store));
        Optional<LagPacer> pacer = pacer(flags, engines);
        ScheduledExecutorService watch = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        ReplayEngine first = engines.get(0);
        try (Keys keys = Keys.of(session.console(), engines)) {
            keys.tell();
            watch.scheduleWithFixedDelay(() -> watch(engines, summary), 250, 250, TimeUnit.MILLISECONDS);
            pacer.ifPresent(p -> watch.scheduleWithFixedDelay(p::look, 0, 200, TimeUnit.MILLISECONDS));
            return first.run();
        } finally {
            shown.ifPresent(Exporter::endControl);
            watch.shutdownNow();
            session.console().endProgress();
        }
    }

    private Optional<LagPacer> pacer(ReplayFlags flags, List<ReplayEngine> engines) {
        if (flags.paceByLag == null) {
            return Optional.empty();
        }
        GroupLag lag = edge.lagOf(flags.paceByLag);
        lag.records(); // before anything is sent: there must be such a group
        return Optional.of(new LagPacer(
                lag::records,
                flags.maxLag,
                still -> engines.forEach(engine -> engine.hold(still)),
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

    private void watch(List<ReplayEngine> engines, LiveSummary summary) {
        ReplayEngine engine = engines.get(0);
        if (failureElsewhere.get().isPresent()) {
            engines.forEach(ReplayEngine::stop);
        }
        if (session.console().isTerminal()) {
            session.console().progress(summary.lines(engine.progress()).toArray(String[]::new));
        } else if (System.nanoTime() - toldNanos >= TELL_NANOS) {
            toldNanos = System.nanoTime();
            session.console().say(summary.line(engine.progress()));
        }
    }
}
