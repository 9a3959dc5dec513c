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
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How well 100,000 events a second keep their time. Beside the way in which Kafka's own load generator keeps a rate (it
 * runs ahead, and sleeps once it is 2 ms ahead) both go by turns in one run, so that what else this machine does meets
 * both. A busy machine can spoil a round, not all of them: what is held to is the best round of each. On a machine that
 * shares its cores the last percent of any thread's times is the other's; p99 and the whole minute are held to on
 * purpose, with {@code -Dpacing.seconds=60}.
 */
@Timeout(180)
class PacingTest {
    private static final int SECONDS = Integer.getInteger("pacing.seconds", 2);
    private static final boolean ON_PURPOSE = SECONDS >= 60;
    private static final int PER_SECOND = 100_000;
    private static final int EVENTS = 100_000;
    private static final long GAP_NANOS = SECOND / PER_SECOND;
    private static final int ROUNDS_LEAST = 3;
    private static final int ROUNDS_MOST = 20;
    /** One flush for ten events: the agent's 10 ms would be most of the lateness. */
    private static final long FLUSH_NANOS = 100_000;

    @Test
    void eventsLeaveNearerToTheirMomentThanAThrottleLetsThem() {
        EventBatch events = new EventBatch(EVENTS);
        for (int i = 0; i < EVENTS; i++) {
            events.addStep(0, 0, i * GAP_NANOS, 0, 0, 1, 1);
        }
        double judged = ON_PURPOSE ? 0.99 : 0.75;
        List<LatencySketch> ours = new ArrayList<>();
        List<LatencySketch> throttled = new ArrayList<>();
        for (int round = 0;
                round < ROUNDS_MOST && (round < ROUNDS_LEAST || ratio(ours, throttled, judged) > 1.0 / 3);
                round++) {
            ours.add(replayed(events));
            throttled.add(throttled());
            System.out.printf(
                    Locale.ROOT,
                    "pacing, round %d: replay %s, throttle %s%n",
                    round,
                    figures(ours.get(round)),
                    figures(throttled.get(round)));
        }
        System.out.printf(
                Locale.ROOT,
                "pacing, best of %d: p50 %.3f and p99 %.3f of the throttle's%n",
                ours.size(),
                ratio(ours, throttled, 0.5),
                ratio(ours, throttled, 0.99));
        assertThat(ratio(ours, throttled, 0.5)).isLessThan(1.0 / 3);
        assertThat(ratio(ours, throttled, judged)).isLessThan(1.0 / 3);
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

    /** 10,000 s of events in half a second, the real one: 0.5 % of it are 2.5 ms. */
    @Test
    void aHundredThousandEventsAtTwentyThousandTimesEndWhenTheyShould() { // tcpreplay 724
        double bestError = 1;
        for (int round = 0; round < 10 && bestError > 0.005; round++) {
            EventBatch events = new EventBatch(EVENTS);
            for (int i = 0; i < EVENTS; i++) {
                events.addStep(0, 0, i * SECOND / 10, 0, 0, 1, 1);
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
            double ideal = 9_999.9 / 20_000 * SECOND; // from the first event to the last
            bestError = Math.min(bestError, Math.abs((span[1] - span[0]) / ideal - 1));
        }
        System.out.printf(Locale.ROOT, "pacing, 20000x: %.2f %% from ideal%n", 100 * bestError);
        assertThat(bestError).isLessThanOrEqualTo(0.005);
    }

    private static LatencySketch replayed(EventBatch events) {
        ReplayClock clock = ReplayClock.system();
        EventBatch read = new EventBatch(64);
        FrameReader reader = new FrameReader(EventKind.STEP);
        long[] left = new long[EVENTS];
        long[] start = {Long.MAX_VALUE};
        int[] count = {0};
        FrameSink sink = sink((header, frame) -> {
            long now = System.nanoTime();
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
        ReplayReport report = new ReplayEngine(options, new ListSource(events, SECOND / 4), sink, clock).run();
        assertThat(report.sentEvents()).isEqualTo(EVENTS);
        return errors(left, start[0]);
    }

    /** How far from its moment each event left: a burst that goes too early is as wrong as one that goes too late. */
    private static LatencySketch errors(long[] left, long start) {
        LatencySketch errors = new LatencySketch();
        for (int i = 0; i < EVENTS; i++) {
            errors.add(Math.abs(left[i] - start - i * GAP_NANOS), 1);
        }
        return errors;
    }

    /** The arithmetic of Kafka's ThroughputThrottler, an event to a send. */
    private static LatencySketch throttled() {
        long[] left = new long[EVENTS];
        long sleepNanos = SECOND / PER_SECOND;
        long sleepNanosMin = 2_000_000;
        long deficitNanos = 0;
        long start = System.nanoTime();
        for (int i = 0; i < EVENTS; i++) {
            long now = System.nanoTime();
            left[i] = now;
            double elapsedSeconds = (now - start) / 1e9;
            if (elapsedSeconds > 0 && i / elapsedSeconds > PER_SECOND) {
                deficitNanos += sleepNanos;
                if (deficitNanos >= sleepNanosMin) {
                    long until = System.nanoTime() + deficitNanos;
                    while (System.nanoTime() < until) {
                        LockSupport.parkNanos(until - System.nanoTime());
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

    private static double ratio(List<LatencySketch> ours, List<LatencySketch> throttled, double quantile) {
        return best(ours, quantile) / best(throttled, quantile);
    }

    private static double best(List<LatencySketch> rounds, double quantile) {
        return rounds.stream().mapToDouble(r -> r.quantile(quantile)).min().orElseThrow();
    }

    private static String figures(LatencySketch s) {
        return String.format(
                Locale.ROOT,
                "p50 %.0f us p99 %.0f us max %.0f us",
                s.quantile(0.5) / 1e3,
                s.quantile(0.99) / 1e3,
                s.max() / 1e3);
    }
}
