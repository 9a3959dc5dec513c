package io.supernode.machine;

/** How a collective moves its data. */
public enum Collective {
    /** Each rank to its neighbour, n - 1 times. */
    RING,
    /** Up and down a binary tree. */
    TREE,
    /** Reduce inside the node, ring across nodes, gather inside the node. */
    HIERARCHICAL,
    /** Each rank to every other at once: what a bus without oversubscription allows. */
    DIRECT
}
