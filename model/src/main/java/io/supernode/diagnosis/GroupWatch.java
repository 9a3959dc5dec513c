package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import io.supernode.event.Fabric;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What groups of cards do together: how long their transfers take against those of like groups and against before, which
 * card they wait for, whose experts get more than the others', and what a card did not tell of what its group did. Not
 * thread-safe.
 */
final class GroupWatch {
    private static final double TRANSIT_EXCESS = 0.12;
    /** A transit of more times what is expected counts as so many. */
    private static final double OUTLIER = 3;

    private static final double CONGESTION_EXCESS = 0.10;
    private static final double ROUTED_EXCESS = 0.10;
    /** Exchanges, of late, before which it is not known how much they vary. */
    private static final double ROUTED_LEAST = 8;

    private static final double DEVIATIONS = 6;
    /** A second of which less than this is lost says nothing of the host. */
    private static final double LATE_NANOS = 20e6;
    /** Groups of one class below which there are no peers to compare with. */
    private static final int PEERS_LEAST = 3;

    private static final int LEARNED = 5;
    private static final double USUAL_KEPT = 0.9;
    /** So many slices of a slow group are waited for until one of its cards stands out. */
    private static final int PATIENCE = 4;

    private static final int CALM_LINK = 8;
    private static final int CALM_NETWORK = 4;
    private static final int CALM_EXPERTS = 4;
    private static final int CALM_HOST = 12;
    private static final long FORGOTTEN_SLICES = 3600;
    private static final int GROUP = -2;
    private static final Fabric[] FABRICS = Fabric.values();

    private final Episodes episodes;
    private final Map<Key, GroupTrack> groups = new HashMap<>();
    private final Network[] networks = new Network[FABRICS.length];

    // of the slice in hand
    private final List<GroupTrack> touched = new ArrayList<>();
    private long slice;
    private double[] scratch = new double[64];

    private record Key(long high, int group) {}

    private static final Comparator<GroupTrack> ORDER =
            Comparator.<GroupTrack>comparingLong(g -> g.high).thenComparingInt(g -> g.group);

    /** Transit of one network now over what was usual, its median over groups. */
    private static final class Network {
        final Fading now = new Fading();
        double deviation;
    }

    GroupWatch(Episodes episodes) {
        this.episodes = episodes;
        for (int i = 0; i < networks.length; i++) {
            networks[i] = new Network();
        }
    }

