package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Driving a replay while it plays. An event every 10 ms, one to a tick at 1x, unless a test says otherwise. */
@Timeout(20)
class TransportTest {
    private final VirtualClock clock = new VirtualClock();
    private final RecordingSink sink = new RecordingSink(clock);
    private ReplayEngine engine;

    private static EventBatch every10Millis(int count) {
        long[] ends = new long[count];
        for (int i = 0; i < count; i++) {
            ends[i] = i * 10 * MILLI;
        }
        return Events.computeAt(1, ends);
    }

    private void at(long elapsedNanos, Runnable then) {
        clock.at(elapsedNanos, then);
    }

    private ReplayReport play(ReplayOptions options, EventBatch events) {
        engine = new ReplayEngine(options, ReplaySource.of(() -> new ListSource(events, 333 * MILLI)), sink, clock);
        return engine.run();
    }

    private static ReplayOptions.Builder options(Playback playback) {
        return ReplayOptions.of(1).playback(playback);
    }

    /** What left when, checked against what each frame says of itself. */
    private List<Long> departures() {
        List<Long> left = new ArrayList<>();
        for (RecordingSink.Sent frame : sink.frames()) {
            left.add(frame.elapsedNanos());
            assertThat(frame.header().intendedEpochNanos()).isEqualTo(VirtualClock.EPOCH + frame.elapsedNanos());
        }
        return left;
    }

