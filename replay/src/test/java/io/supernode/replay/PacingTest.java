package io.supernode.replay;

import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.LatencySketch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How well 100,000 events a second keep their time, beside the way in which Kafka's own load generator keeps a rate (it
 * runs ahead, and sleeps once it is 2 ms ahead). Both go by turns in one run, so that what else this machine does meets
 * both, and both are timed in two ways: by the machine's clock, and by one that leaves out the moments in which the
 * machine gave its cores to others ({@link GrantedClock}). The last percent by the machine's clock is the machine's: a
 * bare loop of sleeps has it too, and a build beside it makes it tens of milliseconds. So p99 is held to by the second
 * clock every day, median of rounds against median of rounds; by the machine's clock, where noise only adds and the best
 * round of each is judged, on purpose and on a machine at rest: {@code -Dpacing.seconds=60}.
 */
@Timeout(900)
class PacingTest {
    private static final int SECONDS = Integer.getInteger("pacing.seconds", 2);
    private static final boolean ON_PURPOSE = SECONDS >= 60;
    private static final int PER_SECOND = 100_000;
    private static final int EVENTS = 100_000;
    private static final int ROUND_EVENTS = 50_000;
    private static final long GAP_NANOS = SECOND / PER_SECOND;
    private static final int ROUNDS_LEAST = 3;
    private static final int ROUNDS_MOST = 20;
    private static final double THIRD = 1.0 / 3;
    /** One flush for ten events: the agent's 10 ms would be most of the lateness. */
    private static final long FLUSH_NANOS = 100_000;

    @Test
    void eventsLeaveNearerToTheirMomentThanAThrottleLetsThem() {
        EventBatch events = new EventBatch(ROUND_EVENTS);
        for (int i = 0; i < ROUND_EVENTS; i++) {
            events.addStep(0, 0, i * GAP_NANOS, 0, 0, 1, 1);
        }
        Rounds granted = new Rounds("granted time");
        Rounds machine = new Rounds("machine's time");
        double judged = ON_PURPOSE ? 0.99 : 0.5;
        for (int round = 0;
                round < ROUNDS_MOST
                        && (round < ROUNDS_LEAST || granted.ratio(0.99) >= THIRD || machine.best(judged) >= THIRD);
                round++) {
            granted.add(
                    replayed(events, new GrantedClock(ReplayClock.system())),
                    throttled(new GrantedClock(ReplayClock.system())));
            machine.add(replayed(events, ReplayClock.system()), throttled(ReplayClock.system()));
        }
        granted.print();
        machine.print();
        assertThat(granted.ratio(0.5)).isLessThan(THIRD);
        assertThat(granted.ratio(0.99)).isLessThan(THIRD);
        assertThat(machine.best(judged)).isLessThan(THIRD);
    }

    /** How far from its moment each event left, round by round, of the replay and of the throttle. */
    private static final class Rounds {
        private final String clock;
        private final List<LatencySketch> ours = new ArrayList<>();
        private final List<LatencySketch> throttled = new ArrayList<>();

        Rounds(String clock) {
            this.clock = clock;
        }

        void add(LatencySketch replay, LatencySketch throttle) {
            ours.add(replay);
            throttled.add(throttle);
        }

        /** Of the median of the rounds of each. */
        double ratio(double quantile) {
            return at(ours.size() / 2, ours, quantile) / at(throttled.size() / 2, throttled, quantile);
        }

        /** Of the best round of each. */
        double best(double quantile) {
            return at(0, ours, quantile) / at(0, throttled, quantile);
        }

        void print() {
            for (double quantile : new double[] {0.5, 0.99}) {
                System.out.printf(
                        Locale.ROOT,
                        "pacing, %s, p%.0f of %d rounds, best and median: replay %.0f and %.0f us, throttle %.0f and %.0f"
                                + " us, ratio of the best %.3f, of the medians %.3f%n",
                        clock,
                        100 * quantile,
                        ours.size(),
                        at(0, ours, quantile) / 1e3,
                        at(ours.size() / 2, ours, quantile) / 1e3,
                        at(0, throttled, quantile) / 1e3,
                        at(ours.size() / 2, throttled, quantile) / 1e3,
                        best(quantile),
                        ratio(quantile));
            }
        }

        private static double at(int place, List<LatencySketch> rounds, double quantile) {
            return rounds.stream()
                    .mapToDouble(r -> r.quantile(quantile))
                    .sorted()
                    .skip(place)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** 6,000,000 events; every sleep ends up to 3 ms late, as on a busy machine. 100 ppm of a minute are 6 ms. */
    @Test
    void overAMinuteTheRateIsRightAndNothingDrifts() {
        SplittableRandom random = new SplittableRandom(60);
        VirtualClock clock = new VirtualClock();
        clock.whenAsleep(elapsed -> clock.pass(random.nextLong(3_000_000)));
        long[] latestOfSecond = new long[60];
        FrameSink sink = sink((header, frame) -> {
            long due = header.intendedEpochNanos() - VirtualClock.EPOCH;
            int second = (int) Math.min(59, due / SECOND);
            latestOfSecond[second] = Math.max(latestOfSecond[second], clock.elapsed() - due);
        });
        ReplayReport report = new ReplayEngine(ReplayOptions.of(1).build(), steady(60 * PER_SECOND), sink, clock).run();
        assertThat(report.sentEvents()).isEqualTo(60L * PER_SECOND);
        assertThat(Math.abs(report.rateErrorPpm().orElseThrow())).isLessThan(100);
        // the last second is as late as the first: by a sleep that ended late, and no more
        for (long latest : latestOfSecond) {
            assertThat(latest).isBetween(1_000_000L, 3_000_000L);
        }
    }

    /** The same against this machine's clock: 100 ppm of a minute are 6 ms, which the 2 s of every day are held to. */
    @Test
    void againstTheRealClockTheRateIsRightToo() {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 10 && Math.abs(best) * SECONDS > 6_000; round++) {
            ReplayReport report = new ReplayEngine(
                            ReplayOptions.of(1).build(),
                            steady(SECONDS * PER_SECOND),
                            sink((header, frame) -> {}),
                            ReplayClock.system())
                    .run();
            double ppm = report.rateErrorPpm().orElseThrow();
            best = Math.abs(ppm) < Math.abs(best) ? ppm : best;
        }
        System.out.printf(Locale.ROOT, "pacing, %d s: rate error %.1f ppm%n", SECONDS, best);
        assertThat(Math.abs(best) * SECONDS).isLessThan(6_000);
    }

