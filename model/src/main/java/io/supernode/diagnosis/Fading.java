package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What was observed over what was expected, of late: sums in which each slice with evidence counts for {@link #KEPT} of
 * the one after it, about three seconds in all. Slices without evidence leave it as it is.
 */
final class Fading {
    /** A slice's weight over that of the one after it: the mean age is {@code KEPT / (1 - KEPT)}, 2.3 slices. */
    static final double KEPT = 0.7;

    private static final double DEVIATIONS = 6;

    double observed;
    double expected;
    double count;

    void add(double observed, double expected, double count) {
        this.observed = KEPT * this.observed + observed;
        this.expected = KEPT * this.expected + expected;
        this.count = KEPT * this.count + count;
    }

    /** NaN before the first evidence. */
    double ratio() {
        return observed / expected;
    }

    /** How far it is from 1 if one event alone had said so: noise of many events is smaller by the root of their number. */
    double deviation() {
        return (ratio() - 1) * Math.sqrt(count);
    }

    /**
     * What is too much: at least {@code least}, and {@link #DEVIATIONS} times what may be noise.
     *
     * @param deviation of one event, as most of the peers have it
     */
    double excess(double least, double deviation) {
        return Math.max(least, DEVIATIONS * deviation / Math.sqrt(count));
    }

    void write(DataOutput out) throws IOException {
        out.writeDouble(observed);
        out.writeDouble(expected);
        out.writeDouble(count);
    }

    void read(DataInput in) throws IOException {
        observed = in.readDouble();
        expected = in.readDouble();
        count = in.readDouble();
    }
}
