package io.supernode.diagnosis;

import io.supernode.event.BusOp;

/** Whose experts get more tokens than the others' of their group. Not thread-safe. */
final class ExpertWatch {
    private static final double ROUTED_EXCESS = 0.10;
    /** Exchanges, of late, before which it is not known how much they vary. */
    private static final double ROUTED_LEAST = 8;

    private static final int CALM_EXPERTS = 4;

    private final Episodes episodes;
    private final Groups groups;
    private final Sample sample = new Sample();

    ExpertWatch(Episodes episodes, Groups groups) {
        this.episodes = episodes;
        this.groups = groups;
    }

    void compare(CardTracks cards) {
        for (GroupTrack group : groups.touched()) {
            boolean routes = group.op() == BusOp.DISPATCH || group.op() == BusOp.COMBINE;
            if (routes && group.hasPeers() && group.isEven(sample)) {
                routed(group, cards);
            }
        }
    }

    private void routed(GroupTrack group, CardTracks cards) {
        sample.clear();
        for (int m = 0; m < group.members.length; m++) {
            if (group.count(m) > 0) {
                sample.add(bytesOfExperts(group, m));
            }
        }
        double usual = sample.lowerMedian();
        for (int m = 0; m < group.members.length && usual > 0; m++) {
            if (group.count(m) > 0) {
                CardTrack card = cards.of(group.members[m]);
                card.routedBytes += bytesOfExperts(group, m) * group.count(m);
                card.routedExpected += usual * group.count(m);
            }
        }
    }

    /**
     * Bytes of the tokens that a card's experts got, from all cards, and not of its own: these it gets in a dispatch and sends
     * back in a combine. A dispatch tells the larger of what was sent and got, so that the combine says it; where what is sent
     * is not told, either may be of the experts.
     */
    private static double bytesOfExperts(GroupTrack group, int member) {
        return group.tellsSent() ? (group.op() == BusOp.COMBINE ? group.sent(member) : 0) : group.work(member);
    }

    /** After it is known who computed how long, and whom the others wait for. */
    void judge(CardTrack[] tracks) {
        sample.clear();
        for (CardTrack track : tracks) {
            if (track.routedExpected > 0) {
                track.routed.add(track.routedBytes, track.routedExpected, track.lateCount);
                sample.add(track.routed.deviation());
            }
        }
        double deviation = sample.deviation();
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
}
