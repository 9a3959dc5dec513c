package io.supernode.window;

/**
 * The distribution of one latency of one entity in one window, as a mergeable sketch: bucket {@code bucketIndices[i]}
 * of {@link LatencySketch} holds {@code bucketCounts[i]} values. Like {@link ThroughputWindow} it is absolute and is
 * replaced by a higher revision.
 *
 * @param count number of values; the sum of {@code bucketCounts}
 * @param sumNanos exact sum of the values
 * @param minNanos exact smallest value
 * @param maxNanos exact largest value
 * @param bucketIndices ascending, without empty buckets
 */
public record LatencyWindow(
        long run,
        int supernode,
        Scope scope,
        int entity,
        LatencyMetric metric,
        long originEpochNanos,
        long startNanos,
        long lengthNanos,
        int revision,
        long count,
        long sumNanos,
        long minNanos,
        long maxNanos,
        int[] bucketIndices,
        long[] bucketCounts) {
    public WindowKey key() {
        return new WindowKey(run, supernode, scope, entity, startNanos, lengthNanos);
    }

    public long endNanos() {
        return startNanos + lengthNanos;
    }

    public LatencySketch sketch() {
        return LatencySketch.of(bucketIndices, bucketCounts, sumNanos, minNanos, maxNanos);
    }
}
