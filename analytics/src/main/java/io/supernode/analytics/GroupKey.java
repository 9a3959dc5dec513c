package io.supernode.analytics;

/**
 * By what windows are merged: a node with all its cards, or a whole supernode. Not by card: a card's figures always
 * travel with its node's, so one record and one timer serve eight cards.
 *
 * @param node index of the node, or {@link io.supernode.window.SliceFolder#SUPERNODE}
 */
public record GroupKey(long run, int supernode, int node) {
    /** Written out, because it decides on which machine a group's state lives: the same on every JVM. */
    @Override
    public int hashCode() {
        return (Long.hashCode(run) * 31 + supernode) * 31 + node;
    }
}
