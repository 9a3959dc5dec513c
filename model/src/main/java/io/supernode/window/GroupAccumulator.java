package io.supernode.window;

import java.util.Arrays;

/**
 * A node with its cards, or a whole supernode without, in one slice or window. What a card has is kept with the card
 * alone; what only the group has (latencies by bus operation and of requests) is kept apart. The group's total is the
 * sum of both, formed when it is given: so an event touches one card, not three entities. Not thread-safe.
 *
 * <p>From outside it is what a window's sums are while they are added to: to be kept, and stored as bytes.
 */
public final class GroupAccumulator {
    /** First number of the stored form; a change of the form takes the next. */
    private static final int VERSION = 1;

    final EntityAccumulator shared = new EntityAccumulator();
    private int cardCount;
    private int[] cardIds = new int[8];
    /** Kept when cleared; the first {@code cardCount} are in use. */
    private EntityAccumulator[] cards = new EntityAccumulator[8];

    private boolean given;

    GroupAccumulator() {}

    /** What {@link #stored()} wrote, with its marks. */
    public static GroupAccumulator of(byte[] stored) {
        PartialReader in = new PartialReader();
        in.open(stored);
        GroupAccumulator group = new GroupAccumulator();
        group.restore(in);
        return group;
    }

    /** The stored form, which begins with its version; equal sums may have come together in another order of cards. */
    public byte[] stored() {
        return toBytes(new PartialWriter());
    }

    /** Adding to one changes nothing of the other. */
    public GroupAccumulator copy() {
        return of(stored());
    }

    /** The card's accumulator, made when the card is new. Linear: a node has 8 or 16 cards. */
    EntityAccumulator card(int card) {
        for (int i = 0; i < cardCount; i++) {
            if (cardIds[i] == card) {
                return cards[i];
            }
        }
        if (cardCount == cardIds.length) {
            cardIds = Arrays.copyOf(cardIds, cardCount * 2);
            cards = Arrays.copyOf(cards, cardCount * 2);
        }
        if (cards[cardCount] == null) {
            cards[cardCount] = new EntityAccumulator();
        }
        cardIds[cardCount] = card;
        return cards[cardCount++];
    }

    void clear() {
        shared.clear();
        for (int i = 0; i < cardCount; i++) {
            cards[i].clear();
        }
        cardCount = 0;
        given = false;
    }

    void addTotalTo(EntityAccumulator total) {
        total.merge(shared);
        for (int i = 0; i < cardCount; i++) {
            total.merge(cards[i]);
        }
    }

    byte[] toBytes(PartialWriter out) {
        out.clear();
        out.write(VERSION);
        out.write(given ? 1 : 0);
        shared.write(out);
        out.write(cardCount);
        for (int i = 0; i < cardCount; i++) {
            out.write(cardIds[i]);
            cards[i].write(out);
        }
        return out.toBytes();
    }

    /** Becomes what {@link #toBytes} wrote, with its marks. */
    void restore(PartialReader in) {
        clear();
        requireVersion(in);
        given = in.read() != 0;
        shared.restore(in);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            card(in.readInt()).restore(in);
        }
    }

    /**
     * Adds what {@link #toBytes} wrote elsewhere.
     *
     * @param cardLatencies false when cards' latencies are wanted in the group's total only
     */
    void mergeFrom(PartialReader in, boolean cardLatencies) {
        requireVersion(in);
        in.read();
        shared.mergeFrom(in, shared, given);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            EntityAccumulator card = card(in.readInt());
            card.mergeFrom(in, cardLatencies ? card : shared, given);
        }
    }

    boolean isGiven() {
        return given;
    }

    /**
     * Gives what has changed: the cards, then the group.
     *
     * @param group names the group's window; those of its cards differ in scope and entity
     * @param total scratch
     */
    void give(WindowKey group, long originEpochNanos, int lowestRevision, EntityAccumulator total, WindowSink out) {
        total.clear();
        addTotalTo(total);
        for (int i = 0; i < cardCount; i++) {
            if (cards[i].isChanged()) {
                WindowKey card = new WindowKey(
                        group.run(),
                        group.supernode(),
                        Scope.CARD,
                        cardIds[i],
                        group.startNanos(),
                        group.lengthNanos());
                cards[i].give(card, originEpochNanos, lowestRevision, out);
            }
        }
        total.followRevision(shared);
        total.give(group, originEpochNanos, lowestRevision, out);
        shared.given(total.nextRevision() - 1);
        given = true;
    }

    private static void requireVersion(PartialReader in) {
        long version = in.read();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version of a stored window: " + version + ", known: " + VERSION);
        }
    }
}
