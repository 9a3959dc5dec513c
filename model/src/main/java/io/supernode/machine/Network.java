package io.supernode.machine;

/**
 * The networks that join cards, from the nearest card to the farthest.
 *
 * @param sameNode between two cards of a node
 * @param acrossNodes between two nodes of one scale-up domain
 * @param scaleOut between two domains, and between instances: through the cards' network interfaces
 * @param domainCards cards of one scale-up domain: 8 in a server, 384 in a supernode
 * @param hopLatencyNanos one switch of the way between nodes, as its maker states it
 */
public record Network(Link sameNode, Link acrossNodes, Link scaleOut, int domainCards, long hopLatencyNanos) {
    public Network {
        if (domainCards < 1) {
            throw new IllegalArgumentException("must be >= 1: domainCards=" + domainCards);
        }
    }

    public Network withDomain(int cards) {
        return new Network(sameNode, acrossNodes, scaleOut, cards, hopLatencyNanos);
    }
}
