package io.supernode.analytics;

/**
 * What a node (with its cards) or a supernode did in one second, or a part of it; many add up. What crosses the network
 * instead of events.
 *
 * @param node index of the node, or {@link io.supernode.window.SliceFolder#SUPERNODE}
 * @param slice seconds of event time from the run's start
 * @param sums as {@link io.supernode.window.SliceFolder} writes them
 */
public record SlicePartial(long run, int supernode, int node, long originEpochNanos, long slice, byte[] sums) {
    GroupKey group() {
        return new GroupKey(run, supernode, node);
    }
}
