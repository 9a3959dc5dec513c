package io.supernode.machine;

/**
 * Cards in nodes, nodes in scale-up domains, joined by networks. Cards are numbered from 0, node by node.
 *
 * @param name as scenarios write it
 * @param cards all cards, a multiple of {@code cardsPerNode}
 * @param cardsPerNode cards that share a node
 * @param mostCards cards that its networks can join as described
 * @param card the card
 * @param network how cards reach each other
 * @param topology racks, switches and what a small message takes
 * @param nodeWatts power of a node beside its cards
 * @param switchRackWatts power of switches outside of nodes
 * @param collective what collectives use unless told otherwise
 */
public record Machine(
        String name,
        int cards,
        int cardsPerNode,
        int mostCards,
        Card card,
        Network network,
        Topology topology,
        double nodeWatts,
        double switchRackWatts,
        Collective collective) {
    public Machine {
        if (cardsPerNode < 1) {
            throw new IllegalArgumentException("must be >= 1: cardsPerNode=" + cardsPerNode);
        }
        if (cards > mostCards) {
            throw new IllegalArgumentException("must be at most " + mostCards + ": cards=" + cards);
        }
        if (cards < 1 || cards % cardsPerNode != 0) {
            throw new IllegalArgumentException(
                    "must be a positive multiple of cardsPerNode=" + cardsPerNode + ": cards=" + cards);
        }
        if (network.domainCards() % cardsPerNode != 0) {
            throw new IllegalArgumentException(
                    "must be a multiple of cardsPerNode=" + cardsPerNode + ": domainCards=" + network.domainCards());
        }
    }

    public int nodes() {
        return cards / cardsPerNode;
    }

    public int node(int card) {
        return card / cardsPerNode;
    }

    /** The scale-up domain of a card: the supernode, or the server. */
    public int domain(int card) {
        return card / network.domainCards();
    }

    /** Scale-up domains, the last one perhaps not full. */
    public int domains() {
        return (cards + network.domainCards() - 1) / network.domainCards();
    }

    public Link sameNode() {
        return network.sameNode();
    }

    /** The link from a node to the next: of the scale-up network where that leaves the node. */
    public Link betweenNodes() {
        return network.domainCards() > cardsPerNode ? network.acrossNodes() : network.scaleOut();
    }

    public Link scaleOut() {
        return network.scaleOut();
    }

    public long hopLatencyNanos() {
        return network.hopLatencyNanos();
    }

    /** The link that a transfer between two cards takes. */
    public Link link(int fromCard, int toCard) {
        if (node(fromCard) == node(toCard)) {
            return network.sameNode();
        }
        return domain(fromCard) == domain(toCard) ? network.acrossNodes() : network.scaleOut();
    }

    /** All cards' peak, operations per second. */
    public double peak(Precision precision) {
        return cards * card.peak(precision);
    }

    /** All cards' high-bandwidth memory. */
    public long memoryBytes() {
        return cards * card.memoryBytes();
    }

    /** Power of the whole machine when every card draws {@code cardWatts}. */
    public double watts(double cardWatts) {
        return cards * cardWatts + nodes() * nodeWatts + switchRackWatts;
    }

    /** The same machine with another number of cards; fixed power shrinks and grows with it. */
    public Machine withCards(int count) {
        return new Machine(
                name,
                count,
                cardsPerNode,
                mostCards,
                card,
                network,
                topology,
                nodeWatts,
                switchRackWatts * count / cards,
                collective);
    }

    public Machine withCard(Card other) {
        return new Machine(
                name, cards, cardsPerNode, mostCards, other, network, topology, nodeWatts, switchRackWatts, collective);
    }

    public Machine withNetwork(Network other) {
        return new Machine(
                name, cards, cardsPerNode, mostCards, card, other, topology, nodeWatts, switchRackWatts, collective);
    }

    public Machine withCollective(Collective other) {
        return new Machine(
                name, cards, cardsPerNode, mostCards, card, network, topology, nodeWatts, switchRackWatts, other);
    }
}
