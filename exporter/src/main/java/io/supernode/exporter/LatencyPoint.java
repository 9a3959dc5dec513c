package io.supernode.exporter;

import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;

/** What a chart shows of one window of latency. */
public record LatencyPoint(long endNanos, double p50Seconds, double p99Seconds) {
    static LatencyPoint of(LatencyWindow window) {
        LatencySketch sketch = window.sketch();
        return new LatencyPoint(window.endNanos(), sketch.quantile(0.5) / 1e9, sketch.quantile(0.99) / 1e9);
    }
}
