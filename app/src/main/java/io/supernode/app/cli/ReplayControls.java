package io.supernode.app.cli;

import io.supernode.exporter.Controls;
import io.supernode.exporter.Disturbed;
import io.supernode.exporter.Injection;
import io.supernode.exporter.ReplayView;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayProgress;
import io.supernode.replay.Speed;
import java.util.List;
import java.util.function.Consumer;

/** A page's hands on replays that go on side by side, as if they were one. */
final class ReplayControls implements Controls {
    private final List<ReplayEngine> engines;
    private final long spanNanos;
    private final boolean seeksBack;

    /**
     * @param engines at least one; the first tells where they are
     * @param spanNanos length of the recording; 0 without end
     * @param seeksBack whether event time goes on after a seek to what has been played
     */
    ReplayControls(List<ReplayEngine> engines, long spanNanos, boolean seeksBack) {
        this.engines = List.copyOf(engines);
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
        return List.of();
    }

    @Override
    public boolean canDisturb() {
        return false;
    }

    @Override
    public long inject(Injection injection) {
        throw new IllegalStateException("what is replayed cannot be disturbed while it runs");
    }

    @Override
    public void clear(long fault) {
        throw new IllegalArgumentException("unknown disturbance: fault=" + fault);
    }

    @Override
    public void clearAll() {}

    private void all(Consumer<ReplayEngine> what) {
        engines.forEach(what);
    }
}
