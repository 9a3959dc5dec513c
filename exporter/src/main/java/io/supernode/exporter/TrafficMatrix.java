package io.supernode.exporter;

import io.supernode.machine.Collective;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Bytes between places, a place being a rack, a node or a card. A transfer names both its ends. What a member of a
 * collective sent went the way of the machine's algorithm: to the next member in the order of cards (ring), to each other
 * one evenly (direct, and every all-to-all), or both, inside the node and to the next node (hierarchical). Where the
 * algorithm or a member is not known, bytes are placed only if all of the group are in one place; the rest is told as
 * unplaced. Not thread-safe.
 */
final class TrafficMatrix {
    /** Some places in a row. */
    record Span(int first, int count) {
        boolean holds(int place) {
            return place >= first && place < first + count;
        }
    }

    private final Span from;
    private final Span to;
    private final IntUnaryOperator placeOfCard;
    private final int cardsPerNode;
    private final Optional<Collective> algorithm;
    private final double[][] bytes;
    private final Map<TrafficRow.Group, Members> groups = new HashMap<>();
    private double placed;
    private double unplaced;

    /** The members of a group, and how many of them are in each place. */
    private record Members(int[] cards, int[] places, int[] counts, boolean whole) {
        boolean inOnePlace() {
            return places.length == 1;
        }
    }

    private TrafficMatrix(
            Span from, Span to, IntUnaryOperator placeOfCard, int cardsPerNode, Optional<Collective> algorithm) {
        this.from = from;
        this.to = to;
        this.placeOfCard = placeOfCard;
        this.cardsPerNode = cardsPerNode;
        this.algorithm = algorithm;
        this.bytes = new double[from.count()][to.count()];
    }

    /** Between all racks. */
    static TrafficMatrix ofRacks(TrafficBook.Sums sums, RunInfo info, int racks) {
        int cardsPerRack = info.cardsPerNode() * info.nodesPerRack();
        Span all = new Span(0, racks);
        return new TrafficMatrix(all, all, card -> card / cardsPerRack, info.cardsPerNode(), info.collective())
                .place(sums);
    }

    /** From the nodes of a rack to those of a rack. */
    static TrafficMatrix ofNodes(TrafficBook.Sums sums, RunInfo info, int fromRack, int toRack) {
        int nodes = info.nodesPerRack();
        return new TrafficMatrix(
                        new Span(fromRack * nodes, nodes),
                        new Span(toRack * nodes, nodes),
                        card -> card / info.cardsPerNode(),
                        info.cardsPerNode(),
                        info.collective())
                .place(sums);
    }

    /** From the cards of a node to those of a node. */
    static TrafficMatrix ofCards(TrafficBook.Sums sums, RunInfo info, int fromNode, int toNode) {
        int cards = info.cardsPerNode();
        return new TrafficMatrix(
                        new Span(fromNode * cards, cards),
                        new Span(toNode * cards, cards),
                        card -> card,
                        cards,
                        info.collective())
                .place(sums);
    }

    Span from() {
        return from;
    }

    Span to() {
        return to;
    }

    /** From a place of {@link #from} to one of {@link #to}, both counted from their first. */
    double bytes(int fromIndex, int toIndex) {
        return bytes[fromIndex][toIndex];
    }

    /** Share of all bytes sent, inside of what is shown and outside, whose way is known; 1 where none were sent. */
    double placedShare() {
        return placed + unplaced == 0 ? 1 : placed / (placed + unplaced);
    }

    private TrafficMatrix place(TrafficBook.Sums sums) {
        unplaced += sums.unplacedBytes();
        sums.members()
                .forEach((group, cards) ->
                        groups.put(group, members(cards, group.size() == 0 || cards.length == group.size())));
        sums.bytes().forEach((row, sent) -> {
            if (row.isTransfer()) {
                add(row.card(), row.peer(), sent);
                placed += sent;
            } else if (collective(row, groups.get(row.group()), sent)) {
                placed += sent;
            } else {
                unplaced += sent;
            }
        });
        return this;
    }

