package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.disturbance.Arrivals;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.CardSample;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.FaultKind;
import io.supernode.machine.Collective;
import io.supernode.sample.CardSamples;
import io.supernode.workload.Layout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the gauges of cards say, held against the events of the same run. */
class CardSamplesTest {
    private static final long SECOND = 1_000_000_000;
    /** TP4 PP2 DP1 with steps of several seconds. */
    private static final TrainingCost JOB = Jobs.small("cloudmatrix384", Collective.DIRECT, new Layout(4, 2, 1), 2000);

    @Test
    void everyCardIsSampledOnceASecondAndCountersAreTheBytesOfTheSecond() {
        CardSamples source = samples(JOB, DisturbanceSchedule.NONE);
        EventBatch batch = new EventBatch();
        for (int second = 0; second < 12; second++) {
            assertThat(source.next(batch)).isTrue();
            assertThat(source.throughNanos()).isEqualTo((second + 1) * SECOND);
            long[] sent = new long[8];
            long[] received = new long[8];
            List<CardSample> told = new ArrayList<>();
            for (int i = 0; i < batch.size(); i++) {
                assertThat(batch.endNanos(i)).isBetween(second * SECOND, (second + 1) * SECOND - 1);
                if (batch.kind(i) == EventKind.BUS) {
                    sent[batch.card(i)] += batch.sentBytes(i);
                    received[batch.card(i)] += batch.receivedBytes(i);
                } else if (batch.kind(i) == EventKind.SAMPLE) {
                    told.add(batch.sample(i));
                }
            }
            assertThat(told).extracting(CardSample::card).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
            for (CardSample sample : told) {
                assertThat(sample.endNanos()).isEqualTo((second + 1) * SECOND - 1);
                assertThat(sample.sentBytes()).isEqualTo(sent[sample.card()]);
                assertThat(sample.receivedBytes()).isEqualTo(received[sample.card()]);
                assertThat(sample.clockMegahertz()).isEqualTo(1800);
                assertThat(sample.linkErrors() + sample.planesDown()).isZero();
            }
        }
    }

