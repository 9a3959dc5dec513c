package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What was observed over what was expected, of late: sums in which each slice with evidence counts for {@link #KEPT} of
 * the one after it, about three seconds in all. Slices without evidence leave it as it is.
 */
final class Fading {
    /** Of what varies from event to event more than it should be hidden by. */
    static final double KEPT_LONG = 0.85;

    /** A slice's weight over that of the one after it: the mean age is {@code KEPT / (1 - KEPT)}, 2.3 slices. */
    static final double KEPT = 0.7;

    private static final double DEVIATIONS = 6;

    private final double kept;
    double observed;
    double expected;
    double count;

    Fading() {
        this(KEPT);
    }

    Fading(double kept) {
        this.kept = kept;
    }

    void add(double observed, double expected, double count) {
        this.observed = kept * this.observed + observed;
        this.expected = kept * this.expected + expected;
        this.count = kept * this.count + count;
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
