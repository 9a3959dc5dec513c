package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is to come is changed while it plays: nothing twice, nothing lost, everything after the change is new. */
@Timeout(20)
class ChangeTest {
    private final VirtualClock clock = new VirtualClock();
    private final RecordingSink sink = new RecordingSink(clock);
    private ReplayEngine engine;

    /** An event every 10 ms for two seconds; its tokens tell how often what comes had been changed before it. */
    private final class Changing implements ReplaySource {
        final List<Long> changedAt = new ArrayList<>();
        final List<Long> left = new ArrayList<>();

        @Override
        public Pass pass(long fromNanos) {
            EventBatch events = new EventBatch();
            for (int i = 0; i < 200; i++) {
                long end = i * 10 * MILLI;
                long changes = changedAt.stream().filter(at -> at <= end).count();
                events.addCompute(0, ComputeOp.FORWARD, end - 10, 10, changes, 5, 7, 0, 0, 1);
            }
            return new OpenedPass(new ListSource(events, 333 * MILLI));
        }

        @Override
        public Pass goOn(long leftNanos, long fromNanos) {
            left.add(leftNanos);
            left.add(fromNanos);
            return pass(fromNanos);
        }
    }

    private final Changing source = new Changing();

    private ReplayReport play(Playback playback) {
        engine = new ReplayEngine(ReplayOptions.of(1).playback(playback).build(), source, sink, clock);
        return engine.run();
    }

    private void changeAt(long wallNanos) {
        clock.at(
                wallNanos,
                () -> assertThat(engine.change(source.changedAt::add)).isTrue());
    }

    @Test
    void whatComesAfterAChangeIsNewAndNothingIsTwiceOrMissing() {
        changeAt(500 * MILLI);
        changeAt(1_234 * MILLI);
        ReplayReport report = play(Playback.WHOLE);
        assertThat(report.sentEvents()).isEqualTo(200);
        assertThat(source.changedAt).hasSize(2);
        assertEverythingOnceWithItsChanges();
        // to the next tick at most; the schedule goes on from the change
        assertThat(source.changedAt.get(0)).isBetween(490 * MILLI, 510 * MILLI);
        assertThat(source.changedAt.get(1)).isBetween(1_220 * MILLI, 1_240 * MILLI);
        assertThat(clock.elapsed()).isBetween(2 * SECOND - 20 * MILLI, 2 * SECOND + 20 * MILLI);
    }

    @Test
    void theTimeThatAChangeTakesIsNotMadeUpForAndCountsAsNoLateness() {
        clock.at(
                500 * MILLI,
                () -> engine.change(at -> {
                    source.changedAt.add(at);
                    clock.pass(300 * MILLI);
                }));
        ReplayReport report = play(Playback.WHOLE);
        assertThat(clock.elapsed()).isBetween(2_280 * MILLI, 2_320 * MILLI);
        assertThat(report.lateness().orElseThrow().max()).isLessThanOrEqualTo(MILLI);
        assertEverythingOnceWithItsChanges();
    }

    @Test
    void aPausedReplayIsChangedWhereItStands() {
        clock.at(500 * MILLI, () -> engine.pause());
        changeAt(700 * MILLI);
        clock.at(900 * MILLI, () -> assertThat(source.changedAt).hasSize(1));
        clock.at(1_000 * MILLI, () -> engine.resume());
        play(Playback.WHOLE);
        assertThat(source.changedAt.get(0)).isBetween(490 * MILLI, 500 * MILLI);
        assertEverythingOnceWithItsChanges();
    }

    @Test
    void aSourceIsToldWhereItWasLeftAndWhereItGoesOn() {
        changeAt(500 * MILLI);
        clock.at(800 * MILLI, () -> engine.seek(1_500 * MILLI));
        play(Playback.WHOLE);
        assertThat(source.left.get(0)).isEqualTo(source.left.get(1)).isEqualTo(source.changedAt.get(0));
        assertThat(source.left.get(2)).isBetween(780 * MILLI, 810 * MILLI);
        assertThat(source.left.get(3)).isEqualTo(1_500 * MILLI);
        assertThat(source.left).hasSize(4);
    }

    @Test
    void aLoopIsTold() {
        clock.at(1_500 * MILLI, () -> engine.loop(false));
        play(Playback.WHOLE.until(1_000 * MILLI).looping());
        assertThat(source.left.subList(0, 2)).containsExactly(1_000 * MILLI, 0L);
    }

    @Test
    void whatHasEndedCannotBeChanged() {
        play(Playback.WHOLE);
        assertThat(engine.change(source.changedAt::add)).isFalse();
        assertThat(source.changedAt).isEmpty();
    }

    private void assertEverythingOnceWithItsChanges() {
        long expected = 0;
        for (RecordingSink.Sent frame : sink.frames()) {
            EventBatch events = frame.events();
            for (int i = 0; i < events.size(); i++) {
                long end = events.endNanos(i);
                assertThat(end).isEqualTo(expected);
                assertThat(events.tokens(i))
                        .as("changes before %d ms", end / MILLI)
                        .isEqualTo(source.changedAt.stream()
                                .filter(at -> at <= end)
                                .count());
                expected += 10 * MILLI;
            }
        }
        assertThat(expected).isEqualTo(2 * SECOND);
    }
}
