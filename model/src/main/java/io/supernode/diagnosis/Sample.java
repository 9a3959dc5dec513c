package io.supernode.diagnosis;

import java.util.Arrays;

/** Figures of many, one of each, while they are compared: {@link Robust} over a buffer that it keeps. Not thread-safe. */
final class Sample {
    private double[] values = new double[64];
    private int size;

    void clear() {
        size = 0;
    }

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    /** The lower of the two in the middle; NaN of nothing. Leaves the values sorted. */
    double lowerMedian() {
        return Robust.lowerMedian(values, size);
    }

    /**
     * How far most are from the middle one, over it: 0 where all are the same or there are too few to tell. Spoils the
     * values.
     */
    double spread() {
        double middle = lowerMedian();
        if (!(middle > 0)) {
            return 0;
        }
        for (int i = 0; i < size; i++) {
            values[i] = values[i] / middle - 1;
        }
        return deviation();
    }

    /** Of all but the one that is {@code value}; the values must be sorted. NaN where nothing is left. */
    double lowerMedianWithout(double value) {
        return Robust.lowerMedianWithout(values, size, Arrays.binarySearch(values, 0, size, value));
    }

    /** Standard deviation around 0 as most have it; 0 of too few to tell. Spoils the values. */
    double deviation() {
        return Robust.deviation(values, size);
    }
}
