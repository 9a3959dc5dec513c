package io.supernode.disturbance;

import io.supernode.event.FaultKind;
import java.math.BigDecimal;

/**
 * One thing that goes wrong, where and from when to when. Times are event time: nanoseconds from the run's start.
 *
 * @param id identifies it in the run, from 0
 * @param card first card concerned
 * @param cards number of cards concerned, consecutive from {@code card}; 0 for the whole supernode
 * @param plane plane of the bus concerned; -1 for all or none
 * @param stage pipeline stage concerned; -1 for none
 * @param fromNanos when it begins
 * @param untilNanos when it has ended; {@link #LASTING} while that is not known
 * @param magnitude how strong, in the terms of its kind ({@link Magnitude})
 */
public record Disturbance(
        long id,
        FaultKind kind,
        int card,
        int cards,
        int plane,
        int stage,
        long fromNanos,
        long untilNanos,
        double magnitude) {
    /** End of a disturbance that lasts. */
    public static final long LASTING = Long.MAX_VALUE;

    public Disturbance {
        if (fromNanos < 0 || untilNanos <= fromNanos) {
            throw new IllegalArgumentException(
                    "must be >= 0 and before its end: fromNanos=" + fromNanos + " with untilNanos=" + untilNanos);
        }
    }

    public boolean concerns(int card) {
        return cards == 0 || card >= this.card && card < this.card + cards;
    }

    /** Whether one of {@code count} cards from {@code firstCard} on is concerned. */
    boolean concernsAny(int firstCard, int count) {
        return cards == 0 || firstCard < card + cards && firstCard + count > card;
    }

    public boolean isActive(long nanos) {
        return fromNanos <= nanos && nanos < untilNanos;
    }

    /** The same, ended. */
    public Disturbance until(long nanos) {
        return new Disturbance(id, kind, card, cards, plane, stage, fromNanos, nanos, magnitude);
    }

    /** As the wire tells it: a factor of 1.5 is 1,500,000, a share of 1 % is 10,000. */
    public int magnitudePpm() {
        return (int) Math.round(magnitude * 1e6);
    }

    /** As settings write it: {@link DisturbanceRules#parse} reads the same again. */
    public String toLine() {
        return DisturbanceRules.name(kind) + " card=" + card + " cards=" + cards
                + (plane < 0 ? "" : " plane=" + plane)
                + (stage < 0 ? "" : " stage=" + stage)
                + " from=" + seconds(fromNanos)
                + (untilNanos == LASTING ? "" : " until=" + seconds(untilNanos))
                + (Magnitude.of(kind).isChosen() ? " magnitude=" + DisturbanceRules.plain(magnitude) : "");
    }

    /** What it is and where, for people: {@code slow card 17}. */
    public String place() {
        String words = DisturbanceRules.name(kind).replace('_', ' ');
        if (stage >= 0) {
            return words + ", stage " + stage;
        }
        if (cards == 0) {
            return words;
        }
        String place = cards == 1 ? "card " + card : "cards " + card + " to " + (card + cards - 1);
        return (words.endsWith(" card") && cards == 1 ? words + " " + card : words + ", " + place)
                + (plane < 0 ? "" : ", plane " + plane);
    }

    private static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString() + "s";
    }
}
