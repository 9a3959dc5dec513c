package io.supernode.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** Median, and how far the rounds lie apart: few rounds, so the extremes are told rather than a deviation. */
record Figures(double median, double low, double high) {
    static <T> Figures of(Collection<T> rounds, ToDoubleFunction<T> figure) {
        double[] values = rounds.stream().mapToDouble(figure).sorted().toArray();
        if (values.length == 0) {
            throw new IllegalArgumentException("no rounds");
        }
        int middle = values.length / 2;
        double median = values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
        return new Figures(median, values[0], values[values.length - 1]);
    }

    /** Of the quotients round by round: what disturbed a whole round cancels out. */
    static Figures ofRatios(double[] numerators, double[] denominators) {
        double[] ratios = new double[Math.min(numerators.length, denominators.length)];
        Arrays.setAll(ratios, i -> numerators[i] / denominators[i]);
        return of(Arrays.stream(ratios).boxed().toList(), Double::doubleValue);
    }
}
