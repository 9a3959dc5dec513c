package io.supernode.window;

import java.util.Arrays;

/**
 * A distribution of durations in logarithmic buckets: any quantile within {@value #RELATIVE_ERROR} of the exact one,
 * merged by adding counts, equal whatever the order in which values came.
 *
 * <p>Bucket 0 holds the value 0; bucket {@code i >= 1} holds the whole nanoseconds in {@code [g^(i-1), g^i)} with
 * {@code g = 2^(1/35) = 1.02000}. A bucket answers with the value at equal relative distance from both its ends,
 * {@code 2·g^i/(1+g)}, so its error is at most {@code (g-1)/(g+1) = 0.99 %}: the construction of DDSketch (Masson, Rim,
 * Lee, VLDB 2019, section 2) with a base that divides the octave. Count, sum, minimum and maximum are exact. Buckets
 * found by table, not by logarithm, so that every machine finds the same one. Only buckets that hold values are kept, in
 * order: a card has a handful of values in a second that lie octaves apart, and merging and writing cost what there is,
 * not what there could be. Not thread-safe.
 */
public final class LatencySketch {
    /** Largest relative error of a quantile. */
    public static final double RELATIVE_ERROR = 0.01;

    private static final int BUCKETS_PER_OCTAVE = 35;
    /** Smallest whole number of each bucket; the last bucket ends with {@link Long#MAX_VALUE}. */
    private static final long[] LOWER = lowerBounds();
    /** Bucket of the smallest number with a given leading bit and the 6 bits after it. */
    private static final short[] FIRST_BUCKET = firstBuckets();

    private static final int MANTISSA_BITS = 6;

    /** Buckets that hold values, ascending, and how many they hold; the first {@code filled} are in use. */
    private int[] buckets = new int[8];

    private long[] counts = new long[8];
    private int filled;
    private long count;
    private long sum;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    /** The sketch that a {@link LatencyWindow} carries. */
    public static LatencySketch of(int[] bucketIndices, long[] bucketCounts, long sum, long min, long max) {
        LatencySketch sketch = new LatencySketch();
        if (bucketIndices.length == 0) {
            return sketch;
        }
        sketch.buckets = bucketIndices.clone();
        sketch.counts = bucketCounts.clone();
        sketch.filled = bucketIndices.length;
        for (long times : bucketCounts) {
            sketch.count += times;
        }
        sketch.sum = sum;
        sketch.min = min;
        sketch.max = max;
        return sketch;
    }

    /** @param nanos a duration, &gt;= 0 */
    public void add(long nanos) {
        add(nanos, 1);
    }

    /** Adds one value {@code times} times. */
    public void add(long nanos, long times) {
        if (nanos < 0) {
            throw new IllegalArgumentException("must be >= 0: nanos=" + nanos);
        }
        int bucket = bucket(nanos);
        put(placeOf(bucket), bucket, times);
        count += times;
        sum += nanos * times;
        min = Math.min(min, nanos);
        max = Math.max(max, nanos);
    }

    public void merge(LatencySketch other) {
        if (other.count == 0) {
            return;
        }
        int at = 0;
        for (int i = 0; i < other.filled; i++) {
            at = placeFrom(at, other.buckets[i]);
            put(at, other.buckets[i], other.counts[i]);
        }
        count += other.count;
        sum += other.sum;
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
    }

    public void clear() {
        filled = 0;
        count = 0;
        sum = 0;
        min = Long.MAX_VALUE;
        max = Long.MIN_VALUE;
    }

