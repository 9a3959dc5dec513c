package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeMap;

/** All cards that have ever said something. Not thread-safe. */
final class CardTracks {
    /** Cards of which the tracks are found without a search: more than a supernode has today. */
    private static final int NEAR = 1024;

    private final TreeMap<Integer, CardTrack> cards = new TreeMap<>();
    private final CardTrack[] near = new CardTrack[NEAR];

    /** Null for a card that has never said anything. */
    CardTrack of(int card) {
        return card >= 0 && card < NEAR ? near[card] : cards.get(card);
    }

    private CardTrack add(CardTrack track) {
        cards.put(track.card, track);
        if (track.card >= 0 && track.card < NEAR) {
            near[track.card] = track;
        }
        return track;
    }

    /** In ascending order. */
    Collection<CardTrack> all() {
        return cards.values();
    }

    /** The tracks of the cards that say something in a slice, in ascending order, ready to be added to. */
    CardTrack[] begin(long slice, CardEvidence[] evidence) {
        for (CardTrack track : cards.values()) {
            track.begin(null);
        }
        CardTrack[] tracks = new CardTrack[evidence.length];
        for (int i = 0; i < evidence.length; i++) {
            CardEvidence e = evidence[i];
            CardTrack known = of(e.card);
            CardTrack track = known == null ? add(new CardTrack(e.card)) : known;
            track.evidence = e;
            track.node = e.node;
            track.eventSlice = e.events > 0 ? slice : track.eventSlice;
            if (e.samples > 0) {
                track.sampleSlice = slice;
                track.clockMegahertz = (int) (e.clockMegahertz / e.samples);
                track.temperatureMillicelsius = (int) (e.temperatureMillicelsius / e.samples);
            }
            tracks[i] = track;
        }
        return tracks;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(cards.size());
        for (CardTrack card : cards.values()) {
            card.write(out);
        }
    }

    void read(DataInput in) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            add(CardTrack.read(in));
        }
    }
}
