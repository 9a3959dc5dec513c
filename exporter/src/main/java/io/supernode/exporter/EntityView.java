package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.util.Map;
import java.util.Optional;

/**
 * One card, node, rack, operation, plane or supernode at one moment. Immutable.
 *
 * @param entity index in its supernode, as its scope says; 0 for the supernode itself
 * @param totals since the run began
 * @param second its newest window of 1 s
 * @param recent its newest window of 10 s; null when it has none or the last is too old
 * @param stepSeconds mean length of its last whole steps; 0 when it had none
 * @param latency its newest windows of 10 s by metric, without those that are too old
 */
public record EntityView(
        int entity,
        Totals totals,
        ThroughputWindow second,
        ThroughputWindow recent,
        double stepSeconds,
        Map<LatencyMetric, LatencyWindow> latency) {
    /** The newest window of 10 s in which anything was told; where nothing was, there is nothing to draw, not zero. */
    public Optional<ThroughputWindow> tenSeconds() {
        return Optional.ofNullable(recent).filter(ThroughputWindow::hasTelemetry);
    }
}
