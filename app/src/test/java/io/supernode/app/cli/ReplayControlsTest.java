package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.disturbance.DisturbanceRules;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.LiveDisturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.event.FaultKind;
import io.supernode.exporter.Disturbed;
import io.supernode.exporter.InjectableKind;
import io.supernode.exporter.Injection;
import io.supernode.replay.FrameSink;
import io.supernode.replay.LiveRun;
import io.supernode.replay.Playback;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplaySource;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two replays that a page holds as one. They stand still unless a test lets them go, an event every hour. */
@Timeout(30)
class ReplayControlsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR = 3_600 * SECOND;

    private final List<ReplayEngine> engines =
            Stream.generate(ReplayControlsTest::engine).limit(2).toList();
    private final List<Thread> threads =
            engines.stream().map(e -> new Thread(e::run)).toList();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final ReplayControls controls = controls(10 * HOUR);

    private ReplayControls controls(long spanNanos) {
        Supplier<LiveRun> undisturbed = () -> new LiveRun(
                (from, schedule) -> new Hourly(),
                new LiveDisturbances(
                        new DisturbanceRules("hourly", 8, 8, 0, 1, Set.of(FaultKind.SLOW_CARD, FaultKind.CARD_LOST)),
                        DisturbanceSchedule.NONE));
        return new ReplayControls(
                engines.stream()
                        .map(e -> new ReplayControls.Played(e, undisturbed.get()))
                        .toList(),
                spanNanos,
                true,
                told::add);
    }

    private static ReplayEngine engine() {
        FrameSink nowhere = (FrameSink) Proxy.newProxyInstance(
                FrameSink.class.getClassLoader(),
                new Class<?>[] {FrameSink.class},
                (sink, method, arguments) -> method.getReturnType() == long.class ? 0L : null);
        return new ReplayEngine(
                ReplayOptions.of(1).playback(Playback.WHOLE.paused()).build(),
                ReplaySource.of(Hourly::new),
                nowhere,
                ReplayClock.system());
    }

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

    @BeforeEach
    void start() {
        threads.forEach(Thread::start);
        until(() -> engines.stream().allMatch(e -> e.progress().isPaused()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        engines.forEach(ReplayEngine::stop);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void bothFollowEveryWord() {
        controls.speed("7/3x");
        assertThat(engines).allMatch(e -> e.progress().speed().toString().equals("7/3x"));
        controls.resume();
        assertThat(engines).noneMatch(e -> e.progress().isPaused());
        controls.pause();
        assertThat(engines).allMatch(e -> e.progress().isPaused());
        controls.seek(5 * SECOND);
        until(() -> engines.stream().allMatch(e -> e.progress().recordingNanos() == 5 * SECOND));
        List<Long> sent = sent(); // the event of the first hour, where there was time for it
        controls.step();
        until(() -> sent().equals(sent.stream().map(s -> s + 1).toList()));
        assertThat(controls.replay().sentEvents())
                .isEqualTo(sent().stream().mapToLong(Long::longValue).sum());
        assertThat(controls.replay().paused()).isTrue();
        controls.loop(true);
        assertThat(controls.replay().loops()).isTrue();
    }

    @Test
    void whatCannotBeMeantChangesNothing() {
        assertThatThrownBy(() -> controls.speed("fast")).hasMessageStartingWith("must be a number above 0 such as 10x");
        assertThatThrownBy(() -> controls.seek(11 * HOUR))
                .hasMessage("must be at most 36000.0, where the recording ends: seconds=39600.0");
        controls.resume();
        assertThatThrownBy(controls::step).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> controls(0).loop(true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--end-offset");
        assertThat(engines).allMatch(e -> e.progress().speed().toString().equals("1x"));
    }

    @Test
    void bothAreDisturbedUnderOneNumberAndSaySo() {
        assertThat(controls.injectable()).extracting(InjectableKind::kind).containsExactly("slow_card", "card_lost");
        controls.seek(5 * SECOND);
        until(() -> engines.stream().allMatch(e -> e.progress().recordingNanos() == 5 * SECOND));
        assertThat(controls.inject(new Injection("slow_card", 3, -1, -1, -1, 2, Double.POSITIVE_INFINITY)))
                .isZero();
        until(() -> told.size() == 2);
        assertThat(told)
                .containsOnly("injected, and repeated by: --set disturbance.live0='slow_card card=3 cards=1 from=5s"
                        + " magnitude=2'");
        assertThat(controls.disturbed()).singleElement().satisfies(d -> {
            assertThat(d.what()).isEqualTo("slow card 3, magnitude 2");
            assertThat(d.active()).isTrue();
            assertThat(d.untilSeconds()).isInfinite();
        });
        controls.clear(0);
        until(() -> controls.disturbed().stream().noneMatch(Disturbed::active));
    }

    @Test
    void whatCannotDisturbIsRefusedWithWhatWouldBeAccepted() {
        assertThatThrownBy(() -> controls.inject(new Injection("slow_card", 8, -1, -1, -1, 2, 5)))
                .hasMessage("must be 0 to 7: card=8");
        assertThatThrownBy(() -> controls.inject(new Injection("gremlins", -1, -1, -1, -1, Double.NaN, 1)))
                .hasMessage("must be one of slow_card, card_lost: kind=gremlins");
        assertThatThrownBy(() -> controls.inject(new Injection("slow_card", 1, -1, -1, -1, 0.5, 1)))
                .hasMessage("must be 1 to 100 (factor on computing): magnitude=0.5");
        assertThatThrownBy(() -> controls.clear(7)).hasMessage("unknown disturbance: fault=7");
        engines.forEach(ReplayEngine::stop);
        until(() -> engines.stream().allMatch(e -> e.progress().ended()));
        assertThatThrownBy(() -> controls.inject(new Injection("slow_card", 1, -1, -1, -1, 2, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the replay has ended");
    }

    private List<Long> sent() {
        return engines.stream().map(e -> e.progress().sentEvents()).toList();
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("came too late").isFalse();
            Thread.onSpinWait();
        }
    }
}
