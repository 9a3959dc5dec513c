package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When frames leave. */
class ScheduleTest {
    private static final long DAY = 86_400 * SECOND;

    private final VirtualClock clock = new VirtualClock();
    private final RecordingSink sink = new RecordingSink(clock);

    @ParameterizedTest
    @ValueSource(strings = {"0.1x", "1x", "7/3x", "3x", "7x", "1.000001x"})
    void everyDeadlineIsExactAfterADayWithStallsOfHours(String text) {
        Speed speed = Speed.parse(text);
        ReplayOptions options =
                ReplayOptions.of(1).speed(speed).eventsPerFrame(1).build();
        // 100 events at the start, after 12 and after 24 hours by the wall; in between the sink blocks for hours
        long[] ends = new long[300];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = speed.eventNanos(i / 100 * (DAY / 2)) + i % 100 * 7_919_003L; // never on a round time
        }
        sink.withoutHeartbeats().with(frame -> clock.pass(frame == 99 || frame == 199 ? DAY / 2 - 200 * SECOND : 0));
        ReplayReport report = play(options, Events.computeAt(1, ends), speed.eventNanos(DAY / 200));

        assertExact(speed, options, ends);
        assertThat(report.lateness().orElseThrow().quantile(0.99)).isZero();
        assertThat(report.rateErrorPpm()).hasValue(0);
    }

    @Test
    void everyDeadlineOfADayOfEventsIsExact() {
        Speed speed = Speed.parse("7x");
        ReplayOptions options = ReplayOptions.of(1).speed(speed).build();
        long[] ends = new long[10_000];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = DAY / ends.length * i + i * 7_919L;
        }
        sink.withoutHeartbeats();
        ReplayReport report = play(options, Events.computeAt(1, ends), DAY / 50);
        assertExact(speed, options, ends);
        assertThat(report.lateness().orElseThrow().max()).isZero();
        assertThat(report.rateErrorPpm()).hasValue(0);
    }

    @Test
    void aStallIsLatenessAndIsCaughtUpWithoutMovingTheSchedule() {
        // an event every 10 ms; the 11th frame (due at 110 ms) blocks for 500 ms
        long[] ends = new long[200];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = i * 10 * MILLI;
        }
        sink.with(frame -> clock.pass(frame == 10 ? 500 * MILLI : 0));
        ReplayReport report = play(ReplayOptions.of(1).build(), Events.computeAt(1, ends));

        for (int i = 0; i < ends.length; i++) {
            RecordingSink.Sent frame = sink.frames().get(i);
            long due = (i + 1) * 10 * MILLI;
            assertThat(frame.header().intendedEpochNanos()).isEqualTo(VirtualClock.EPOCH + due);
            // frame 10 is done at 610 ms, and what fell due meanwhile leaves at once
            long left = i < 10 ? due : Math.max(due, 610 * MILLI);
            assertThat(frame.elapsedNanos()).isEqualTo(left);
        }
        assertThat(report.lateness().orElseThrow().max()).isEqualTo(500 * MILLI);
        // frames 10 to 59 were late by 500, 490 … 10 ms: 50 · 255 ms in all
        assertThat(report.lateness().orElseThrow().sum()).isEqualTo(50 * 255 * MILLI);
        assertThat(report.lateness().orElseThrow().count()).isEqualTo(200);
        assertThat(report.blockedNanos()).isEqualTo(500 * MILLI);
        assertThat(report.rateErrorPpm()).hasValue(0); // the last frame was on time again
    }

    @Test
    void whatTheFirstEventsTakeToMakeIsNoLateness() {
        EventBatch events = Events.computeAt(1, 0, SECOND, 2 * SECOND);
        EventSource slow = new EventSource() {
            private final ListSource all = new ListSource(events, 10 * SECOND);

            @Override
            public boolean next(EventBatch batch) {
                clock.pass(batch.isEmpty() && all.throughNanos() == 0 ? 3 * SECOND : 0);
                return all.next(batch);
            }

            @Override
            public long throughNanos() {
                return all.throughNanos();
            }
        };
        ReplayReport report = new ReplayEngine(ReplayOptions.of(1).build(), slow, sink, clock).run();
        assertThat(report.lateness().orElseThrow().max()).isZero();
        assertThat(report.rateErrorPpm()).hasValue(0);
        assertThat(sink.frames())
                .extracting(RecordingSink.Sent::elapsedNanos)
                .containsExactly(3_010 * MILLI, 4_010 * MILLI, 5_010 * MILLI);
    }

    @Test
    void steadyBackPressureIsLatenessThatGrows() {
        // every frame takes 15 ms where 10 ms are given: frame i is done at 10 + 15 (i + 1) ms, due at 10 (i + 1) ms
        long[] ends = new long[100];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = i * 10 * MILLI;
        }
        sink.with(frame -> clock.pass(15 * MILLI));
        ReplayReport report = play(ReplayOptions.of(1).build(), Events.computeAt(1, ends));

        assertThat(report.lateness().orElseThrow().max()).isEqualTo((10 + 5 * 100) * MILLI);
        assertThat(report.lateness().orElseThrow().min()).isEqualTo(15 * MILLI);
        assertThat(report.blockedNanos()).isEqualTo(1_500 * MILLI);
        // 1000 ms of events in 1510 ms
        assertThat(report.rateErrorPpm().orElseThrow()).isCloseTo((1000 / 1510.0 - 1) * 1e6, offset(1e-3));
    }

    @Test
    void atMaxNothingWaitsAndLatenessIsAbsent() {
        sink.with(frame -> clock.pass(MILLI));
        ReplayReport report =
                play(ReplayOptions.of(1).speed(Speed.MAX).build(), Events.computeAt(1, 0, 100 * SECOND, 200 * SECOND));
        assertThat(clock.elapsed()).isEqualTo(3 * MILLI);
        assertThat(report.lateness()).isEmpty();
        assertThat(report.rateErrorPpm()).isEmpty();
        // meant to leave when the engine took them: 0, 1 and 2 ms after the start
        assertThat(sink.frames())
                .extracting(f -> f.header().intendedEpochNanos() - VirtualClock.EPOCH)
                .containsExactly(0L, MILLI, 2 * MILLI);
    }

    @Test
    void aHundredThousandEventsAtTwentyThousandTimesEndWhenTheyShould() { // tcpreplay 724
        long[] ends = new long[100_000];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = i * SECOND / 10;
        }
        Speed speed = Speed.parse("20000x");
        play(ReplayOptions.of(1).speed(speed).build(), Events.computeAt(1, ends));
        // 10,000 s of events take 0.5 s; the last tick (250 ms of event time) ends 12.5 microseconds later at most
        assertThat(clock.elapsed()).isBetween(SECOND / 2, SECOND / 2 + 12_500);
    }

    @Test
    void anInversionInTheSourceCostsNoTime() { // goreplay 680
        EventBatch events = Events.computeAt(1, 0, 10 * SECOND, 20 * SECOND);
        long[] through = {0};
        EventSource disordered = new EventSource() {
            private int next;

            @Override
            public boolean next(EventBatch batch) {
                batch.clear();
                int[] order = {0, 2, 1};
                if (next == 3) {
                    return false;
                }
                batch.addFrom(events, order[next++], 0);
                through[0] = Math.max(through[0], batch.endNanos(0) + SECOND);
                return true;
            }

            @Override
            public long throughNanos() {
                return through[0];
            }
        };
        ReplayReport report = new ReplayEngine(ReplayOptions.of(1).build(), disordered, sink, clock).run();
        assertThat(report.sentEvents()).isEqualTo(3);
        assertThat(report.digest()).isEqualTo(Events.digest(events));
        assertThat(clock.elapsed()).isEqualTo(21 * SECOND);
        // what comes after its time says so: it ends before what its frame says is through
        RecordingSink.Sent late = sink.frames().get(2);
        assertThat(late.events().endNanos(0)).isLessThan(late.header().throughNanos());
    }

    /** Every frame left at the end of its tick, on the nanosecond. */
    private void assertExact(Speed speed, ReplayOptions options, long[] ends) {
        int n = 0;
        for (RecordingSink.Sent frame : sink.frames()) {
            BigInteger tickEnd = BigInteger.valueOf(ends[n] / options.tickNanos() + 1)
                    .multiply(BigInteger.valueOf(options.tickNanos()));
            long due = tickEnd.multiply(BigInteger.valueOf(speed.denominator()))
                    .divide(BigInteger.valueOf(speed.numerator()))
                    .longValueExact();
            assertThat(frame.header().intendedEpochNanos()).isEqualTo(VirtualClock.EPOCH + due);
            if (n != 99 && n != 199) { // those that the sink held up
                assertThat(frame.elapsedNanos()).isEqualTo(due);
            }
            EventBatch events = frame.events();
            for (int i = 0; i < events.size(); i++) {
                assertThat(events.endNanos(i)).isEqualTo(ends[n++]);
            }
        }
        assertThat(n).isEqualTo(ends.length);
    }

    private ReplayReport play(ReplayOptions options, EventBatch events) {
        return play(options, events, 333 * MILLI);
    }

    private ReplayReport play(ReplayOptions options, EventBatch events, long stretchNanos) {
        return new ReplayEngine(options, new ListSource(events, stretchNanos), sink, clock).run();
    }
}