    public LatencySketch copy() {
        LatencySketch copy = new LatencySketch();
        copy.merge(this);
        return copy;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public long count() {
        return count;
    }

    public long sum() {
        return sum;
    }

    /** @throws IllegalStateException when empty */
    public long min() {
        requireValues();
        return min;
    }

    /** @throws IllegalStateException when empty */
    public long max() {
        requireValues();
        return max;
    }

    /** @throws IllegalStateException when empty */
    public double mean() {
        requireValues();
        return (double) sum / count;
    }

    /**
     * The value below which a share {@code q} of the values lies: that of rank {@code ceil(q·count)}, within
     * {@link #RELATIVE_ERROR}, and never outside the exact minimum and maximum.
     *
     * @param q 0 to 1
     * @throws IllegalStateException when empty
     */
    public double quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("must be 0 to 1: q=" + q);
        }
        requireValues();
        // the product is a double: beyond 2^53 values it may round up past the count
        long rank = Math.min(count, Math.max(1, (long) Math.ceil(q * count)));
        long seen = 0;
        int i = 0;
        while ((seen += counts[i]) < rank) {
            i++;
        }
        return Math.min(max, Math.max(min, representative(buckets[i])));
    }

    /** Indices of the buckets that hold values, ascending. */
    public int[] bucketIndices() {
        return Arrays.copyOf(buckets, filled);
    }

    /** Counts of the buckets that {@link #bucketIndices()} names. */
    public long[] bucketCounts() {
        return Arrays.copyOf(counts, filled);
    }

    /** The bucket of a value, from 0. */
    public static int bucket(long nanos) {
        if (nanos == 0) {
            return 0;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        int mantissa = exponent >= MANTISSA_BITS
                ? (int) (nanos >>> (exponent - MANTISSA_BITS)) & ((1 << MANTISSA_BITS) - 1)
                : (int) (nanos << (MANTISSA_BITS - exponent)) & ((1 << MANTISSA_BITS) - 1);
        int bucket = FIRST_BUCKET[exponent << MANTISSA_BITS | mantissa];
        while (bucket + 1 < LOWER.length && LOWER[bucket + 1] <= nanos) {
            bucket++;
        }
        return bucket;
    }

    /** The value that stands for a bucket: equally far, relatively, from both its ends. */
    public static double representative(int bucket) {
        if (bucket == 0) {
            return 0;
        }
        double g = StrictMath.pow(2, 1.0 / BUCKETS_PER_OCTAVE);
        return 2 * StrictMath.pow(2, (double) bucket / BUCKETS_PER_OCTAVE) / (1 + g);
    }

    /**
     * Sum, minimum, maximum, first and last bucket, then per filled bucket how far it is from the one before and its
     * count. Not for an empty one.
     */
    void write(PartialWriter out) {
        requireValues();
        out.write(sum);
        out.write(min);
        out.write(max);
        out.write(buckets[0]);
        out.write(buckets[filled - 1]);
        int previous = buckets[0];
        for (int i = 0; i < filled; i++) {
            out.write(buckets[i] - previous);
            out.write(counts[i]);
            previous = buckets[i];
        }
    }

    /** Adds what {@link #write} wrote, without making a sketch of it first. */
    void mergeFrom(PartialReader in) {
        sum += in.read();
        min = Math.min(min, in.read());
        max = Math.max(max, in.read());
        int bucket = in.readInt();
        int last = in.readInt();
        int at = 0;
        do {
            bucket += in.readInt();
            long times = in.read();
            at = placeFrom(at, bucket);
            put(at, bucket, times);
            count += times;
        } while (bucket < last);
    }

    private void requireValues() {
        if (count == 0) {
            throw new IllegalStateException("an empty sketch has no quantiles");
        }
    }

    /** Where a bucket is, or would be. */
    private int placeOf(int bucket) {
        int place = Arrays.binarySearch(buckets, 0, filled, bucket);
        return place >= 0 ? place : -place - 1;
    }

    /** The same, where all before {@code from} are known to be smaller. */
    private int placeFrom(int from, int bucket) {
        int place = from;
        while (place < filled && buckets[place] < bucket) {
            place++;
        }
        return place;
    }

    private void put(int place, int bucket, long times) {
        if (place < filled && buckets[place] == bucket) {
            counts[place] += times;
            return;
        }
        if (filled == buckets.length) {
            buckets = Arrays.copyOf(buckets, 2 * filled);
            counts = Arrays.copyOf(counts, 2 * filled);
        }
        System.arraycopy(buckets, place, buckets, place + 1, filled - place);
        System.arraycopy(counts, place, counts, place + 1, filled - place);
        buckets[place] = bucket;
        counts[place] = times;
        filled++;
    }

    private static long[] lowerBounds() {
        int last = 63 * BUCKETS_PER_OCTAVE;
        long[] lower = new long[last + 1];
        for (int i = 1; i <= last; i++) {
            lower[i] = (long) Math.ceil(StrictMath.pow(2, (i - 1.0) / BUCKETS_PER_OCTAVE));
        }
        return lower;
    }

    private static short[] firstBuckets() {
        short[] first = new short[63 << MANTISSA_BITS];
        int bucket = 1;
        for (int exponent = 0; exponent < 63; exponent++) {
            for (int mantissa = 0; mantissa < 1 << MANTISSA_BITS; mantissa++) {
                // the smallest number with these leading bits, rounded up where it is not whole
                long scaled = (1L << MANTISSA_BITS) + mantissa;
                long smallest = exponent >= MANTISSA_BITS
                        ? scaled << (exponent - MANTISSA_BITS)
                        : scaled >> (MANTISSA_BITS - exponent);
                while (bucket + 1 < LOWER.length && LOWER[bucket + 1] <= smallest) {
                    bucket++;
                }
                first[exponent << MANTISSA_BITS | mantissa] = (short) bucket;
            }
        }
        return first;
    }
}
