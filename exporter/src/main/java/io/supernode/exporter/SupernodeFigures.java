package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the windows of one supernode of a run add up to. Immutable but for the sketches, which are copies.
 *
 * @param supernode its index
 * @param totals since the run began
 * @param latency distributions over the whole run; a metric that never occurred is absent
 */
public record SupernodeFigures(int supernode, Totals totals, Map<LatencyMetric, LatencySketch> latency) {
    /** Of whole steps, as {@link Totals#tokensPerSecondPerCard()}. */
    public OptionalDouble tokensPerSecondPerCard() {
        return totals.tokensPerSecondPerCard();
    }
}
