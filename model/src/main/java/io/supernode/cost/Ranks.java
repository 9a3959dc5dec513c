package io.supernode.cost;

import io.supernode.machine.Link;
import io.supernode.machine.Machine;

/**
 * The ranks of a collective as the network sees them.
 *
 * @param size all ranks, &gt;= 1
 * @param perNode ranks that share a node; {@code size} when all do; the smallest number where nodes differ
 * @param inside link between ranks of a node
 * @param across link between ranks of different nodes
 */
public record Ranks(int size, int perNode, Link inside, Link across) {
    /** Ranks on {@code size} cards, from {@code firstCard} in steps of {@code stride}. */
    public static Ranks of(Machine machine, int firstCard, int stride, int size) {
        int perNode = size;
        int run = 0;
        for (int i = 0; i < size; i++) {
            boolean newNode =
                    i > 0 && machine.node(firstCard + i * stride) != machine.node(firstCard + (i - 1) * stride);
            if (newNode) {
                perNode = Math.min(perNode, run);
                run = 0;
            }
            run++;
        }
        return new Ranks(size, Math.min(perNode, run), machine.sameNode(), machine.acrossNodes());
    }

    public boolean oneNode() {
        return perNode == size;
    }

    /** Nodes that the ranks are spread over. */
    public int nodes() {
        return (size + perNode - 1) / perNode;
    }

    /** The link that the slowest message takes. */
    public Link widest() {
        return oneNode() ? inside : across;
    }
}