    @Test
    void aPauseMovesWhatFollowsByItsLengthAndNothingElse() {
        at(500 * MILLI, () -> {
            assertThat(engine.pause()).isTrue();
            assertThat(engine.pause()).isFalse();
        });
        List<Double> ratesWhilePaused = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            at((500 + 100 * i) * MILLI, () -> {
                assertThat(engine.progress().isPaused()).isTrue();
                ratesWhilePaused.add(engine.progress().rate());
            });
        }
        at(2_600 * MILLI, () -> assertThat(engine.resume()).isTrue());
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(100));

        List<Long> left = departures();
        for (int i = 0; i < 100; i++) {
            long due = (i + 1) * 10 * MILLI;
            // paused at the very moment at which the 50th was due: it is sent on resuming, as it was then
            assertThat(left.get(i)).isEqualTo(i < 49 ? due : due + 2_100 * MILLI);
        }
        assertThat(report.lateness().orElseThrow().max()).isZero();
        assertThat(report.rateErrorPpm()).hasValue(0);
        assertThat(report.pausedNanos()).isEqualTo(2_100 * MILLI);
        // rosbag_fancy 20: what is shown does not decay while it stands still
        assertThat(ratesWhilePaused)
                .hasSize(20)
                .allSatisfy(rate -> assertThat(rate).isCloseTo(1, offset(0.03)));
    }

    @Test
    void aPauseDoesNotForgetWhatIsLate() { // the throttler of Flink's playground does
        // the 11th frame blocks for 500 ms, until 610 ms; then it is paused for a second, 40 frames behind
        sink.with(frame -> {
            clock.pass(frame == 10 ? 500 * MILLI : 0);
            if (frame == 20) {
                engine.pause();
                clock.pass(SECOND);
                engine.resume();
            }
        });
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(100));
        // frame 20 was due at 210 ms, was begun at 610 ms and held up for the second
        assertThat(report.lateness().orElseThrow().max()).isEqualTo(1_400 * MILLI);
        // frame 21, due at 220 ms: late by 390 ms, not by 1390 and not by 0
        assertThat(sink.frames().get(21).header().intendedEpochNanos())
                .isEqualTo(VirtualClock.EPOCH + 220 * MILLI + SECOND);
        assertThat(sink.frames().get(21).elapsedNanos()).isEqualTo(610 * MILLI + SECOND);
        assertThat(sink.frames().get(99).elapsedNanos()).isEqualTo(SECOND + SECOND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2x", "0.1x", "7/3x", "1000x"})
    void anotherSpeedHoldsFromTheMomentItIsAskedFor(String text) {
        Speed other = Speed.parse(text);
        at(500 * MILLI, () -> engine.speed(other));
        ReplayReport report = play(options(Playback.WHOLE).eventsPerFrame(1).build(), every10Millis(10_000));

        assertThat(report.sentEvents()).isEqualTo(10_000);
        long tick = ReplayOptions.of(1).speed(other).build().tickNanos();
        Map<Long, Integer> perTick = new HashMap<>();
        for (RecordingSink.Sent frame : sink.frames()) {
            long end = frame.events().endNanos(0);
            if (end >= 1_000 * MILLI) {
                // a tick of the new length ends at a multiple of it, or with a stretch: at most 10 ms grids
                long wall = frame.elapsedNanos() - 500 * MILLI;
                long played = 500 * MILLI + other.eventNanos(wall + 1);
                assertThat(played).isBetween(end, end + Math.max(tick, 10 * MILLI) + other.eventNanos(1) + 1);
                perTick.merge(frame.elapsedNanos(), 1, Integer::sum);
            }
        }
        assertThat(report.lateness().orElseThrow().max()).isZero();
        assertThat(report.rateErrorPpm()).hasValue(0);
    }

    @Test
    void aHundredChangesOfSpeedDoNotDrift() {
        // 1x and 7/3x by turns, every 100 ms of wall time: 5 s at 1x and 5 s at 7/3x are 16.666… s of events
        for (int i = 1; i <= 100; i++) {
            Speed next = Speed.parse(i % 2 == 1 ? "7/3x" : "1x");
            at(i * 100 * MILLI, () -> engine.speed(next));
        }
        at(10_000 * MILLI + 1, () -> engine.stop());
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(5_000));
        long played = 5 * SECOND + 35 * SECOND / 3;
        // within the tick at hand, of 10 or 23.3 ms
        assertThat(report.eventNanos()).isBetween(played - 24 * MILLI, played + 100);
        assertThat(report.lateness().orElseThrow().max()).isZero();
    }

    @Test
    void toMaxAndBack() {
        at(500 * MILLI, () -> engine.speed(Speed.MAX));
        sink.with(frame -> {
            clock.pass(MILLI);
            if (frame == 60) { // the ticks at the highest speed hold 25 events each
                engine.speed(Speed.REAL_TIME);
            }
        });
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(2_000));
        assertThat(report.sentEvents()).isEqualTo(2_000);
        // what ended at the highest speed needed no lateness: the rest did, and kept pace
        assertThat(report.lateness().orElseThrow().count()).isLessThan(2_000).isGreaterThan(1_000);
        assertThat(report.lateness().orElseThrow().max()).isLessThan(3 * MILLI);
    }

    @Test
    void aStepPlaysOneTickWithTheQuietBeforeIt() {
        EventBatch events = Events.computeAt(1, 0, 30 * SECOND, 60 * SECOND, 60 * SECOND + 5 * MILLI);
        at(SECOND, () -> assertThat(engine.step()).isTrue());
        at(2 * SECOND, () -> assertThat(engine.step()).isTrue());
        at(3 * SECOND, () -> {
            assertThat(sink.frames()).hasSize(2);
            assertThat(engine.progress().recordingNanos()).isEqualTo(30 * SECOND + 10 * MILLI);
            engine.resume();
            assertThat(engine.step()).as("not paused").isFalse();
        });
        ReplayReport report = play(options(Playback.WHOLE.paused()).build(), events);

        assertThat(departures()).containsExactly(SECOND, 2 * SECOND, 3 * SECOND + 30 * SECOND);
        assertThat(sink.frames().get(2).events().size()).isEqualTo(2);
        assertThat(report.sentEvents()).isEqualTo(4);
        // time went on for those who listen: what the frames say through never goes back
        assertTimeNeverGoesBack();
    }

    @Test
    void aBurstPlaysSoManyTicksAtOnce() {
        at(SECOND, () -> assertThat(engine.burst(3)).isTrue());
        at(2 * SECOND, () -> {
            assertThat(departures()).containsExactly(SECOND, SECOND, SECOND);
            engine.resume();
        });
        play(options(Playback.WHOLE.paused()).build(), every10Millis(5));
        assertThat(departures()).hasSize(5).endsWith(2_010 * MILLI, 2_020 * MILLI);
    }

    @Test
    void aHoldMovesWhatFollowsByItsLengthAndIsToldByItself() {
        at(505 * MILLI, () -> engine.hold(true));
        at(905 * MILLI, () -> {
            assertThat(engine.progress().isHeld()).isTrue();
            assertThat(engine.progress().isPaused()).isFalse();
            assertThat(engine.progress().lagNanos()).isZero();
            engine.hold(false);
        });
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(100));

        List<Long> left = departures();
        for (int i = 0; i < 100; i++) {
            long due = (i + 1) * 10 * MILLI;
            assertThat(left.get(i)).isEqualTo(i < 50 ? due : due + 400 * MILLI);
        }
        assertThat(report.heldNanos()).isEqualTo(400 * MILLI);
        assertThat(report.pausedNanos()).isZero();
        assertThat(report.rateErrorPpm()).hasValue(0);
        assertThat(report.lateness().orElseThrow().max()).isZero();
    }

    @Test
    void aHoldHoldsAtMaxToo() {
        engine = new ReplayEngine(
                options(Playback.WHOLE).speed(Speed.MAX).build(),
                ReplaySource.of(() -> new ListSource(every10Millis(100), 333 * MILLI)),
                sink.with(frame -> {
                    if (frame == 1) {
                        engine.hold(true);
                        at(clock.elapsed() + SECOND, () -> engine.hold(false));
                    }
                }),
                clock);
        engine.run();
        List<Long> left = departures();
        // a tick is 250 ms long then: four of them
        assertThat(left).containsExactly(0L, 0L, SECOND, SECOND);
    }

    /** A person's pause outlasts the hold, and the other way round. */
    @Test
    void aPauseAndAHoldDoNotEndEachOther() {
        at(105 * MILLI, () -> engine.pause());
        at(205 * MILLI, () -> engine.hold(true));
        at(305 * MILLI, () -> engine.resume());
        at(405 * MILLI, () -> {
            assertThat(sink.frames()).hasSize(10);
            engine.pause();
            engine.hold(false);
        });
        at(505 * MILLI, () -> {
            assertThat(sink.frames()).hasSize(10);
            engine.resume();
        });
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(20));
        assertThat(departures().get(10)).isEqualTo(510 * MILLI);
        assertThat(report.pausedNanos()).isEqualTo(300 * MILLI);
        assertThat(report.heldNanos()).isEqualTo(100 * MILLI);
    }

    @Test
    void startPausedSendsNothingUntilResumed() {
        at(5 * SECOND, () -> {
            assertThat(sink.all).isEmpty();
            engine.resume();
        });
        play(options(Playback.WHOLE.paused()).build(), every10Millis(3));
        assertThat(departures()).containsExactly(5_010 * MILLI, 5_020 * MILLI, 5_030 * MILLI);
    }

    @Test
    void aPausedReplayStillEndsAtItsWallLimitAndWhenStopped() {
        ReplayReport limited =
                play(options(Playback.WHOLE.paused()).wallLimitNanos(3 * SECOND).build(), every10Millis(3));
        assertThat(limited.end()).isEqualTo(ReplayReport.End.WALL_LIMIT);
        assertThat(limited.wallNanos()).isEqualTo(3 * SECOND);
        assertThat(limited.sentEvents()).isZero();

        long begun = clock.elapsed();
        at(begun + SECOND, () -> engine.stop());
        ReplayReport stopped = play(options(Playback.WHOLE.paused()).build(), every10Millis(3));
        assertThat(stopped.end()).isEqualTo(ReplayReport.End.STOPPED);
    }

    @Test
    void afterASeekEventTimeGoesOn() {
        // 2 s recorded; at 1 s back to 0.5 s, at 2 s (1.5 s of the recording) back to 0
        at(SECOND, () -> engine.seek(500 * MILLI));
        at(2 * SECOND, () -> engine.seek(0));
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(200));

        assertThat(report.end()).isEqualTo(ReplayReport.End.SOURCE);
        // 990 ms + 990 ms (a tick that is due at the moment of a seek is not played) + 2 s
        assertThat(report.sentEvents()).isEqualTo(99 + 99 + 200);
        assertTimeNeverGoesBack();
        assertSequencesHaveNoGap();
        assertThat(report.lateness().orElseThrow().max()).isZero();
        assertThat(clock.elapsed()).isEqualTo(4 * SECOND);
        assertThat(report.loops()).isZero();
    }

    @Test
    void aSeekAheadLeavesNoGapInEventTime() {
        at(SECOND, () -> engine.seek(100 * SECOND));
        play(options(Playback.WHOLE).build(), every10Millis(10_100));
        List<Long> ends = ends();
        assertThat(ends).hasSize(99 + 100);
        for (int i = 0; i < ends.size(); i++) {
            assertThat(ends.get(i)).isEqualTo(i * 10 * MILLI);
        }
    }

    @Test
    void aSeekWhilePausedStaysPaused() {
        at(SECOND, () -> engine.pause());
        at(2 * SECOND, () -> engine.seek(0));
        at(3 * SECOND, () -> {
            assertThat(engine.progress().recordingNanos()).isZero();
            assertThat(engine.progress().isPaused()).isTrue();
            engine.resume();
        });
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(200));
        assertThat(report.sentEvents()).isEqualTo(99 + 200);
        assertThat(clock.elapsed()).isEqualTo(5 * SECOND);
    }

    @Test
    void withTimesKeptASeekOnlyGoesAhead() {
        AtomicReference<String> refused = new AtomicReference<>();
        at(
                SECOND,
                () -> assertThatThrownBy(() -> engine.seek(500 * MILLI))
                        .isInstanceOf(IllegalArgumentException.class)
                        .satisfies(e -> refused.set(e.getMessage())));
        at(2 * SECOND, () -> engine.seek(90 * SECOND));
        play(options(Playback.WHOLE.with(EventTime.KEEP).from(10 * SECOND)).build(), every10Millis(10_000));

        assertThat(refused.get()).startsWith("must be >= 10990000000").endsWith("recordingNanos=500000000");
        List<Long> ends = ends();
        assertThat(ends.get(0)).isEqualTo(10 * SECOND);
        assertThat(ends.get(198)).isEqualTo(11_980 * MILLI);
        assertThat(ends.get(199)).isEqualTo(90 * SECOND);
        assertThat(clock.elapsed()).isEqualTo(12 * SECOND);
        assertTimeNeverGoesBack();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5x", "1x", "7/3x", "100x"})
    void loopsKeepPaceFromTheFirstToTheLast(String text) { // tcpreplay 85, 674
        Speed speed = Speed.parse(text);
        ReplayOptions options = options(Playback.WHOLE.looping())
                .speed(speed)
                .durationNanos(20 * SECOND)
                .build();
        ReplayReport report = play(options, every10Millis(100)); // a second and a tick at most
        assertThat(report.end()).isEqualTo(ReplayReport.End.DURATION);
        assertThat(report.loops()).isGreaterThanOrEqualTo(15);
        assertThat(clock.elapsed()).isEqualTo(speed.wallNanos(20 * SECOND));
        assertThat(report.lateness().orElseThrow().max()).isZero();
        assertThat(report.rateErrorPpm().orElseThrow()).isZero();
        assertTimeNeverGoesBack();
        assertSequencesHaveNoGap();
        // a pass is as long as the recording, which tells of 999 ms, made whole ticks: every pass has all of it, at the
        // same distances
        long pass = -Math.floorDiv(-999 * MILLI, options.tickNanos()) * options.tickNanos();
        List<Long> ends = ends();
        for (int i = 0; i < ends.size(); i++) {
            assertThat(ends.get(i)).isEqualTo(i / 100 * pass + i % 100 * 10 * MILLI);
        }
        assertThat(sink.loops)
                .containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(1, report.loops())
                        .boxed()
                        .toList());
    }

    @Test
    void aSectionIsPlayedOverAndOver() {
        Playback section = Playback.WHOLE.from(300 * MILLI).until(500 * MILLI).looping();
        play(options(section).durationNanos(SECOND).build(), every10Millis(100));
        List<Long> ends = ends();
        assertThat(ends).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(ends.get(i)).isEqualTo(i * 10 * MILLI);
        }
        assertThat(sink.loops).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aStartOffsetBeginsAtOnceAtTimeZero() {
        ReplayReport report = play(options(Playback.WHOLE.from(50 * SECOND)).build(), every10Millis(6_000));
        assertThat(report.sentEvents()).isEqualTo(1_000);
        assertThat(ends().get(0)).isZero();
        assertThat(clock.elapsed()).isEqualTo(10 * SECOND);
        assertThat(report.eventNanos()).isEqualTo(10 * SECOND - 10 * MILLI);
    }

    @Test
    void withTimesKeptAStartOffsetKeepsThemAndTheDurationCountsFromThere() {
        Playback kept = Playback.WHOLE.from(50 * SECOND).with(EventTime.KEEP);
        ReplayReport report = play(options(kept).durationNanos(2 * SECOND).build(), every10Millis(6_000));
        assertThat(ends().get(0)).isEqualTo(50 * SECOND);
        assertThat(report.sentEvents()).isEqualTo(200);
        assertThat(report.eventNanos()).isEqualTo(2 * SECOND);
        assertThat(clock.elapsed()).isEqualTo(2 * SECOND);
    }

    @Test
    void aLoopOverNothingEnds() {
        ReplayReport report = play(options(Playback.WHOLE.looping()).build(), new EventBatch());
        assertThat(report.end()).isEqualTo(ReplayReport.End.SOURCE);
    }

    @Test
    void aLoopCanBeAskedForWhileItPlaysAndLetGo() {
        at(500 * MILLI, () -> engine.loop(true));
        at(4_500 * MILLI, () -> engine.loop(false));
        ReplayReport report = play(options(Playback.WHOLE).build(), every10Millis(100));
        // passes of one second: the fifth is under way when it is let go, and a sixth may have been read ahead
        assertThat(report.end()).isEqualTo(ReplayReport.End.SOURCE);
        assertThat(report.loops()).isBetween(4L, 5L);
        assertThat(report.sentEvents()).isEqualTo(100 * (report.loops() + 1));
    }

    @Test
    void aLoopNeedsTimesThatGoOn() {
        at(
                500 * MILLI,
                () -> assertThatThrownBy(() -> engine.loop(true))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("a loop needs event time MONOTONE"));
        ReplayReport report = play(options(Playback.WHOLE.with(EventTime.SHIFT)).build(), every10Millis(100));
        assertThat(report.sentEvents()).isEqualTo(100);
    }

    @Test
    void whatPlaysOnceSaysSo() {
        ReplayOptions options = options(Playback.WHOLE.looping()).build();
        ReplayEngine once = new ReplayEngine(options, new ListSource(every10Millis(3), SECOND), sink, clock);
        assertThatThrownBy(once::run).isInstanceOf(SourceFailedException.class).hasMessageContaining("plays once");
    }

    @Test
    void aVerySmallSpeedIsNotRoundedToZero() { // tcpreplay 472
        at(10 * SECOND, () -> engine.speed(Speed.parse("0.000001x")));
        play(options(Playback.WHOLE).build(), Events.computeAt(1, 0, 9 * SECOND, 10 * SECOND + 5 * MILLI));
        // 5 ms of events and the microsecond tick at a millionth: 5000 s and what is left of a 10 ms tick at most
        assertThat(clock.elapsed() - 10 * SECOND).isBetween(5_000 * SECOND, 10_000 * SECOND + 1);
    }

    private List<Long> ends() {
        List<Long> ends = new ArrayList<>();
        for (RecordingSink.Sent frame : sink.frames()) {
            EventBatch events = frame.events();
            for (int i = 0; i < events.size(); i++) {
                ends.add(events.endNanos(i));
            }
        }
        return ends;
    }

    private void assertTimeNeverGoesBack() {
        Map<EventKind, Long> through = new HashMap<>();
        for (RecordingSink.Sent sent : sink.all) {
            Long before = through.put(sent.kind(), sent.header().throughNanos());
            if (before != null) {
                assertThat(sent.header().throughNanos()).isGreaterThanOrEqualTo(before);
            }
            if (!sent.isHeartbeat()) {
                EventBatch events = sent.events();
                for (int i = 0; i < events.size(); i++) {
                    assertThat(events.endNanos(i))
                            .isGreaterThanOrEqualTo(sent.header().throughNanos());
                }
            }
        }
    }

    private void assertSequencesHaveNoGap() {
        long next = 0;
        for (RecordingSink.Sent frame : sink.frames()) {
            assertThat(frame.header().sequence()).isEqualTo(next++);
        }
    }
}