    /** 40,000 s of events in two seconds of this machine: 0.5 % of them are 10 ms. */
    @Test
    void aHundredThousandEventsAtTwentyThousandTimesEndWhenTheyShould() { // tcpreplay 724
        double bestError = 1;
        for (int round = 0; round < 10 && bestError > 0.005; round++) {
            EventBatch events = new EventBatch(EVENTS);
            for (int i = 0; i < EVENTS; i++) {
                events.addStep(0, 0, i * (2 * SECOND / 5), 0, 0, 1, 1);
            }
            long[] span = {0, 0};
            FrameSink sink = sink((header, frame) -> {
                span[0] = span[0] == 0 ? System.nanoTime() : span[0];
                span[1] = System.nanoTime();
            });
            new ReplayEngine(
                            ReplayOptions.of(1).speed(Speed.parse("20000x")).build(),
                            new ListSource(events, 200 * SECOND),
                            sink,
                            ReplayClock.system())
                    .run();
            double ideal = 39_999.6 / 20_000 * SECOND; // from the first event to the last
            bestError = Math.min(bestError, Math.abs((span[1] - span[0]) / ideal - 1));
        }
        System.out.printf(Locale.ROOT, "pacing, 20000x: %.2f %% from ideal%n", 100 * bestError);
        assertThat(bestError).isLessThanOrEqualTo(0.005);
    }

    private static LatencySketch replayed(EventBatch events, ReplayClock clock) {
        EventBatch read = new EventBatch(64);
        FrameReader reader = new FrameReader(EventKind.STEP);
        long[] left = new long[ROUND_EVENTS];
        long[] start = {Long.MAX_VALUE};
        int[] count = {0};
        FrameSink sink = sink((header, frame) -> {
            long now = clock.nanos();
            read.clear();
            try {
                reader.read(frame, read);
            } catch (UnreadableException e) {
                throw new AssertionError(e);
            }
            // nothing leaves before its tick ends: the one that is nearest to it tells when time 0 was
            start[0] = Math.min(start[0], now - header.throughNanos() - FLUSH_NANOS);
            for (int i = 0; i < read.size(); i++) {
                left[count[0]++] = now;
            }
        });
        ReplayOptions options = ReplayOptions.of(1).flushNanos(FLUSH_NANOS).build();
        ReplayReport report = new ReplayEngine(options, new ListSource(events, SECOND / 8), sink, clock).run();
        assertThat(report.sentEvents()).isEqualTo(ROUND_EVENTS);
        return errors(left, start[0]);
    }

    /** How far from its moment each event left: a burst that goes too early is as wrong as one that goes too late. */
    private static LatencySketch errors(long[] left, long start) {
        LatencySketch errors = new LatencySketch();
        for (int i = 0; i < left.length; i++) {
            errors.add(Math.abs(left[i] - start - i * GAP_NANOS), 1);
        }
        return errors;
    }

    /** The arithmetic of Kafka's ThroughputThrottler, an event to a send. */
    private static LatencySketch throttled(ReplayClock clock) {
        long[] left = new long[ROUND_EVENTS];
        long sleepNanos = SECOND / PER_SECOND;
        long sleepNanosMin = 2_000_000;
        long deficitNanos = 0;
        long start = clock.nanos();
        for (int i = 0; i < ROUND_EVENTS; i++) {
            long now = clock.nanos();
            left[i] = now;
            double elapsedSeconds = (now - start) / 1e9;
            if (elapsedSeconds > 0 && i / elapsedSeconds > PER_SECOND) {
                deficitNanos += sleepNanos;
                if (deficitNanos >= sleepNanosMin) {
                    long until = clock.nanos() + deficitNanos;
                    while (clock.nanos() < until) {
                        clock.sleepUntil(until);
                    }
                    deficitNanos = 0;
                }
            }
        }
        return errors(left, start);
    }

    private interface Taker {
        void take(FrameHeader header, byte[] frame);
    }

    private static FrameSink sink(Taker taker) {
        return new FrameSink() {
            @Override
            public void send(EventKind kind, FrameHeader header, byte[] frame) {
                taker.take(header, frame);
            }

            @Override
            public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    /** So many events at 100,000 a second, made as they are asked for. */
    private static EventSource steady(int count) {
        return new EventSource() {
            private int given;

            @Override
            public boolean next(EventBatch batch) {
                batch.clear();
                for (int i = 0; i < PER_SECOND / 4 && given < count; i++, given++) {
                    batch.addStep(given % 16, 0, given * GAP_NANOS, 0, 0, 1, 1);
                }
                return !batch.isEmpty();
            }

            @Override
            public long throughNanos() {
                return given * GAP_NANOS;
            }
        };
    }
}