    @Test
    void sharesAddUpToWhatWasComputed() {
        // the first twelve seconds: computations straddle seconds, their shares do not lose a part
        long until = 12 * SECOND;
        long computed = 0;
        TrainingRun run = new TrainingRun(JOB, 3);
        EventBatch batch = new EventBatch();
        while (run.throughNanos() <= until + SECOND) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.COMPUTE && batch.card(i) == 2) {
                    long start = batch.endNanos(i) - batch.durationNanos(i);
                    computed += Math.max(0, Math.min(until, batch.endNanos(i)) - start);
                }
            }
        }
        long told = 0;
        for (CardSample sample : take(samples(JOB, DisturbanceSchedule.NONE), 12)) {
            told += sample.card() == 2 ? sample.computePpm() * 1000L : 0;
        }
        // each of twelve shares is rounded to a part in a million
        assertThat(told).isCloseTo(computed, within(12 * 500L));
    }

    @Test
    void samplesChangeNothingElseAndAreTheSameEachTime() {
        EventDigest with = new EventDigest();
        EventDigest again = new EventDigest();
        EventDigest without = new EventDigest();
        CardSamples source = samples(JOB, DisturbanceSchedule.NONE);
        CardSamples other = samples(JOB, DisturbanceSchedule.NONE);
        EventBatch batch = new EventBatch();
        for (int second = 0; second < 9; second++) {
            source.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) != EventKind.SAMPLE) {
                    with.add(batch, i);
                }
                again.add(batch, i);
            }
        }
        EventDigest first = new EventDigest();
        for (int second = 0; second < 9; second++) {
            other.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                first.add(batch, i);
            }
        }
        TrainingRun run = new TrainingRun(JOB, 3);
        while (run.throughNanos() < 9 * SECOND) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < 9 * SECOND) {
                    without.add(batch, i);
                }
            }
        }
        assertThat(with.count()).isEqualTo(without.count());
        assertThat(with.hex()).isEqualTo(without.hex());
        assertThat(again.hex()).isEqualTo(first.hex());
    }

    @Test
    void aSupernodeThatTrainsDrawsWhatIsEstimated() {
        // 559 kW (SemiAnalysis) within 5 %; the first seconds fill the pipeline
        TrainingCost llama = Jobs.llama("cloudmatrix384");
        double watts = 0;
        int n = 0;
        for (CardSample sample : take(samples(llama, DisturbanceSchedule.NONE), 30)) {
            if (sample.endNanos() > 10 * SECOND) {
                watts += sample.powerMilliwatts() / 1e3;
                n++;
            }
            assertThat(sample.powerMilliwatts() / 1e3)
                    .isBetween(
                            llama.machine().card().idleWatts(),
                            llama.machine().card().maxWatts());
        }
        assertThat(n).isEqualTo(20 * 384);
        assertThat(llama.machine().watts(watts / n)).isCloseTo(559_000, within(0.05 * 559_000));
    }

    @Test
    void aCardWarmsUpWithItsTimeConstantTowardsWhatItsPowerGives() {
        // after 20 s, 1 - 1/e of the way from idle; power varies a little from second to second
        List<CardSample> samples = take(samples(JOB, DisturbanceSchedule.NONE), 20);
        double watts = samples.stream()
                        .mapToDouble(CardSample::powerMilliwatts)
                        .average()
                        .orElseThrow()
                / 1e3;
        double idle = 35 + 0.04 * JOB.machine().card().idleWatts();
        double expected = idle + (35 + 0.04 * watts - idle) * (1 - Math.exp(-1));
        double last = samples.stream()
                .filter(sample -> sample.endNanos() == 20 * SECOND - 1)
                .mapToDouble(CardSample::temperatureMillicelsius)
                .average()
                .orElseThrow();
        assertThat(last / 1e3).isCloseTo(expected, within(1.0));
        assertThat(expected - idle).isGreaterThan(5);
    }

    @Test
    void whatIsWrongWithACardShowsOnItsGauges() {
        List<CardSample> samples = take(
                samples(
                        JOB,
                        always(
                                new Disturbance(0, FaultKind.SLOW_CARD, 1, 1, -1, -1, 0, Disturbance.LASTING, 1.5),
                                new Disturbance(1, FaultKind.CRC_STORM, 2, 1, -1, -1, 0, Disturbance.LASTING, 1.2),
                                new Disturbance(2, FaultKind.LANE_DOWN, 3, 1, 4, -1, 0, Disturbance.LASTING, 1.2),
                                new Disturbance(3, FaultKind.CARD_LOST, 4, 1, -1, -1, 3 * SECOND, 6 * SECOND, 1))),
                8);
        assertThat(samples.stream().filter(s -> s.card() == 1)).allMatch(s -> s.clockMegahertz() == 1200);
        assertThat(samples.stream().filter(s -> s.card() != 1)).allMatch(s -> s.clockMegahertz() == 1800);
        assertThat(samples.stream().filter(s -> s.card() == 2)).allMatch(s -> s.linkErrors() == 200);
        assertThat(samples.stream().filter(s -> s.card() == 3)).allMatch(s -> s.planesDown() == 1 << 4);
        assertThat(samples.stream().filter(s -> s.card() == 4).map(s -> (s.endNanos() + 1) / SECOND))
                .containsExactly(1L, 2L, 3L, 7L, 8L);
    }

    private static CardSamples samples(TrainingCost cost, DisturbanceSchedule schedule) {
        TrainingRun run = new TrainingRun(cost, 3, schedule, new StepStarts());
        return new CardSamples(run, cost.machine(), TrainingRun.profile(cost), schedule);
    }

    private static DisturbanceSchedule always(Disturbance... all) {
        return new DisturbanceSchedule(Disturbances.of(List.of(all)), Arrivals.NONE);
    }

    private static List<CardSample> take(CardSamples source, int seconds) {
        EventBatch batch = new EventBatch();
        List<CardSample> samples = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            source.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.SAMPLE) {
                    samples.add(batch.sample(i));
                }
            }
        }
        return samples;
    }
}
