package io.supernode.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which links are slow: those of which the cards tell it themselves, else the one card that slow groups have in common, or
 * the two cards of a slow transfer. Not thread-safe.
 */
final class LinkWatch {
    /** In place of a peer: the anomaly is of a group that begins with the card. */
    static final int GROUP = -2;

    /** So many slices of a slow group are waited for until one of its cards stands out. */
    private static final int PATIENCE = 4;

    private static final int CALM_LINK = 8;

    private final Episodes episodes;
    private final Groups groups;
    private final Transits transits;
    private final LinkGauges gauges;

    LinkWatch(Episodes episodes, Groups groups) {
        this.episodes = episodes;
        this.groups = groups;
        this.transits = new Transits(groups);
        this.gauges = new LinkGauges(episodes, groups);
    }

    void judge(CardTrack[] tracks) {
        transits.compare();
        List<GroupTrack> slow = new ArrayList<>();
        List<GroupTrack> slowPairs = new ArrayList<>();
        for (GroupTrack group : groups.touched()) {
            if (group.isSlow) {
                (group.isPair() ? slowPairs : slow).add(group);
            }
        }
        gauges.judge(tracks);
        for (GroupTrack group : slow) {
            blame(group);
        }
        blamePairs(slowPairs);
        episodes.calmOthers(AnomalyKind.SLOW_LINK, CALM_LINK);
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
            groups.explain(card);
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
        for (GroupTrack pair : groups.all()) {
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
}
