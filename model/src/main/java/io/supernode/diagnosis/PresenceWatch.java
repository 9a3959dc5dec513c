package io.supernode.diagnosis;

import java.util.TreeMap;

/**
 * Who says nothing, or not all. A card whose samples stay away and whose neighbours stand still is lost; one whose
 * neighbours go on, or that leaves out some of what its groups did, is alive and its telemetry is missing. Not
 * thread-safe.
 */
final class PresenceWatch {
    private static final int SILENT_SLICES = 2;
    /** Events left out, that leave no doubt. */
    private static final int MANY = 3;

    /** After a card has been lost its groups take so long to be in step again. */
    private static final int RETURN_SLICES = 3;

    private static final int CALM_LOST = 1;
    private static final int CALM_MISSING = 8;

    private final Episodes episodes;

    PresenceWatch(Episodes episodes) {
        this.episodes = episodes;
    }

    /** @param groups has counted what each card has not told */
    void judge(long slice, CardTracks cards, Groups groups) {
        boolean samplesCome = samplesCome(slice, cards);
        TreeMap<Integer, Finding> nodes = new TreeMap<>();
        for (CardTrack card : cards.all()) {
            boolean unsampled = samplesCome && card.sampleSlice != CardTrack.NEVER && card.sampleSlice < slice;
            boolean silent =
                    unsampled && slice - card.sampleSlice >= SILENT_SLICES && slice - card.eventSlice >= SILENT_SLICES;
            card.missing += card.missingNow;
            Neighbours neighbours = Neighbours.GO_ON;
            if (silent) {
                // a card that was lost is so until it says something, whatever others find to do meanwhile
                boolean wasLost = card.lostSlice > Math.max(card.eventSlice, card.sampleSlice);
                neighbours = wasLost ? Neighbours.STAND_STILL : neighbours(slice, card, cards, groups);
            }
            if (neighbours == Neighbours.STAND_STILL) {
                card.lostSlice = slice;
                Finding f = new Finding();
                f.cause = Cause.CARD_STOPPED;
                f.card = card.card;
                f.cards = 1;
                f.stage = card.stage;
                f.severity = 1;
                f.slices = 1;
                episodes.suspect(AnomalyKind.LOST_CARD, card.card, -1, false, f);
                continue;
            }
            if (!unsampled || !silent) {
                episodes.calm(AnomalyKind.LOST_CARD, card.card, -1, CALM_LOST);
            }
            // without events either it is not yet known which; a card that comes back has missed nothing
            long untold = neighbours == Neighbours.UNDECIDED
                    ? 0
                    : silent ? MANY : unsampled ? (card.eventSlice == slice ? 1 : 0) : leftOut(card);
            if (untold > 0 && card.lostSlice < slice - RETURN_SLICES) {
                missing(nodes, card, untold);
            }
        }
        nodes.forEach((node, f) -> {
            boolean certain = f.events >= MANY;
            f.events = Math.round(f.events);
            episodes.suspect(AnomalyKind.MISSING_TELEMETRY, node, -1, certain, f);
        });
        episodes.calmOthers(AnomalyKind.MISSING_TELEMETRY, CALM_MISSING);
    }

    private static boolean samplesCome(long slice, CardTracks cards) {
        int sampled = 0;
        int now = 0;
        for (CardTrack card : cards.all()) {
            sampled += card.sampleSlice != CardTrack.NEVER ? 1 : 0;
            now += card.sampleSlice == slice ? 1 : 0;
        }
        return 2 * now > sampled;
    }

    /** Events newly left out; not those that the next slice makes good, as where ranks end apart. */
    private static long leftOut(CardTrack card) {
        long news = card.missing - card.missingKnown;
        if (news < 0 || news >= MANY || news > 0 && card.missingNow == 0) {
            card.missingKnown = card.missing;
            return Math.max(0, news);
        }
        return 0;
    }

    private enum Neighbours {
        GO_ON,
        STAND_STILL,
        UNDECIDED
    }

    /** What those do that a silent card works with: what they had begun with it they may still have ended. */
    private static Neighbours neighbours(long slice, CardTrack card, CardTracks cards, Groups groups) {
        int known = 0;
        int going = 0;
        int still = 0;
        for (int neighbour : groups.neighbours(card.card)) {
            CardTrack other = cards.of(neighbour);
            boolean alsoSilent =
                    other == null || other.sampleSlice != CardTrack.NEVER && slice - other.sampleSlice >= SILENT_SLICES;
            if (!alsoSilent) {
                known++;
                going += other.eventSlice - card.eventSlice >= SILENT_SLICES ? 1 : 0;
                still += other.eventSlice < slice ? 1 : 0;
            }
        }
        if (2 * going > known) {
            return Neighbours.GO_ON;
        }
        return 2 * still >= known ? Neighbours.STAND_STILL : Neighbours.UNDECIDED;
    }

    private static void missing(TreeMap<Integer, Finding> nodes, CardTrack card, long events) {
        Finding f = nodes.computeIfAbsent(card.node, n -> new Finding());
        f.cause = Cause.TELEMETRY;
        f.card = f.card < 0 ? card.card : f.card;
        f.cards = card.card - f.card + 1;
        f.events += events;
        f.severity = 1;
        f.slices = 1;
    }
}
