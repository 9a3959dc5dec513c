package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.replay.FrameSink;
import io.supernode.replay.Playback;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplaySource;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What keys do to a replay that stands still, so that no moment matters: an event every hour. */
@Timeout(30)
class KeysTest {
    private static final long HOUR = 3_600_000_000_000L;

    private final ReplayEngine engine = new ReplayEngine(
            ReplayOptions.of(1).playback(Playback.WHOLE.paused()).build(),
            ReplaySource.of(Hourly::new),
            nowhere(),
            ReplayClock.system());
    private final Thread thread = new Thread(engine::run);

    private static final class Hourly implements EventSource {
        private long hours;

        @Override
        public boolean next(EventBatch batch) {
            batch.clear();
            batch.addStep(0, 0, HOUR * hours++, 0, 0, 1, 1);
            return true;
        }

        @Override
        public long throughNanos() {
            return HOUR * hours;
        }
    }

    /** Takes every frame and forgets it. A proxy, since naming what a frame is would take another module. */
    private static FrameSink nowhere() {
        return (FrameSink) Proxy.newProxyInstance(
                FrameSink.class.getClassLoader(),
                new Class<?>[] {FrameSink.class},
                (sink, method, arguments) -> method.getReturnType() == long.class ? 0L : null);
    }

    @BeforeEach
    void start() {
        thread.start();
        until(() -> engine.progress().isPaused());
    }

    @AfterEach
    void stop() throws InterruptedException {
        engine.stop();
        thread.join();
    }

    @Test
    void spacePausesAndResumes() {
        Keys.press(engine, " ");
        assertThat(engine.progress().isPaused()).isFalse();
        Keys.press(engine, " ");
        assertThat(engine.progress().isPaused()).isTrue();
    }

    @Test
    void upAndDownChangeTheSpeedAndStopAtTheEndsOfItsRange() {
        Keys.press(engine, "\033[A");
        assertThat(engine.progress().speed()).hasToString("2x");
        Keys.press(engine, "\033[B");
        Keys.press(engine, "\033[B");
        assertThat(engine.progress().speed()).hasToString("0.5x");
        for (int i = 0; i < 100; i++) {
            Keys.press(engine, "\033[B");
        }
        assertThat(engine.progress().speed().denominator()).isEqualTo(1L << 29);
    }

    @Test
    void rightPlaysOneTickWhilePausedAndLeftGoesBack() {
        Keys.press(engine, "\033[C");
        until(() -> engine.progress().sentEvents() == 1);
        Keys.press(engine, "\033[C");
        until(() -> engine.progress().sentEvents() == 2 && engine.progress().recordingNanos() > HOUR);
        long here = engine.progress().recordingNanos();
        Keys.press(engine, "\033[D");
        until(() -> engine.progress().recordingNanos() == here - 10_000_000_000L);
        Keys.press(engine, "x");
        assertThat(engine.progress().isPaused()).isTrue();
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