    private Members members(int[] cards, boolean whole) {
        int[] all = Arrays.stream(cards).map(placeOfCard).toArray();
        int[] places = Arrays.stream(all).distinct().toArray();
        int[] counts = new int[places.length];
        for (int i = 0, at = 0; i < all.length; i++) { // cards ascend, and so do their places
            at = all[i] == places[at] ? at : at + 1;
            counts[at]++;
        }
        return new Members(cards, places, counts, whole);
    }

    /** @return whether it is known where the bytes went */
    private boolean collective(TrafficRow row, Members members, double sent) {
        if (members == null || !members.whole() || members.cards().length < 2) {
            return false;
        }
        boolean known =
                switch (row.op()) {
                    case ALL_TO_ALL, DISPATCH, COMBINE -> toEachOther(row.card(), members, sent);
                    case ALL_GATHER, REDUCE_SCATTER -> shared(row.card(), members, sent);
                    case ALL_REDUCE -> reduced(row.card(), members, sent);
                    case OTHER, SEND, RECEIVE, BROADCAST, BARRIER, CACHE_TRANSFER -> false;
                };
        if (!known && members.inOnePlace()) {
            add(row.card(), row.card(), sent);
            return true;
        }
        return known;
    }

    private boolean shared(int card, Members members, double sent) {
        if (algorithm.isEmpty()) {
            return false;
        }
        return switch (algorithm.get()) {
            case DIRECT -> toEachOther(card, members, sent);
            // tree and hierarchical have no form of their own for these: CollectiveCost
            case RING, TREE, HIERARCHICAL -> toNext(card, members.cards(), sent);
        };
    }

    private boolean reduced(int card, Members members, double sent) {
        if (algorithm.isEmpty()) {
            return false;
        }
        return switch (algorithm.get()) {
            case DIRECT -> toEachOther(card, members, sent);
            case RING -> toNext(card, members.cards(), sent);
            case HIERARCHICAL -> insideAndAcross(card, members.cards(), sent);
            case TREE -> false; // who is whose parent is not told
        };
    }

    private boolean toEachOther(int card, Members members, double sent) {
        double each = sent / (members.cards().length - 1);
        int own = placeOfCard.applyAsInt(card);
        for (int i = 0; i < members.places().length; i++) {
            int others = members.counts()[i] - (members.places()[i] == own ? 1 : 0);
            between(own, members.places()[i], others * each);
        }
        return true;
    }

    private boolean toNext(int card, int[] cards, double sent) {
        int at = Arrays.binarySearch(cards, card);
        if (at < 0) {
            return false;
        }
        add(card, cards[(at + 1) % cards.length], sent);
        return true;
    }

    /**
     * Of {@code 2(k-1)/k S} inside the node and {@code 2(m-1)/m S/k} across, with {@code k} members in each of {@code m}
     * nodes: see {@link io.supernode.cost.CollectiveCost#allReduce}.
     */
    private boolean insideAndAcross(int card, int[] cards, double sent) {
        int node = card / cardsPerNode;
        int[] mates = Arrays.stream(cards).filter(c -> c / cardsPerNode == node).toArray();
        int k = mates.length;
        int nodes =
                (int) Arrays.stream(cards).map(c -> c / cardsPerNode).distinct().count();
        if (k * nodes != cards.length) {
            return false;
        }
        double inside = k - 1;
        double across = (nodes - 1.0) / nodes;
        for (int mate : mates) {
            if (mate != card) {
                add(card, mate, sent * inside / (inside + across) / (k - 1));
            }
        }
        if (nodes > 1) {
            int next = (Arrays.binarySearch(cards, card) + k) % cards.length;
            add(card, cards[next], sent * across / (inside + across));
        }
        return true;
    }

    private void add(int fromCard, int toCard, double sent) {
        between(placeOfCard.applyAsInt(fromCard), placeOfCard.applyAsInt(toCard), sent);
    }

    private void between(int fromPlace, int toPlace, double sent) {
        if (from.holds(fromPlace) && to.holds(toPlace)) {
            bytes[fromPlace - from.first()][toPlace - to.first()] += sent;
        }
    }
}
