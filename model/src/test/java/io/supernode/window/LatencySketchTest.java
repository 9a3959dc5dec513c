package io.supernode.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatencySketchTest {
    private static final double[] QUANTILES = {0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1};
    private static final int LAST_BUCKET = LatencySketch.bucket(Long.MAX_VALUE);

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyQuantileIsWithinOnePercentOfTheExactOne(long seed) {
        long[] values = values(seed);
        LatencySketch sketch = sketch(values);
        Arrays.sort(values);
        for (double q : QUANTILES) {
            long exact = values[(int) Math.max(1, Math.ceil(q * values.length)) - 1];
            assertThat(sketch.quantile(q))
                    .as("seed %d, q %s of %d values", seed, q, values.length)
                    .isCloseTo(exact, within(exact * LatencySketch.RELATIVE_ERROR));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void countSumAndEndsAreExact(long seed) {
        long[] values = values(seed);
        LatencySketch sketch = sketch(values);
        assertThat(sketch.count()).isEqualTo(values.length);
        assertThat(sketch.sum()).isEqualTo(Arrays.stream(values).sum());
        assertThat(sketch.min()).isEqualTo(Arrays.stream(values).min().getAsLong());
        assertThat(sketch.max()).isEqualTo(Arrays.stream(values).max().getAsLong());
        assertThat(sketch.quantile(0)).isGreaterThanOrEqualTo(sketch.min());
        assertThat(sketch.quantile(1)).isLessThanOrEqualTo(sketch.max());
    }

    /**
     * The published implementation at the same accuracy picks the value of rank {@code floor(1 + q·(n-1))}: asked for
     * ours, both are within 1 % of the same value, hence within 2.03 % of each other.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void itAgreesWithThePublishedDdSketch(long seed) {
        long[] values = values(seed);
        LatencySketch ours = sketch(values);
        DDSketch theirs = DDSketches.unboundedDense(LatencySketch.RELATIVE_ERROR);
        for (long value : values) {
            theirs.accept(value);
        }
        assertThat((long) theirs.getCount()).isEqualTo(ours.count());
        for (double q : QUANTILES) {
            double rank = Math.max(1, Math.ceil(q * values.length));
            // half a rank more, so that no rounding falls to the rank before
            double sameRank = values.length == 1 ? 0 : Math.min(1, (rank - 0.5) / (values.length - 1));
            double expected = theirs.getValueAtQuantile(sameRank);
            assertThat(ours.quantile(q))
                    .as("seed %d, q %s of %d values", seed, q, values.length)
                    .isCloseTo(expected, within(0.0204 * expected));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void mergingInAnyOrderGivesTheSameSketch(long seed) {
        LatencySketch a = sketch(values(seed));
        LatencySketch b = sketch(values(seed + 1_000));
        LatencySketch c = sketch(values(seed + 2_000));
        LatencySketch all = sketch(concat(values(seed), values(seed + 1_000), values(seed + 2_000)));

        assertSame(merged(a, b), merged(b, a));
        assertSame(merged(merged(a, b), c), merged(a, merged(b, c)));
        assertSame(merged(merged(c, a), b), all);
        assertSame(merged(a, new LatencySketch()), a);
        assertSame(merged(new LatencySketch(), a), a);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theOrderOfValuesDoesNotMatter(long seed) {
        long[] values = values(seed);
        LatencySketch forward = sketch(values);
        LatencySketch backward = new LatencySketch();
        for (int i = values.length - 1; i >= 0; i--) {
            backward.add(values[i]);
        }
        assertSame(forward, backward);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void itIsWhatItsBucketsSay(long seed) {
        LatencySketch sketch = sketch(values(seed));
        assertSame(
                LatencySketch.of(
                        sketch.bucketIndices(), sketch.bucketCounts(), sketch.sum(), sketch.min(), sketch.max()),
                sketch);
        assertThat(sketch.bucketIndices()).isSorted().doesNotHaveDuplicates();
        assertThat(sketch.bucketCounts()).doesNotContain(0);
        assertSame(sketch.copy(), sketch);
    }

    @Test
    void aMergeLeavesTheOtherAlone() {
        LatencySketch a = sketch(5, 6, 7);
        LatencySketch b = sketch(1_000_000);
        a.merge(b);
        b.add(3);
        assertThat(a.count()).isEqualTo(4);
        assertThat(a.min()).isEqualTo(5);
        assertThat(b.count()).isEqualTo(2);
        assertThat(b.max()).isEqualTo(1_000_000);
    }

    @Test
    void mergedWithItselfItHoldsEveryValueTwice() {
        LatencySketch sketch = sketch(1, 100, 10_000);
        sketch.merge(sketch);
        assertSame(sketch, sketch(1, 1, 100, 100, 10_000, 10_000));
    }

    @Test
    void aValueManyTimesIsThatValueManyTimes() {
        LatencySketch many = new LatencySketch();
        many.add(250, 1_000);
        LatencySketch single = new LatencySketch();
        for (int i = 0; i < 1_000; i++) {
            single.add(250);
        }
        assertSame(many, single);
    }

    /** Bucket i holds [g^(i-1), g^i), g = 2^(1/35): every power of two 2^k opens bucket 35·k + 1. */
    @Test
    void powersOfTwoOpenABucket() {
        assertThat(LatencySketch.bucket(0)).isZero();
        for (int k = 0; k < 63; k++) {
            assertThat(LatencySketch.bucket(1L << k)).as("2^%d", k).isEqualTo(35 * k + 1);
            if (k > 1) {
                assertThat(LatencySketch.bucket((1L << k) - 1))
                        .as("2^%d - 1", k)
                        .isLessThan(35 * k + 1);
            }
        }
        assertThat(LAST_BUCKET).isEqualTo(35 * 63);
    }

    /** At and around every edge: a bucket answers for each of its values within 1 %, and never goes back. */
    @Test
    void everyBucketAnswersForItsOwnEdges() {
        int previous = 0;
        for (int i = 1; i <= LAST_BUCKET; i++) {
            double edge = StrictMath.pow(2, (i - 1) / 35.0);
            long first = (long) Math.ceil(edge);
            for (long value : new long[] {first - 1, first, first + 1}) {
                if (value < 1) {
                    continue;
                }
                int bucket = LatencySketch.bucket(value);
                assertThat(LatencySketch.representative(bucket))
                        .as("value %d in bucket %d", value, bucket)
                        .isCloseTo(value, within(0.01 * value));
            }
            int bucket = LatencySketch.bucket(first);
            assertThat(bucket).isGreaterThanOrEqualTo(previous);
            if (edge > 100) { // buckets are wider than a nanosecond from 2^(198/35) on
                assertThat(bucket).isEqualTo(i);
                assertThat(LatencySketch.bucket(first - 1)).isEqualTo(i - 1);
            }
            previous = bucket;
        }
    }

    @Test
    void smallWholeNumbersAreExactToOnePercent() {
        for (long value = 0; value < 100_000; value++) {
            assertThat(LatencySketch.representative(LatencySketch.bucket(value)))
                    .isCloseTo(value, within(0.01 * value));
        }
    }

    @Test
    void itCoversAllOfLong() {
        LatencySketch sketch = sketch(Long.MAX_VALUE);
        assertThat(sketch.quantile(0.5)).isCloseTo(Long.MAX_VALUE, within(0.01 * Long.MAX_VALUE));
        sketch.add(0);
        assertThat(sketch.quantile(0.5)).isZero();
        assertThat(sketch.bucketIndices()).containsExactly(0, LAST_BUCKET);
    }

    @Test
    void clearedItIsEmptyAndUsable() {
        LatencySketch sketch = sketch(5, 6, 7_000_000);
        sketch.clear();
        assertThat(sketch.isEmpty()).isTrue();
        assertThat(sketch.bucketIndices()).isEmpty();
        sketch.add(42);
        assertSame(sketch, sketch(42));
    }

    /** 2^53 + 3 is no double: the product with 1 is 2^53 + 4, one more than there are values. */
    @Test
    void aCountThatNoDoubleHoldsHasAHighestQuantile() {
        LatencySketch sketch = new LatencySketch();
        sketch.add(1, (1L << 53) + 3);
        assertThat(sketch.quantile(1)).isEqualTo(1);
    }

    @Test
    void meanIsExact() {
        assertThat(sketch(1, 2, 6).mean()).isCloseTo(3, offset(0.0));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LatencySketch().add(-1))
                .withMessage("must be >= 0: nanos=-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sketch(1).quantile(1.01))
                .withMessage("must be 0 to 1: q=1.01");
        assertThatIllegalArgumentException().isThrownBy(() -> sketch(1).quantile(Double.NaN));
        LatencySketch empty = new LatencySketch();
        assertThatIllegalStateException().isThrownBy(() -> empty.quantile(0.5));
        assertThatIllegalStateException().isThrownBy(empty::min);
        assertThatIllegalStateException().isThrownBy(empty::max);
        assertThatIllegalStateException().isThrownBy(empty::mean);
    }

    private static LatencySketch sketch(long... values) {
        LatencySketch sketch = new LatencySketch();
        for (long value : values) {
            sketch.add(value);
        }
        return sketch;
    }

    private static LatencySketch merged(LatencySketch a, LatencySketch b) {
        LatencySketch merged = a.copy();
        merged.merge(b);
        return merged;
    }

    private static void assertSame(LatencySketch actual, LatencySketch expected) {
        assertThat(actual.count()).isEqualTo(expected.count());
        assertThat(actual.sum()).isEqualTo(expected.sum());
        assertThat(actual.bucketIndices()).isEqualTo(expected.bucketIndices());
        assertThat(actual.bucketCounts()).isEqualTo(expected.bucketCounts());
        assertThat(actual.min()).isEqualTo(expected.min());
        assertThat(actual.max()).isEqualTo(expected.max());
        for (double q : QUANTILES) {
            assertThat(actual.quantile(q)).isEqualTo(expected.quantile(q));
        }
    }

    /** Uniform, log-uniform over twelve decades, heavy-tailed, or one value many times: by the seed. */
    private static long[] values(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] values = new long[1 + random.nextInt(seed % 5 == 0 ? 5 : 3_000)];
        int shape = (int) (seed % 4);
        for (int i = 0; i < values.length; i++) {
            double u = random.nextDouble();
            values[i] = switch (shape) {
                case 0 -> random.nextLong(10_000_000);
                case 1 -> (long) Math.pow(10, 12 * u);
                case 2 -> (long) Math.min(1e15, 20_000 / Math.pow(1 - u, 1.5)); // Pareto
                default -> u < 0.9 ? 1_500_000 : random.nextLong(3);
            };
        }
        return values;
    }

    private static long[] concat(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }
}
