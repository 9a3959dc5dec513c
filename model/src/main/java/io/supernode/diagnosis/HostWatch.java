package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import io.supernode.window.WindowPlan;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Which cards the others of their groups wait for, and which of them are late although they computed no longer and nothing
 * they work on came late: their hosts are, or, by seconds, they were away. Not thread-safe.
 */
final class HostWatch {
    private static final double DEVIATIONS = 6;
    /** A second of which less than this is lost says nothing of the host. */
    private static final double LATE_NANOS = 20e6;

    /** No host is late for so long: the card was away. Told when it is back, where no samples have told it before. */
    private static final double AWAY_NANOS = 5e9;

    private static final int CALM_HOST = 12;

    private final Episodes episodes;
    private final Groups groups;
    private final Sample sample = new Sample();

    HostWatch(Episodes episodes, Groups groups) {
        this.episodes = episodes;
        this.groups = groups;
    }

    /** Which cards the others wait for; after it is known who computed how long. */
    void compare(CardTracks cards) {
        for (GroupTrack group : groups.touched()) {
            if (group.hasPeers() && isWaitedFor(group.op()) && group.isEven(sample)) {
                lateness(group, cards);
            }
        }
    }

    /** Operations that none ends before all have begun. */
    private static boolean isWaitedFor(BusOp op) {
        return switch (op) {
            case ALL_REDUCE, ALL_TO_ALL, DISPATCH, COMBINE -> true;
            case OTHER, ALL_GATHER, REDUCE_SCATTER, SEND, RECEIVE, BROADCAST, BARRIER, CACHE_TRANSFER -> false;
        };
    }

    /** A card is late by what the others wait longer than it does. Only in groups of one stage: stages end apart. */
    private void lateness(GroupTrack group, CardTracks cards) {
        int stage = cards.of(group.members[0]).stage;
        sample.clear();
        for (int m = 0; m < group.members.length; m++) {
            if (cards.of(group.members[m]).stage != stage) {
                return;
            }
            if (group.count(m) > 0) {
                sample.add(group.waitNanos(m));
            }
        }
        double usual = sample.lowerMedian();
        double usualPair = memberMedian(group, cards, card -> card.pairNanos);
        double ratio = memberMedian(group, cards, card -> card.count > 0 ? card.ratio() : Double.NaN);
        for (int m = 0; m < group.members.length; m++) {
            if (group.count(m) > 0) {
                CardTrack card = cards.of(group.members[m]);
                card.pairExcess = Math.max(card.pairExcess, card.pairNanos - usualPair);
                if (group.op() == BusOp.ALL_REDUCE) {
                    card.mates(group.members.length, ratio);
                }
                if (card.unevenness > GroupTrack.UNEVEN) {
                    continue; // it has more or less to do than the others
                }
                card.lateNanos += (usual - group.waitNanos(m)) * group.count(m);
                card.lateCount += group.count(m);
            }
        }
    }

    /** Of the members that say something in the slice; NaN where none does. */
    private double memberMedian(GroupTrack group, CardTracks cards, ToDoubleFunction<CardTrack> figure) {
        sample.clear();
        for (int m = 0; m < group.members.length; m++) {
            double value = group.count(m) > 0 ? figure.applyAsDouble(cards.of(group.members[m])) : Double.NaN;
            if (!Double.isNaN(value)) {
                sample.add(value);
            }
        }
        return sample.lowerMedian();
    }

    /** Cards that come late without having computed longer; after cards and links have been judged. */
    void judge(CardTrack[] tracks) {
        sample.clear();
        for (CardTrack track : tracks) {
            if (track.lateCount > 0) {
                sample.add(late(track));
            }
        }
        double least = Math.max(LATE_NANOS, DEVIATIONS * sample.deviation());
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
                    || track.lostSlice >= groups.slice() - CALM_HOST
                    || behindSlowCard
                    || 8 * lateCards > sample.size(); // not the host of one card
            if (late(track) < least || explained) {
                episodes.calm(AnomalyKind.HOST_JITTER, track.card, -1, CALM_HOST);
                continue;
            }
            Finding f = new Finding();
            f.cause = Cause.HOST;
            f.card = track.card;
            f.cards = 1;
            f.stage = track.stage;
            if (late(track) >= AWAY_NANOS) {
                f.cause = Cause.CARD_STOPPED;
                f.severity = 1;
                f.slices = 1;
                track.lostSlice = groups.slice();
                long slicesAway = Math.round(late(track) / WindowPlan.SLICE_NANOS);
                episodes.suspectSince(groups.slice() - slicesAway, AnomalyKind.LOST_CARD, track.card, f);
                continue;
            }
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
        if (!episodes.isAnyShown(AnomalyKind.SLOW_LINK)) {
            return behind;
        }
        for (GroupTrack pair : groups.all()) {
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
}
