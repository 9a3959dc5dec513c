package io.supernode.diagnosis;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.window.PartialReader;
import io.supernode.window.PartialWriter;
import java.util.Arrays;
import java.util.Comparator;

/**
 * What the cards of one supernode did in one slice of a second, by card. Parts of it that were gathered apart add up to
 * the whole in any order. After a warm-up an event costs no allocation. Not thread-safe.
 */
public final class SliceEvidence {
    /** First number of the stored form; a change of the form takes the next. */
    private static final int VERSION = 2;
    /** The first version had no bytes sent. */
    private static final int FIGURES_OF_VERSION_1 = 5;

    /** More cards than a supernode can have. */
    private static final int CARDS_MAX = 1 << 20;

    /** Open addressing: by hash of the card, null where free. */
    private CardEvidence[] table = new CardEvidence[64];

    private int size;

    /** Takes in event {@code i} of a node, if it is of a kind that tells something. */
    void add(int node, EventBatch events, int i) {
        int id = events.card(i);
        if (id < 0 || id >= CARDS_MAX || events.kind(i) == EventKind.FAULT) {
            return; // what was injected is not for the detector to know
        }
        CardEvidence card = card(id);
        card.node = node;
        switch (events.kind(i)) {
            case COMPUTE -> {
                card.events++;
                long work = events.megaflops(i);
                int series = card.series(Series.compute(events.computeOp(i), work), Series.stage(events.stage(i)));
                card.add(series, events.durationNanos(i), work, 0, 0);
            }
            case BUS -> {
                card.events++;
                long work = Math.max(0, Math.max(events.sentBytes(i), events.receivedBytes(i)));
                int series = card.series(
                        Series.bus(events.busOp(i), events.fabric(i), events.groupSize(i), work),
                        Series.group(events.group(i), events.peer(i)));
                long wait = events.waitNanos(i);
                card.add(series, events.durationNanos(i) - wait, work, wait, Math.max(0, events.sentBytes(i)));
            }
            case SAMPLE -> card.addSample(events, i);
            case STEP, REQUEST -> card.events++;
            case FAULT -> throw new IllegalStateException("the truth is no evidence");
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    void clear() {
        Arrays.fill(table, null);
        size = 0;
    }

    /** In ascending order of cards, and each one's series in theirs: sums of them come out the same to the last bit. */
    CardEvidence[] cards() {
        CardEvidence[] cards = new CardEvidence[size];
        int n = 0;
        for (CardEvidence card : table) {
            if (card != null) {
                card.sort();
                cards[n++] = card;
            }
        }
        Arrays.sort(cards, Comparator.comparingInt(card -> card.card));
        return cards;
    }

    public byte[] toBytes(PartialWriter out) {
        out.clear();
        out.write(VERSION);
        out.write(size);
        for (CardEvidence card : table) {
            if (card != null) {
                card.write(out);
            }
        }
        return out.toBytes();
    }

    /** Adds what {@link #toBytes} wrote elsewhere. */
    public void mergeFrom(PartialReader in) {
        long version = in.read();
        if (version < 1 || version > VERSION) {
            throw new IllegalStateException(
                    "unknown version of stored evidence: " + version + ", known: 1 to " + VERSION);
        }
        int figures = version == 1 ? FIGURES_OF_VERSION_1 : CardEvidence.FIGURES;
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            card(in.readInt()).mergeFrom(in, figures);
        }
    }

    CardEvidence card(int id) {
        int mask = table.length - 1;
        int at = (id * 0x9E3779B9) >>> 7 & mask;
        while (table[at] != null) {
            if (table[at].card == id) {
                return table[at];
            }
            at = at + 1 & mask;
        }
        if (2 * size >= table.length) {
            grow();
            return card(id);
        }
        size++;
        return table[at] = new CardEvidence(id);
    }

    private void grow() {
        CardEvidence[] old = table;
        table = new CardEvidence[old.length * 2];
        int mask = table.length - 1;
        for (CardEvidence card : old) {
            if (card != null) {
                int at = (card.card * 0x9E3779B9) >>> 7 & mask;
                while (table[at] != null) {
                    at = at + 1 & mask;
                }
                table[at] = card;
            }
        }
    }
}
