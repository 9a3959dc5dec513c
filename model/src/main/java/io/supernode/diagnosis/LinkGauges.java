package io.supernode.diagnosis;

/** What cards tell of their links themselves: planes that are down, checksum errors. Not thread-safe. */
final class LinkGauges {
    private final Episodes episodes;
    private final Groups groups;
    private final Sample sample = new Sample();

    LinkGauges(Episodes episodes, Groups groups) {
        this.episodes = episodes;
        this.groups = groups;
    }

    /** Planes that are down and errors are told by the cards themselves. */
    void judge(CardTrack[] tracks) {
        int[] downByPlane = new int[Integer.SIZE];
        sample.clear();
        for (CardTrack track : tracks) {
            if (track.evidence.samples > 0) {
                sample.add((double) track.evidence.linkErrors / track.evidence.samples);
                for (int plane = 0; plane < Integer.SIZE; plane++) {
                    downByPlane[plane] += track.evidence.planesDown >>> plane & 1;
                }
            }
        }
        double usualErrors = sample.size() == 0 ? 0 : sample.lowerMedian();
        int wide = Math.max(8, sample.size() / 8);
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
                groups.explain(tracks[i].card);
                continue;
            }
            runStart = run ? i : -1;
            if (own != 0 || run) {
                Finding f = linkFinding(tracks[i], own != 0 ? Cause.LINK_DOWN : Cause.LINK_ERRORS, own);
                episodes.suspect(AnomalyKind.SLOW_LINK, tracks[i].card, -1, true, f);
                groups.explain(tracks[i].card);
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
        episodes.suspect(AnomalyKind.SLOW_LINK, -1 - plane, LinkWatch.GROUP, true, f);
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
        for (GroupTrack group : groups.touched()) {
            if (group.expectedNow > 0 && group.hasMember(track.card)) {
                f.observedNanos += group.observedNow;
                f.expectedNanos += group.expectedNow;
                f.events += group.count();
            }
        }
        return f;
    }
}
