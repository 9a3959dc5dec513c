package io.supernode.exporter;

import io.supernode.window.LatencySketch;
import java.util.Arrays;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/** Sketches compared by what they hold; how much room their arrays have is their own matter. */
final class Sketches {
    static final RecursiveComparisonConfiguration BY_CONTENT = RecursiveComparisonConfiguration.builder()
            .withEqualsForType(Sketches::same, LatencySketch.class)
            .build();

    private Sketches() {}

    static boolean same(LatencySketch a, LatencySketch b) {
        return a.count() == b.count()
                && a.sum() == b.sum()
                && (a.isEmpty() || a.min() == b.min() && a.max() == b.max())
                && Arrays.equals(a.bucketIndices(), b.bucketIndices())
                && Arrays.equals(a.bucketCounts(), b.bucketCounts());
    }
}