    /** Takes in what the cards say; before anything is judged. */
    void gather(long slice, CardTrack[] tracks) {
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
                GroupTrack group = group(high & ~(0xFFL << 12), Series.group(e.low(s)));
                group.add(track.card, e, s);
            }
        }
        touched.sort(ORDER);
        if (slice % FORGOTTEN_SLICES == 0) {
            groups.values().removeIf(g -> g.lastSlice < slice - FORGOTTEN_SLICES);
        }
    }

    private GroupTrack group(long high, int id) {
        GroupTrack group = groups.computeIfAbsent(new Key(high, id), k -> new GroupTrack(k.high(), k.group()));
        if (group.lastSlice != slice) {
            group.lastSlice = slice;
            group.begin();
            touched.add(group);
        }
        return group;
    }

    /** Which cards the others wait for, and whose experts get more. */
    void compareMembers(CardTracks cards) {
        for (GroupTrack group : touched) {
            if (group.isPair() || group.reported() < PEERS_LEAST) {
                continue;
            }
            switch (group.op()) {
                case ALL_REDUCE, ALL_TO_ALL -> lateness(group, cards);
                case DISPATCH, COMBINE -> {
                    lateness(group, cards);
                    routed(group, cards);
                }
                case OTHER, ALL_GATHER, REDUCE_SCATTER, SEND, RECEIVE, BROADCAST, BARRIER, CACHE_TRANSFER -> {}
            }
        }
    }

    /** A card is late by what the others wait longer than it does. Only in groups of one stage: stages end apart. */
    private void lateness(GroupTrack group, CardTracks cards) {
        int stage = cards.of(group.members[0]).stage;
        int n = 0;
        for (int m = 0; m < group.members.length; m++) {
            if (cards.of(group.members[m]).stage != stage) {
                return;
            }
            if (group.count(m) > 0) {
                scratch = room(scratch, n + 1);
                scratch[n++] = group.waitNanos(m);
            }
        }
        double usual = Robust.lowerMedian(scratch, n);
        double usualPair = memberMedian(group, cards, card -> card.pairNanos);
        double ratio = memberMedian(group, cards, card -> card.count > 0 ? card.ratio() : Double.NaN);
        for (int m = 0; m < group.members.length; m++) {
            if (group.count(m) > 0) {
                CardTrack card = cards.of(group.members[m]);
                card.pairExcess = Math.max(card.pairExcess, card.pairNanos - usualPair);
                if (group.op() == BusOp.ALL_REDUCE) {
                    card.mates(group.members.length, ratio);
                }
                card.lateNanos += (usual - group.waitNanos(m)) * group.count(m);
                card.lateCount += group.count(m);
            }
        }
    }

    /** Of the members that say something in the slice; NaN where none does. */
    private double memberMedian(GroupTrack group, CardTracks cards, ToDoubleFunction<CardTrack> figure) {
        int n = 0;
        for (int m = 0; m < group.members.length; m++) {
            double value = group.count(m) > 0 ? figure.applyAsDouble(cards.of(group.members[m])) : Double.NaN;
            if (!Double.isNaN(value)) {
                scratch = room(scratch, n + 1);
                scratch[n++] = value;
            }
        }
        return Robust.lowerMedian(scratch, n);
    }

    private void routed(GroupTrack group, CardTracks cards) {
        int n = 0;
        for (int m = 0; m < group.members.length; m++) {
            if (group.count(m) > 0) {
                scratch = room(scratch, n + 1);
                scratch[n++] = group.work(m);
            }
        }
        double usual = Robust.lowerMedian(scratch, n);
        for (int m = 0; m < group.members.length && usual > 0; m++) {
            if (group.count(m) > 0) {
                CardTrack card = cards.of(group.members[m]);
                card.routedBytes += group.work(m) * group.count(m);
                card.routedExpected += usual * group.count(m);
            }
        }
    }

    void judgeExperts(CardTrack[] tracks) {
        int n = 0;
        for (CardTrack track : tracks) {
            if (track.routedExpected > 0) {
                track.routed.add(track.routedBytes, track.routedExpected, track.lateCount);
                scratch = room(scratch, n + 1);
                scratch[n++] = track.routed.deviation();
            }
        }
        double deviation = Robust.deviation(scratch, n);
        for (CardTrack track : tracks) {
            if (!(track.routedExpected > 0)) {
                continue;
            }
            double excess = track.routed.excess(ROUTED_EXCESS, deviation);
            double now = track.routedBytes / track.routedExpected - 1;
            if (now < excess / 2 || track.routed.count < ROUTED_LEAST) {
                episodes.calm(AnomalyKind.EXPERT_HOT_SPOT, track.card, -1, CALM_EXPERTS);
                continue;
            }
            Finding f = new Finding();
            f.cause = Cause.EXPERT_LOAD;
            f.card = track.card;
            f.cards = 1;
            f.stage = track.stage;
            f.severity = 1 + now;
            f.slices = 1;
            f.observedNanos = track.observedNanos;
            f.expectedNanos = track.expectedNanos;
            f.events = track.count;
            f.peersWaitNanos = Math.max(0, track.lateNanos);
            f.peersWaits = track.lateCount;
            if (track.routed.ratio() - 1 >= excess) {
                episodes.suspect(AnomalyKind.EXPERT_HOT_SPOT, track.card, -1, now >= 3 * excess, f);
            } else {
                episodes.rising(AnomalyKind.EXPERT_HOT_SPOT, track.card, -1, f);
            }
        }
    }

    /** Cards that come late without having computed longer; after cards and links have been judged. */
    void judgeHosts(CardTrack[] tracks) {
        int n = 0;
        for (CardTrack track : tracks) {
            if (track.lateCount > 0) {
                scratch = room(scratch, n + 1);
                scratch[n++] = late(track);
            }
        }
        double least = Math.max(LATE_NANOS, DEVIATIONS * Robust.deviation(scratch, n));
        Set<Integer> behindSlowLinks = behindSlowLinks();
        // all wait for a slow card, some longer than others
        boolean behindSlowCard = episodes.isAnyOpen(AnomalyKind.SLOW_CARD);
        int lateCards = 0;
        for (CardTrack track : tracks) {
            lateCards += track.lateCount > 0 && late(track) >= least ? 1 : 0;
        }
        for (CardTrack track : tracks) {
            if (track.lateCount == 0) {
                continue;
            }
            boolean explained = behindSlowLinks.contains(track.card)
                    || episodes.isShown(AnomalyKind.SLOW_LINK, track.card, -1)
                    || episodes.isShown(AnomalyKind.SLOW_CARD, track.card, -1)
                    || episodes.isShown(AnomalyKind.EXPERT_HOT_SPOT, track.card, -1)
                    || track.lostSlice >= slice - CALM_HOST
                    || behindSlowCard
                    || 8 * lateCards > n; // not the host of one card
            if (late(track) < least || explained) {
                episodes.calm(AnomalyKind.HOST_JITTER, track.card, -1, CALM_HOST);
                continue;
            }
            Finding f = new Finding();
            f.cause = Cause.HOST;
            f.card = track.card;
            f.cards = 1;
            f.stage = track.stage;
            f.severity = 1 + late(track) / 1e9;
            f.slices = 1;
            f.observedNanos = late(track);
            f.events = 1;
            f.peersWaitNanos = track.lateNanos;
            f.peersWaits = track.lateCount;
            episodes.suspect(AnomalyKind.HOST_JITTER, track.card, -1, late(track) >= 2.5 * least, f);
        }
    }

    /** Cards at either end of a transfer over a slow link: they are late because what they work on is. */
    private Set<Integer> behindSlowLinks() {
        Set<Integer> behind = new HashSet<>();
        for (GroupTrack pair : groups.values()) {
            if (pair.isPair() && pair.members.length > 0) {
                int from = pair.members[0];
                int to = pair.peer;
                if (episodes.isShown(AnomalyKind.SLOW_LINK, from, -1)
                        || episodes.isShown(AnomalyKind.SLOW_LINK, to, -1)
                        || episodes.isShown(AnomalyKind.SLOW_LINK, from, to)) {
                    behind.add(from);
                    behind.add(to);
                }
            }
        }
        return behind;
    }

    private static double late(CardTrack track) {
        return track.lateNanos
                - Math.max(0, track.observedNanos - track.expectedNanos)
                - track.excessBefore
                - track.pairExcess
                - track.pairExcessBefore;
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

    // ---- links

    void judgeLinks(CardTracks cards, CardTrack[] tracks) {
        compareTransit();
        List<GroupTrack> slow = new ArrayList<>();
        List<GroupTrack> slowPairs = new ArrayList<>();
        for (GroupTrack group : touched) {
            if (group.isSlow) {
                (group.isPair() ? slowPairs : slow).add(group);
            }
        }
        gauges(cards, tracks);
        for (GroupTrack group : slow) {
            blame(group);
        }
        blamePairs(slowPairs);
        episodes.calmOthers(AnomalyKind.SLOW_LINK, CALM_LINK);
        judgeNetworks();
    }

    /** Class by class: transit for a byte against the median of the other groups; where no bytes are told, against before. */
    private void compareTransit() {
        TreeMap<Long, List<GroupTrack>> classes = new TreeMap<>();
        for (GroupTrack group : touched) {
            group.isSlow = false;
            group.expectedNow = 0;
            if (group.op() == BusOp.RECEIVE) {
                continue; // its transit is what is left of the sender's
            }
            long order = Long.SIZE - Long.numberOfLeadingZeros((long) group.work());
            classes.computeIfAbsent(group.high | order << 12, k -> new ArrayList<>())
                    .add(group);
        }
        for (List<GroupTrack> like : classes.values()) {
            if (like.size() >= PEERS_LEAST) {
                compareTransit(like);
            }
        }
    }

    private void compareTransit(List<GroupTrack> like) {
        double[] sorted = like.stream().mapToDouble(GroupTrack::rate).sorted().toArray();
        scratch = room(scratch, like.size());
        int n = 0;
        for (GroupTrack group : like) {
            double expected;
            if (group.tellsBytes()) {
                expected = Robust.lowerMedianWithout(sorted, sorted.length, Arrays.binarySearch(sorted, group.rate()));
            } else if (group.learned >= LEARNED) {
                expected = group.usual; // how much the others move is not known: only with itself
            } else {
                continue;
            }
            group.observedNow = group.meanNanos() * group.count();
            group.expectedNow = expected * group.work() * group.count();
            // a link that was down for a moment is not slow for long after
            group.transit.add(
                    Math.min(group.observedNow, OUTLIER * group.expectedNow), group.expectedNow, group.count());
            scratch[n++] = group.transit.deviation();
        }
        double deviation = Robust.deviation(scratch, n);
        for (GroupTrack group : like) {
            if (group.expectedNow > 0) {
                double excess = group.transit.excess(TRANSIT_EXCESS, deviation);
                group.isSlow =
                        group.transit.ratio() - 1 >= excess && group.observedNow / group.expectedNow - 1 >= excess;
            }
        }
    }

    /** Planes that are down and errors are told by the cards themselves. */
    private void gauges(CardTracks cards, CardTrack[] tracks) {
        int[] downByPlane = new int[Integer.SIZE];
        int n = 0;
        for (CardTrack track : tracks) {
            if (track.evidence.samples > 0) {
                scratch = room(scratch, n + 1);
                scratch[n++] = (double) track.evidence.linkErrors / track.evidence.samples;
                for (int plane = 0; plane < Integer.SIZE; plane++) {
                    downByPlane[plane] += track.evidence.planesDown >>> plane & 1;
                }
            }
        }
        double usualErrors = n == 0 ? 0 : Robust.lowerMedian(scratch, n);
        int wide = Math.max(8, n / 8);
        for (int plane = 0; plane < Integer.SIZE; plane++) {
            if (downByPlane[plane] > wide) {
                planeDown(tracks, plane, downByPlane[plane]);
            }
        }
        int runStart = -1;
        for (int i = 0; i < tracks.length; i++) {
            CardEvidence e = tracks[i].evidence;
            int own = e.planesDown;
            for (int plane = 0; plane < Integer.SIZE; plane++) {
                own &= downByPlane[plane] > wide ? ~(1 << plane) : -1;
            }
            boolean errors = e.linkErrors >= 8 * e.samples && e.linkErrors > 6 * (usualErrors + 1) * e.samples;
            boolean run = errors && e.samples > 0;
            if (run && runStart >= 0 && tracks[i].card == tracks[i - 1].card + 1) {
                // one storm on neighbouring cards is one thing
                Finding f = linkFinding(tracks[i], Cause.LINK_ERRORS, own);
                f.card = tracks[runStart].card;
                f.cards = i - runStart + 1;
                episodes.suspect(AnomalyKind.SLOW_LINK, f.card, -1, true, f);
                explain(tracks[i].card);
                continue;
            }
            runStart = run ? i : -1;
            if (own != 0 || run) {
                Finding f = linkFinding(tracks[i], own != 0 ? Cause.LINK_DOWN : Cause.LINK_ERRORS, own);
                episodes.suspect(AnomalyKind.SLOW_LINK, tracks[i].card, -1, true, f);
                explain(tracks[i].card);
            }
        }
    }

    private void planeDown(CardTrack[] tracks, int plane, int count) {
        Finding f = new Finding();
        f.cause = Cause.LINK_DOWN;
        f.plane = plane;
        f.cards = count == tracks.length ? 0 : count;
        for (CardTrack track : tracks) {
            if ((track.evidence.planesDown >>> plane & 1) != 0) {
                f.card = f.card < 0 ? track.card : f.card;
                f.add(linkSums(track));
            }
        }
        episodes.suspect(AnomalyKind.SLOW_LINK, -1 - plane, GROUP, true, f);
    }

    private Finding linkFinding(CardTrack track, Cause cause, int planesDown) {
        Finding f = linkSums(track);
        f.cause = cause;
        f.plane = Integer.bitCount(planesDown) == 1 ? Integer.numberOfTrailingZeros(planesDown) : -1;
        return f;
    }

    private Finding linkSums(CardTrack track) {
        Finding f = new Finding();
        f.card = track.card;
        f.cards = 1;
        f.stage = track.stage;
        f.linkErrors = track.evidence == null ? 0 : track.evidence.linkErrors;
        for (GroupTrack group : touched) {
            if (group.expectedNow > 0 && group.hasMember(track.card)) {
                f.observedNanos += group.observedNow;
                f.expectedNanos += group.expectedNow;
                f.events += group.count();
            }
        }
        return f;
    }

    /** What is slow with this card is slow because of it. */
    private void explain(int card) {
        for (GroupTrack group : touched) {
            if (group.hasMember(card) || group.isPair() && group.peer == card) {
                group.isSlow = false;
                group.slowSlices = 0;
            }
        }
    }

    /** Looks for the one card of a slow group whose other transfers are slow too. */
    private void blame(GroupTrack group) {
        if (!group.isSlow) {
            return; // explained meanwhile
        }
        group.slowSlices++;
        double excess = group.transit.ratio() - 1;
        double best = 0;
        double second = 0;
        int card = -1;
        for (int member : group.members) {
            if (episodes.isOpen(AnomalyKind.SLOW_LINK, member, -1)) {
                card = member;
                best = excess;
                second = 0;
                break;
            }
            double own = pairExcess(member);
            if (own > best) {
                second = best;
                best = own;
                card = member;
            } else {
                second = Math.max(second, own);
            }
        }
        Finding f = new Finding();
        f.cause = Cause.LINK;
        f.observedNanos = group.observedNow;
        f.expectedNanos = group.expectedNow;
        f.events = group.count();
        if (best >= excess / 2 && best - second >= 0.3 * excess) {
            f.card = card;
            f.cards = 1;
            episodes.suspect(AnomalyKind.SLOW_LINK, card, -1, false, f);
            explain(card);
        } else if (group.slowSlices >= PATIENCE) {
            f.card = group.members[0];
            f.cards = group.members.length;
            episodes.suspect(AnomalyKind.SLOW_LINK, group.members[0], GROUP, false, f);
        }
    }

    /** How much longer a card's transfers to and from single others take; 0 without any. */
    private double pairExcess(int card) {
        double observed = 0;
        double expected = 0;
        for (GroupTrack pair : groups.values()) {
            if (pair.isPair() && pair.transit.expected > 0 && (pair.hasMember(card) || pair.peer == card)) {
                observed += pair.transit.observed;
                expected += pair.transit.expected;
            }
        }
        return expected > 0 ? observed / expected - 1 : 0;
    }

    private void blamePairs(List<GroupTrack> slow) {
        Map<Integer, Integer> partners = new TreeMap<>();
        for (GroupTrack pair : slow) {
            if (pair.isSlow) {
                partners.merge(pair.members[0], 1, Integer::sum);
                partners.merge(pair.peer, 1, Integer::sum);
            }
        }
        for (GroupTrack pair : slow) {
            if (!pair.isSlow) {
                continue;
            }
            int from = pair.members[0];
            int to = pair.peer;
            int shared = partners.get(from) >= partners.get(to) ? from : to;
            boolean card = partners.get(shared) > 1;
            Finding f = new Finding();
            f.cause = Cause.LINK;
            f.card = card ? shared : from;
            f.cards = 1;
            f.peer = card ? -1 : to;
            f.observedNanos = pair.observedNow;
            f.expectedNanos = pair.expectedNow;
            f.events = pair.count();
            episodes.suspect(AnomalyKind.SLOW_LINK, f.card, f.peer, false, f);
        }
    }

    /** Network by network: transit for a byte against before. */
    private void judgeNetworks() {
        for (Fabric fabric : FABRICS) {
            int n = 0;
            double observed = 0;
            double expected = 0;
            double events = 0;
            for (GroupTrack group : touched) {
                if (group.fabric() == fabric && group.learned >= LEARNED && group.op() != BusOp.RECEIVE) {
                    scratch = room(scratch, n + 1);
                    scratch[n++] = group.rate() / group.usual;
                    observed += group.meanNanos() * group.count();
                    expected += group.usual * group.work() * group.count();
                    events += group.count();
                }
            }
            Network network = networks[fabric.ordinal()];
            boolean more = false;
            if (n > 0) {
                double now = Robust.lowerMedian(scratch, n);
                network.now.add(now, 1, n);
                double excess = Math.max(CONGESTION_EXCESS, DEVIATIONS * network.deviation);
                more = Math.max(now, network.now.ratio()) - 1 >= excess / 2;
                boolean other = episodes.isAnyOpen(AnomalyKind.SLOW_LINK);
                if (now - 1 < excess / 2 || other) {
                    episodes.calm(AnomalyKind.CONGESTION, fabric.ordinal(), -1, CALM_NETWORK);
                } else {
                    Finding f = new Finding();
                    f.cause = Cause.NETWORK;
                    f.observedNanos = observed;
                    f.expectedNanos = expected;
                    f.events = events;
                    if (network.now.ratio() - 1 >= excess) {
                        episodes.suspect(AnomalyKind.CONGESTION, fabric.ordinal(), -1, false, f);
                    } else {
                        episodes.rising(AnomalyKind.CONGESTION, fabric.ordinal(), -1, f);
                    }
                }
                if (!more) {
                    network.deviation = USUAL_KEPT * network.deviation + (1 - USUAL_KEPT) * Math.abs(now - 1);
                }
            }
            for (GroupTrack group : touched) {
                if (group.fabric() == fabric && !more && !group.isSlow) {
                    group.learn(LEARNED, USUAL_KEPT);
                }
            }
        }
    }

    private static double[] room(double[] values, int n) {
        return n <= values.length ? values : Arrays.copyOf(values, 2 * n);
    }

    void write(DataOutput out) throws IOException {
        for (Network network : networks) {
            network.now.write(out);
            out.writeDouble(network.deviation);
        }
        List<GroupTrack> all = new ArrayList<>(groups.values());
        all.sort(ORDER);
        out.writeInt(all.size());
        for (GroupTrack group : all) {
            group.write(out);
        }
    }

    void read(DataInput in) throws IOException {
        for (Network network : networks) {
            network.now.read(in);
            network.deviation = in.readDouble();
        }
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            GroupTrack group = GroupTrack.read(in);
            groups.put(new Key(group.high, group.group), group);
        }
    }
}
