package io.supernode.schemas;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;

/** Legal windows from a seed. */
final class RandomWindows {
    private RandomWindows() {}

    static ThroughputWindow throughput(RandomEvents r) {
        return new ThroughputWindow(
                r.any(),
                (int) r.upTo(Integer.MAX_VALUE),
                Scope.values()[r.count(Scope.values().length)],
                (int) r.upTo(Integer.MAX_VALUE),
                r.any(),
                r.upTo(1L << 60),
                1 + r.upTo(1L << 40),
                (int) r.upTo(Integer.MAX_VALUE),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any(),
                r.any());
    }

    static LatencyWindow latency(RandomEvents r) {
        LatencySketch sketch = new LatencySketch();
        for (int n = r.count(30); n >= 0; n--) {
            sketch.add(r.upTo(Long.MAX_VALUE), 1 + r.upTo(1L << 40));
        }
        return new LatencyWindow(
                r.any(),
                (int) r.upTo(Integer.MAX_VALUE),
                Scope.values()[r.count(Scope.values().length)],
                (int) r.upTo(Integer.MAX_VALUE),
                LatencyMetric.values()[r.count(LatencyMetric.values().length)],
                r.any(),
                r.upTo(1L << 60),
                1 + r.upTo(1L << 40),
                (int) r.upTo(Integer.MAX_VALUE),
                sketch.count(),
                sketch.sum(),
                sketch.min(),
                sketch.max(),
                sketch.bucketIndices(),
                sketch.bucketCounts());
    }
}
