package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The groups of cards that do something together, and what each of them does in the slice in hand: who its members are,
 * what they told of it, and with whom a card does most. Judges nothing. Not thread-safe.
 */
final class Groups {
    private static final long FORGOTTEN_SLICES = 3600;

    private static final Comparator<GroupTrack> ORDER =
            Comparator.<GroupTrack>comparingLong(g -> g.high).thenComparingInt(g -> g.group);

    private record Key(long high, int group) {}

    private final Map<Key, GroupTrack> groups = new HashMap<>();
    /** Those that did something in the slice in hand. */
    private final List<GroupTrack> touched = new ArrayList<>();

    private long slice;

    /**
     * Takes in what the cards say; before anything is judged.
     *
     * @param cards all that have ever said something
     */
    void gather(long slice, CardTrack[] tracks, Collection<CardTrack> cards) {
        this.slice = slice;
        touched.clear();
        for (CardTrack track : tracks) {
            CardEvidence e = track.evidence;
            for (int s = 0; s < e.seriesCount(); s++) {
                long high = e.high(s);
                if (Series.isCompute(high) || Series.groupSize(high) < 2) {
                    continue;
                }
                if (Series.groupSize(high) == 2) {
                    track.pairNanos += e.figure(s, CardEvidence.NANOS) + e.figure(s, CardEvidence.WAIT);
                }
                group(track, s, high & ~(0xFFL << 12), Series.group(e.low(s))).add(track.card, e, s);
            }
        }
        touched.sort(ORDER);
        if (slice % FORGOTTEN_SLICES == 0) {
            groups.values().removeIf(g -> g.lastSlice < slice - FORGOTTEN_SLICES);
            cards.forEach(CardTrack::forgetGroups);
        }
    }

    /** A card's series are mostly those of the slice before, in the same order. */
    private GroupTrack group(CardTrack track, int series, long high, int id) {
        GroupTrack group = track.groupAt(series);
        if (group == null || group.high != high || group.group != id) {
            group = groups.computeIfAbsent(new Key(high, id), k -> new GroupTrack(k.high(), k.group()));
            track.groupAt(series, group);
        }
        if (group.lastSlice != slice) {
            group.lastSlice = slice;
            group.begin();
            touched.add(group);
        }
        return group;
    }

    /**
     * Which cards have more or fewer tokens of their own than most: in a dispatch a card sends its own. Where requests are
     * served as they come, a few may have all of them.
     *
     * @param sample scratch
     */
    void tellUneven(CardTracks cards, Sample sample) {
        for (GroupTrack group : touched) {
            if (group.op() != BusOp.DISPATCH || !group.hasPeers()) {
                continue;
            }
            sample.clear();
            for (int m = 0; m < group.members.length; m++) {
                if (group.count(m) > 0) {
                    sample.add(group.sent(m));
                }
            }
            double most = sample.lowerMedian();
            for (int m = 0; m < group.members.length; m++) {
                double sent = group.count(m) > 0 ? group.sent(m) : most;
                if (Math.abs(sent - most) > GroupTrack.UNEVEN * most) {
                    CardTrack card = cards.of(group.members[m]);
                    card.unevenness =
                            Math.max(card.unevenness, Math.abs(sent / most - 1)); // infinite where most have none
                }
            }
        }
    }

    long slice() {
        return slice;
    }

    /** Those that did something in the slice in hand, in an order of their own. */
    List<GroupTrack> touched() {
        return touched;
    }

    Collection<GroupTrack> all() {
        return groups.values();
    }

    /** What a card has not told of what others of its groups have. */
    void countMissing(CardTracks cards) {
        for (GroupTrack group : touched) {
            if (group.isPair() || group.reported() < 2) {
                continue;
            }
            for (int m = 0; m < group.members.length; m++) {
                cards.of(group.members[m]).missingNow -= group.leftOut(m);
            }
            group.tell();
            for (int m = 0; m < group.members.length; m++) {
                cards.of(group.members[m]).missingNow += group.leftOut(m);
            }
        }
    }

    /**
     * The cards with which a card does most of what it does together: if these go on, so does it. Those of its most
     * frequent collectives; without any, its partners in transfers.
     */
    List<Integer> neighbours(int card) {
        long frequent = 0;
        boolean collective = false;
        for (GroupTrack group : groups.values()) {
            if (group.hasMember(card) && (!group.isPair() || !collective)) {
                if (!group.isPair() && !collective) {
                    collective = true;
                    frequent = 0;
                }
                frequent = Math.max(frequent, group.mostTold());
            }
        }
        List<Integer> neighbours = new ArrayList<>();
        for (GroupTrack group : groups.values()) {
            if (group.isPair() != collective && 2 * group.mostTold() >= frequent && group.hasMember(card)) {
                for (int member : group.members) {
                    neighbours.add(member);
                }
                if (group.isPair()) {
                    neighbours.add(group.peer);
                }
            }
        }
        return neighbours.stream().distinct().filter(c -> c != card).sorted().toList();
    }

    /** What is slow with this card is slow because of it. */
    void explain(int card) {
        for (GroupTrack group : touched) {
            if (group.hasMember(card) || group.isPair() && group.peer == card) {
                group.isSlow = false;
                group.slowSlices = 0;
            }
        }
    }

    void write(DataOutput out) throws IOException {
        List<GroupTrack> all = new ArrayList<>(groups.values());
        all.sort(ORDER);
        out.writeInt(all.size());
        for (GroupTrack group : all) {
            group.write(out);
        }
    }

    void read(DataInput in, int version) throws IOException {
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            GroupTrack group = GroupTrack.read(in, version);
            groups.put(new Key(group.high, group.group), group);
        }
    }
}
