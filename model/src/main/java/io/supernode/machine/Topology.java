package io.supernode.machine;

/**
 * How a machine's switches and racks are arranged, and what a small message takes on each route: {@code endpoints +
 * switches · one switch + optical segments · one segment}.
 *
 * @param nodesPerRack nodes of one rack
 * @param switchRacks racks that hold nothing but switches
 * @param planes parallel sub-planes; a card has a port in each
 * @param nodeSwitches first-level switches inside a node; 0 where cards of a node are cabled to each other
 * @param upperSwitches second-level switches of the whole scale-up network
 * @param sameNode route between two cards of a node
 * @param acrossNodes route between two nodes
 * @param endpointNanos sender and receiver together
 * @param switchNanos one switch
 * @param opticalNanos one optical segment
 */
public record Topology(
        int nodesPerRack,
        int switchRacks,
        int planes,
        int nodeSwitches,
        int upperSwitches,
        Route sameNode,
        Route acrossNodes,
        long endpointNanos,
        long switchNanos,
        long opticalNanos) {
    public long latencyNanos(Route route) {
        return endpointNanos + route.switches() * switchNanos + route.opticalSegments() * opticalNanos;
    }

    /** Racks that {@code nodes} nodes fill. */
    public int nodeRacks(int nodes) {
        return (nodes + nodesPerRack - 1) / nodesPerRack;
    }

    /** First-level switches of {@code nodes} nodes. */
    public int firstLevelSwitches(int nodes) {
        return nodes * nodeSwitches;
    }
}
