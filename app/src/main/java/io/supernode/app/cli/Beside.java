package io.supernode.app.cli;

import io.supernode.replay.FrameSink;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayReport;

/** A replay that goes on in a thread of its own, beside the one that is waited for. */
final class Beside {
    private final ReplayEngine engine;
    private final FrameSink sink;
    private final Runnable onFailure;
    private final Thread thread = new Thread(this::play, "replay-beside");
    private volatile ReplayReport report;
    private volatile RuntimeException failure;

    private Beside(ReplayEngine engine, FrameSink sink, Runnable onFailure) {
        this.engine = engine;
        this.sink = sink;
        this.onFailure = onFailure;
    }

    /**
     * Starts it.
     *
     * @param sink closed at its end
     * @param onFailure called when it fails, from its thread
     */
    static Beside start(ReplayEngine engine, FrameSink sink, Runnable onFailure) {
        Beside beside = new Beside(engine, sink, onFailure);
        beside.thread.setDaemon(true);
        beside.thread.start();
        return beside;
    }

    /**
     * Waits for its end.
     *
     * @throws RuntimeException what it failed with
     */
    ReplayReport await() throws InterruptedException {
        thread.join();
        if (failure != null) {
            throw failure;
        }
        return report;
    }

    private void play() {
        try (sink) {
            report = engine.run();
        } catch (RuntimeException e) {
            failure = e;
            onFailure.run();
        }
    }
}
