package io.supernode.cost;

import io.supernode.machine.Link;
import io.supernode.machine.Machine;
import io.supernode.machine.Network;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The ranks of a collective as the network sees them.
 *
 * @param size all ranks, &gt;= 1
 * @param perNode ranks that share a node (or a scale-up domain, where the ranks leave it); {@code size} when all do; the
 *     smallest number where nodes differ
 * @param inside link between ranks of a node (or domain)
 * @param across link between ranks of different nodes (or domains)
 */
public record Ranks(int size, int perNode, Link inside, Link across) {
    /** Ranks on {@code size} cards, from {@code firstCard} in steps of {@code stride}. */
    public static Ranks of(Machine machine, int firstCard, int stride, int size) {
        return of(
                machine,
                IntStream.range(0, size).map(i -> firstCard + i * stride).toArray());
    }

    /** Ranks on these cards, in ascending order. Where they leave a scale-up domain, that takes the place of the node. */
    public static Ranks of(Machine machine, int... cards) {
        boolean oneDomain = machine.domain(cards[0]) == machine.domain(cards[cards.length - 1]);
        IntUnaryOperator place = oneDomain ? machine::node : machine::domain;
        int together = cards.length;
        int run = 0;
        for (int i = 0; i < cards.length; i++) {
            if (i > 0 && place.applyAsInt(cards[i]) != place.applyAsInt(cards[i - 1])) {
                together = Math.min(together, run);
                run = 0;
            }
            run++;
        }
        together = Math.min(together, run);
        Network network = machine.network();
        if (oneDomain) {
            return new Ranks(cards.length, together, network.sameNode(), network.acrossNodes());
        }
        boolean domainIsNode = network.domainCards() == machine.cardsPerNode();
        return new Ranks(
                cards.length, together, domainIsNode ? network.sameNode() : network.acrossNodes(), network.scaleOut());
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
