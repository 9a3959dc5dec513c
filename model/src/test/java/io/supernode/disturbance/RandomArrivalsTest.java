package io.supernode.disturbance;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.FaultKind;
import io.supernode.scenario.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What comes at random, held to the distributions that it is drawn from. Seeds are fixed, so that nothing here fails by chance;
 * bounds are those of chance: of a right distribution one sample in a thousand or fewer would lie outside, a rate or a width
 * that is a tenth off lies outside for certain.
 */
class RandomArrivalsTest {
    private static final double HOUR = 3.6e12;
    private static final double DAY = 24 * HOUR;
    /** Of Kolmogorov's distribution: a sample of n deviates by more than this over the root of n once in a thousand times. */
    private static final double KOLMOGOROV = 1.95;

    static LongStream seeds() {
        return LongStream.range(1, 6);
    }

    /** Rates a day on 384 cards as docs/disturbances.md has them. */
    @ParameterizedTest
    @CsvSource({
        "SLOW_CARD, 0.01",
        "THERMAL_RAMP, 0.01",
        "LINK_FLAP, 0.5",
        "LANE_DOWN, 0.05",
        "CRC_STORM, 0.05",
        "STAGE_IMBALANCE, 0.17",
        "SEQUENCE_IMBALANCE, 24",
        "HOST_JITTER, 24",
        "CARD_LOST, 0.07"
    })
    void asManyComeAsThePublishedRateSays(FaultKind kind, double perDay) {
        // as often as gives 4,000 of the kind in four days
        double factor = 1000 / perDay;
        List<Disturbance> all = arrivals(3, factor, 4, kind);
        // a Poisson count of 4,000 deviates by 63: five of these are 8 %
        assertThat((double) all.size()).isBetween(4000 - 5 * Math.sqrt(4000), 4000 + 5 * Math.sqrt(4000));
    }

