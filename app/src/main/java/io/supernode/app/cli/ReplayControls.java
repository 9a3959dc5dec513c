package io.supernode.app.cli;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceRules;
import io.supernode.disturbance.LiveDisturbances;
import io.supernode.disturbance.Magnitude;
import io.supernode.event.FaultKind;
import io.supernode.exporter.Controls;
import io.supernode.exporter.Disturbed;
import io.supernode.exporter.InjectableKind;
import io.supernode.exporter.Injection;
import io.supernode.exporter.ReplayView;
import io.supernode.replay.LiveRun;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayProgress;
import io.supernode.replay.Speed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A page's hands on replays that go on side by side, as if they were one. */
final class ReplayControls implements Controls {
    private static final int SHOWN_MAX = 40;

    private final List<Played> played;
    private final List<ReplayEngine> engines;
    private final long spanNanos;
    private final boolean seeksBack;
    private final Consumer<String> told;

    /** A replay and what it plays. */
    record Played(ReplayEngine engine, LiveRun run) {}

    /**
     * @param played at least one; the first tells where they are
     * @param spanNanos length of the recording; 0 without end
     * @param seeksBack whether event time goes on after a seek to what has been played
     * @param told takes what was injected or undone as the setting that would repeat it
     */
    ReplayControls(List<Played> played, long spanNanos, boolean seeksBack, Consumer<String> told) {
        this.played = List.copyOf(played);
        engines = played.stream().map(Played::engine).toList();
        this.told = told;
        this.spanNanos = spanNanos;
        this.seeksBack = seeksBack;
    }

    @Override
    public ReplayView replay() {
        ReplayEngine engine = engines.get(0);
        ReplayProgress p = engine.progress();
        long lag = 0;
        long sent = 0;
        for (ReplayEngine each : engines) {
            ReplayProgress its = each.progress();
            lag = Math.max(lag, its.lagNanos());
            sent += its.sentEvents();
        }
        return new ReplayView(
                p.isPaused(),
                p.ended(),
                p.speed().toString(),
                p.recordingNanos(),
                spanNanos,
                lag,
                p.loop(),
                engine.loops(),
                seeksBack,
                sent);
    }

    @Override
    public void pause() {
        all(ReplayEngine::pause);
    }

    @Override
    public void resume() {
        all(ReplayEngine::resume);
    }

    @Override
    public void step() {
        if (!engines.get(0).progress().isPaused()) {
            throw new IllegalStateException("a tick is played by itself while paused only: pause first");
        }
        all(ReplayEngine::step);
    }

    @Override
    public void seek(long recordingNanos) {
        if (spanNanos > 0 && recordingNanos > spanNanos) {
            throw new IllegalArgumentException("must be at most " + spanNanos / 1e9
                    + ", where the recording ends: seconds=" + recordingNanos / 1e9);
        }
        all(engine -> engine.seek(recordingNanos));
    }

    @Override
    public void speed(String speed) {
        Speed asked = Speed.parse(speed);
        all(engine -> engine.speed(asked));
    }

    @Override
    public void loop(boolean on) {
        if (spanNanos == 0) {
            throw new IllegalStateException("what is replayed has no end to start again at; --end-offset gives it one");
        }
        all(engine -> engine.loop(on));
    }

    @Override
    public List<Disturbed> disturbed() {
        long now = engines.get(0).progress().recordingNanos();
        List<Disturbance> all = first().snapshot().all();
        return all.stream()
                .skip(Math.max(0, all.size() - SHOWN_MAX))
                .map(d -> disturbed(d, now))
                .toList();
    }

    @Override
    public List<InjectableKind> injectable() {
        return first().rules().kinds().stream()
                .sorted()
                .map(ReplayControls::injectable)
                .toList();
    }

    /** In all of them that it means something to, under one number. */
    @Override
    public long inject(Injection injection) {
        String line = line(injection);
        List<Runnable> begins = new ArrayList<>();
        IllegalArgumentException refused = null;
        long number = -1;
        for (Played each : played) {
            LiveDisturbances disturbances = each.run().live();
            try {
                Disturbance read = disturbances.read(line);
                number = read.id();
                begins.add(() -> change(each, now -> told.accept(setting(disturbances.begin(read, now)))));
            } catch (IllegalArgumentException e) {
                refused = e;
            }
        }
        if (begins.isEmpty()) {
            throw refused;
        }
        begins.forEach(Runnable::run);
        return number;
    }

    @Override
    public void clear(long fault) {
        if (first().snapshot().all().stream().noneMatch(d -> d.id() == fault)) {
            throw new IllegalArgumentException("unknown disturbance: fault=" + fault);
        }
        for (Played each : played) {
            change(each, now -> each.run().live().clear(fault, now));
        }
    }

    @Override
    public void clearAll() {
        for (Played each : played) {
            change(each, now -> each.run().live().clear(now));
        }
    }

    private LiveDisturbances first() {
        return played.get(0).run().live();
    }

    private static void change(Played each, LongConsumer change) {
        if (!each.engine().change(change)) {
            throw new IllegalStateException("the replay has ended");
        }
    }

    private static Disturbed disturbed(Disturbance d, long now) {
        return new Disturbed(
                d.id(),
                DisturbanceRules.name(d.kind()),
                d.card(),
                d.cards(),
                d.place() + (Magnitude.of(d.kind()).isChosen() ? ", magnitude " + plain(d.magnitude()) : ""),
                d.fromNanos() / 1e9,
                d.untilNanos() == Disturbance.LASTING ? Double.POSITIVE_INFINITY : d.untilNanos() / 1e9,
                d.isActive(now));
    }

    private static InjectableKind injectable(FaultKind kind) {
        Magnitude magnitude = Magnitude.of(kind);
        return new InjectableKind(
                DisturbanceRules.name(kind),
                DisturbanceRules.hasCard(kind),
                DisturbanceRules.hasPlane(kind),
                DisturbanceRules.hasStage(kind),
                magnitude.isChosen() ? magnitude.meaning() : "",
                magnitude.usual(),
                magnitude.least(),
                magnitude.most());
    }

    /** As a scenario's setting writes it. */
    private static String line(Injection asked) {
        StringBuilder line = new StringBuilder(asked.kind().strip().replaceAll("\\s+", "_"));
        word(line, "card", asked.card() >= 0, Integer.toString(asked.card()));
        word(line, "cards", asked.cards() >= 0, Integer.toString(asked.cards()));
        word(line, "plane", asked.plane() >= 0, Integer.toString(asked.plane()));
        word(line, "stage", asked.stage() >= 0, Integer.toString(asked.stage()));
        word(line, "magnitude", !Double.isNaN(asked.magnitude()), Double.toString(asked.magnitude()));
        if (Double.isFinite(asked.seconds())) {
            word(line, "for", true, plain(asked.seconds()) + "s");
        }
        return line.toString();
    }

    private static void word(StringBuilder line, String key, boolean isSaid, String value) {
        if (isSaid) {
            line.append(' ').append(key).append('=').append(value);
        }
    }

    /** What would disturb another run in the same way. */
    private static String setting(Disturbance d) {
        return "injected, and repeated by: --set disturbance.live" + d.id() + "='" + d.toLine() + "'";
    }

    private static String plain(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    private void all(Consumer<ReplayEngine> what) {
        engines.forEach(what);
    }
}
