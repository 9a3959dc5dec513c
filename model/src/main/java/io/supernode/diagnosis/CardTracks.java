package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeMap;

/** All cards that have ever said something. Not thread-safe. */
final class CardTracks {
    private final TreeMap<Integer, CardTrack> cards = new TreeMap<>();

    /** A card that has said something. */
    CardTrack of(int card) {
        return cards.get(card);
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
            CardTrack track = cards.computeIfAbsent(e.card, CardTrack::new);
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
            CardTrack card = CardTrack.read(in);
            cards.put(card.card, card);
        }
    }
}
