package io.supernode.diagnosis;

import java.util.Arrays;

/** Middle and spread of a set of which a few members may be anything. */
final class Robust {
    /** Deviation over median absolute deviation of a normal distribution. */
    private static final double NORMAL = 1.4826;

    private static final int ENOUGH = 4;

    private Robust() {}

    /** The lower of the two in the middle where there are two; NaN of nothing. Sorts the first {@code n} values. */
    static double lowerMedian(double[] values, int n) {
        if (n == 0) {
            return Double.NaN;
        }
        Arrays.sort(values, 0, n);
        return values[(n - 1) / 2];
    }

    /** The lower median of all of {@code sorted} but the one at {@code left}; NaN where nothing is left. */
    static double lowerMedianWithout(double[] sorted, int n, int left) {
        if (n < 2) {
            return Double.NaN;
        }
        int middle = (n - 2) / 2;
        return sorted[middle < left ? middle : middle + 1];
    }

    /** Standard deviation around 0 as most of the values have it; 0 of too few to tell. Spoils the values. */
    static double deviation(double[] values, int n) {
        if (n < ENOUGH) {
            return 0;
        }
        for (int i = 0; i < n; i++) {
            values[i] = Math.abs(values[i]);
        }
        Arrays.sort(values, 0, n);
        return NORMAL * values[n / 2];
    }
}
