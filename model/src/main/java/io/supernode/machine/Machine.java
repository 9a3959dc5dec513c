package io.supernode.machine;

/**
 * Cards in nodes, joined by networks. Cards are numbered from 0, node by node.
 *
 * @param name as scenarios write it
 * @param cards all cards, a multiple of {@code cardsPerNode}
 * @param cardsPerNode cards that share a node
 * @param mostCards cards that its networks can join as described
 * @param card the card
 * @param sameNode between two cards of a node
 * @param acrossNodes between two cards of different nodes, the way tensor and pipeline traffic goes
 * @param scaleOut over the cards' network interfaces (RoCE), the way traffic between instances goes
 * @param hopLatencyNanos one switch of {@code acrossNodes}
 * @param nodeWatts power of a node beside its cards
 * @param fabricWatts power of switches outside of nodes
 * @param collective what collectives use unless told otherwise
 */
public record Machine(
        String name,
        int cards,
        int cardsPerNode,
        int mostCards,
        Card card,
        Link sameNode,
        Link acrossNodes,
        Link scaleOut,
        long hopLatencyNanos,
        double nodeWatts,
        double fabricWatts,
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
    }

    public int nodes() {
        return cards / cardsPerNode;
    }

    public int node(int card) {
        return card / cardsPerNode;
    }

    /** The link that a transfer between two cards takes. */
    public Link link(int fromCard, int toCard) {
        return node(fromCard) == node(toCard) ? sameNode : acrossNodes;
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
        return cards * cardWatts + nodes() * nodeWatts + fabricWatts;
    }

    /** The same machine with another number of cards; fixed power shrinks and grows with it. */
    public Machine withCards(int count) {
        return new Machine(
                name,
                count,
                cardsPerNode,
                mostCards,
                card,
                sameNode,
                acrossNodes,
                scaleOut,
                hopLatencyNanos,
                nodeWatts,
                fabricWatts * count / cards,
                collective);
    }

    public Machine withCollective(Collective other) {
        return new Machine(
                name,
                cards,
                cardsPerNode,
                mostCards,
                card,
                sameNode,
                acrossNodes,
                scaleOut,
                hopLatencyNanos,
                nodeWatts,
                fabricWatts,
                other);
    }
}
