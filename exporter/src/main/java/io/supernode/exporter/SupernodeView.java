package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.ThroughputWindow;
import java.util.List;
import java.util.Map;

/**
 * One supernode at one moment; entities whose last window is too old are not in it.
 *
 * @param supernode index of the supernode
 * @param newestEndNanos event time that its windows have reached
 * @param cards in the order of their indices
 * @param nodes in the order of their indices
 * @param racks in the order of their indices; none where the job does not know the racks
 * @param operations of the bus that have occurred, in their order; also those that are long ago
 * @param planes of the bus of which samples or disturbances have told, in the order of their indices; also long ago
 * @param latency distributions since the run began
 * @param history its last windows of 1 s in the order of time
 * @param latencyHistory distributions of its last windows of 1 s in the order of time, by metric
 */
public record SupernodeView(
        int supernode,
        long newestEndNanos,
        EntityView whole,
        List<EntityView> cards,
        List<EntityView> nodes,
        List<EntityView> racks,
        List<EntityView> operations,
        List<EntityView> planes,
        Map<LatencyMetric, LatencySketch> latency,
        List<ThroughputWindow> history,
        Map<LatencyMetric, List<LatencyPoint>> latencyHistory) {}