    @Test
    void theRateGoesWithTheFactorAndTheCards() {
        assertThat(arrivals(1, 10, 10, FaultKind.HOST_JITTER).size() / 2400.0).isBetween(0.9, 1.1);
        assertThat(arrivals(1, 20, 10, FaultKind.HOST_JITTER).size() / 4800.0).isBetween(0.93, 1.07);
        Scenario half = Scenario.of("llama3-70b", Map.of("machine.cards", "192", "layout.dp", "6"));
        long ofHalf = new DisturbanceSchedule(Disturbances.NONE, Arrivals.of(1, 20, only(FaultKind.HOST_JITTER, half)))
                .during(0, (long) (10 * DAY)).of(FaultKind.HOST_JITTER).stream()
                        .filter(d -> d.fromNanos() >= 0)
                        .count();
        assertThat(ofHalf / 2400.0).isBetween(0.9, 1.1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gapsAreExponential(long seed) {
        double[] from = arrivals(seed, 40, 4, FaultKind.SEQUENCE_IMBALANCE).stream()
                .mapToDouble(Disturbance::fromNanos)
                .sorted()
                .toArray();
        double[] gaps = new double[from.length - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = from[i + 1] - from[i];
        }
        double mean = DAY / (40 * 24);
        assertFollows(gaps, gap -> 1 - Math.exp(-gap / mean));
        // the test can tell: a mean a tenth off does not pass
        assertThat(distance(gaps, gap -> 1 - Math.exp(-gap / (1.1 * mean)))).isGreaterThan(bound(gaps));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lengthsAreLognormalBetweenTheirBounds(long seed) {
        double[] minutes = arrivals(seed, 40, 4, FaultKind.HOST_JITTER).stream()
                .mapToDouble(d -> (d.untilNanos() - d.fromNanos()) / 60e9)
                .toArray();
        assertThat(Arrays.stream(minutes).allMatch(m -> m >= 0.5 && m <= 30)).isTrue();
        double median = Arrays.stream(minutes)
                .sorted()
                .skip(minutes.length / 2)
                .findFirst()
                .orElseThrow();
        assertThat(median).isBetween(3 * 0.95, 3 * 1.05);
        // bell() is a sum of four uniforms, a normal distribution but for its tails: within 0.01 of it
        DoubleUnaryOperator lognormal = m -> normal(Math.log(m / 3) / 0.7);
        double[] inside = Arrays.stream(minutes).filter(m -> m > 0.5 && m < 30).toArray();
        assertThat(distance(inside, lognormal)).isLessThan(bound(inside) + 0.02);
        assertThat(distance(inside, m -> normal(Math.log(m / 3) / 1.0))).isGreaterThan(bound(inside) + 0.02);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void placesAndMagnitudesAreDrawnEvenly(long seed) {
        List<Disturbance> slow = arrivals(seed, 100_000, 4, FaultKind.SLOW_CARD);
        assertThat(slow).hasSizeGreaterThan(3000).allMatch(d -> d.cards() == 1);
        // chi-square of 48 nodes: mean 47, deviation 9.7; 90 is passed by once in ten thousand times
        int[] byNode = new int[48];
        slow.forEach(d -> byNode[d.card() / 8]++);
        assertThat(chiSquare(byNode)).isLessThan(90);
        int[] inNode = new int[8];
        slow.forEach(d -> inNode[d.card() % 8]++);
        assertThat(chiSquare(inNode)).isLessThan(30);
        assertFollows(
                slow.stream().mapToDouble(Disturbance::magnitude).toArray(),
                m -> Math.max(0, Math.min(1, (m - 1.1) / 1.4)));
        int[] byPlane = new int[7];
        arrivals(seed, 20_000, 4, FaultKind.LANE_DOWN).forEach(d -> byPlane[d.plane()]++);
        assertThat(chiSquare(byPlane)).isLessThan(28);
    }

    /** Those that begin in the first days of the reference scenario. */
    private static List<Disturbance> arrivals(long seed, double factor, int days, FaultKind kind) {
        DisturbanceSchedule schedule = new DisturbanceSchedule(
                Disturbances.NONE, Arrivals.of(seed, factor, only(kind, Scenario.of("llama3-405b", Map.of()))));
        return schedule.during(0, (long) (days * DAY)).of(kind);
    }

    private static DisturbanceRules only(FaultKind kind, Scenario scenario) {
        DisturbanceRules all = scenario.disturbanceRules();
        return new DisturbanceRules(
                all.workload(), all.cards(), all.cardsPerNode(), all.planes(), all.stages(), Set.of(kind));
    }

    private static void assertFollows(double[] sample, DoubleUnaryOperator distribution) {
        assertThat(distance(sample, distribution)).isLessThan(bound(sample));
    }

    private static double bound(double[] sample) {
        return KOLMOGOROV / Math.sqrt(sample.length);
    }

    /** Of Kolmogorov and Smirnov: the largest distance between the distributions of a sample and of what it is drawn from. */
    private static double distance(double[] sample, DoubleUnaryOperator distribution) {
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        double distance = 0;
        for (int i = 0; i < sorted.length; i++) {
            double expected = distribution.applyAsDouble(sorted[i]);
            distance = Math.max(distance, Math.abs(expected - (double) i / sorted.length));
            distance = Math.max(distance, Math.abs(expected - (i + 1.0) / sorted.length));
        }
        return distance;
    }

    private static double chiSquare(int[] counts) {
        double mean = Arrays.stream(counts).average().orElseThrow();
        return Arrays.stream(counts)
                .mapToDouble(c -> (c - mean) * (c - mean) / mean)
                .sum();
    }

    /** Abramowitz and Stegun 26.2.17: within 1e-7. */
    private static double normal(double x) {
        double t = 1 / (1 + 0.2316419 * Math.abs(x));
        double tail = Math.exp(-x * x / 2)
                / Math.sqrt(2 * Math.PI)
                * t
                * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return x >= 0 ? 1 - tail : tail;
    }
}
