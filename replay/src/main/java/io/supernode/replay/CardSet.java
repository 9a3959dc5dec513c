package io.supernode.replay;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which cards take part in a replay. Immutable. */
public final class CardSet {
    /** Every card there is. */
    public static final CardSet ALL = new CardSet(null);

    /** Highest card index that can be named; far above any machine, low enough to bound memory. */
    private static final int HIGHEST = 999_999;

    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private final BitSet cards;

    private CardSet(BitSet cards) {
        this.cards = cards;
    }

    /**
     * @param text card indices and ranges, both ends included: {@code 0-15,32}; or {@code all}
     * @throws IllegalArgumentException for anything else
     */
    public static CardSet parse(String text) {
        if (text.strip().equalsIgnoreCase("all")) {
            return ALL;
        }
        BitSet cards = new BitSet();
        for (String part : text.split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw unreadable(part, text);
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            if (last < first) {
                throw unreadable(part, text);
            }
            cards.set(first, last + 1);
        }
        return new CardSet(cards);
    }

    /** The cards of these nodes. */
    public CardSet ofNodes(int cardsPerNode) {
        if (cardsPerNode < 1) {
            throw new IllegalArgumentException("must be >= 1: cardsPerNode=" + cardsPerNode);
        }
        if (cards == null) {
            return ALL;
        }
        BitSet of = new BitSet();
        cards.stream().forEach(node -> of.set(node * cardsPerNode, (node + 1) * cardsPerNode));
        return new CardSet(of);
    }

    public boolean isAll() {
        return cards == null;
    }

    public boolean contains(int card) {
        return cards == null || (card >= 0 && cards.get(card));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CardSet set && (cards == null ? set.cards == null : cards.equals(set.cards));
    }

    @Override
    public int hashCode() {
        return cards == null ? 0 : cards.hashCode();
    }

    @Override
    public String toString() {
        return cards == null ? "all" : cards.toString();
    }

    private static IllegalArgumentException unreadable(String part, String text) {
        return new IllegalArgumentException("must be card indices 0 to " + HIGHEST
                + " and ascending ranges such as 0-15,32, or all: '" + part + "' in cards=" + text);
    }
}
