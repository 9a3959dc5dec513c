package io.supernode.diagnosis;

import io.supernode.window.WindowPlan;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * When a suspicion becomes an anomaly and when an anomaly has ended: two suspicious slices in a row open it, or one that
 * leaves no doubt; as many calm ones as its kind needs close it. What says neither changes nothing. Not thread-safe.
 */
final class Episodes {
    private static final int CONFIRMED = 2;
    /** An anomaly that goes on is told again after so many slices. */
    private static final int TOLD_EVERY = 10;

    private static final AnomalyKind[] KINDS = AnomalyKind.values();

    private final TreeMap<Suspect, Episode> episodes = new TreeMap<>();
    private long nextAnomaly;
    private long slice;

    /** @param entity card, stage, group or network, by kind */
    private record Suspect(AnomalyKind kind, int entity, int peer) implements Comparable<Suspect> {
        @Override
        public int compareTo(Suspect o) {
            int byKind = kind.compareTo(o.kind);
            int byEntity = byKind != 0 ? byKind : Integer.compare(entity, o.entity);
            return byEntity != 0 ? byEntity : Integer.compare(peer, o.peer);
        }
    }

    private static final class Episode {
        int suspicious;
        int calm;
        /** First slice of those in a row that show it. */
        long firstShown;

        long lastShown;
        /** Number of the anomaly; -1 while it is none. */
        long anomaly = -1;

        int revision = -1;
        long detectedSlice;
        long toldSlice;
        boolean changed;
        Finding finding = new Finding();
    }

    Episodes(long nextAnomaly) {
        this.nextAnomaly = nextAnomaly;
    }

    long nextAnomaly() {
        return nextAnomaly;
    }

    void begin(long slice) {
        this.slice = slice;
    }

    /** @param certain one such slice is enough */
    void suspect(AnomalyKind kind, int entity, int peer, boolean certain, Finding finding) {
        Episode e = shown(kind, entity, peer);
        e.suspicious++;
        e.finding.add(finding);
        if (e.anomaly < 0 && (certain || e.suspicious >= CONFIRMED)) {
            e.anomaly = nextAnomaly++;
            e.detectedSlice = slice;
            e.changed = true;
        }
    }

    /** An anomaly beyond doubt that has been there since an earlier slice, without anything that showed it. */
    void suspectSince(long firstSlice, AnomalyKind kind, int entity, Finding finding) {
        suspect(kind, entity, -1, true, finding);
        Episode e = shown(kind, entity, -1);
        e.firstShown = Math.min(e.firstShown, firstSlice);
    }

    /** More than usual, not enough to be suspicious: where the episode may have begun. */
    void rising(AnomalyKind kind, int entity, int peer, Finding finding) {
        Episode e = shown(kind, entity, peer);
        e.suspicious = 0;
        e.finding.add(finding);
    }

    /** @param enough calm slices in a row that end an anomaly */
    void calm(AnomalyKind kind, int entity, int peer, int enough) {
        Suspect suspect = new Suspect(kind, entity, peer);
        Episode e = episodes.get(suspect);
        if (e == null) {
            return;
        }
        e.calm++;
        boolean over = e.calm >= enough;
        if (e.anomaly >= 0) {
            e.changed |= over;
        } else if (over || !isNowAndThen(kind)) {
            episodes.remove(suspect);
        }
    }

    /** All suspects of a kind that this slice has shown nothing of. */
    void calmOthers(AnomalyKind kind, int enough) {
        Suspect from = new Suspect(kind, Integer.MIN_VALUE, Integer.MIN_VALUE);
        List<Suspect> others = new ArrayList<>();
        for (var each : episodes.tailMap(from).entrySet()) {
            if (each.getKey().kind() != kind) {
                break;
            }
            if (each.getValue().lastShown != slice) {
                others.add(each.getKey());
            }
        }
        others.forEach(s -> calm(s.kind(), s.entity(), s.peer(), enough));
    }

    /** Kinds that show for a moment, again and again: two such moments count although there is calm between them. */
    private static boolean isNowAndThen(AnomalyKind kind) {
        return switch (kind) {
            case HOST_JITTER, MISSING_TELEMETRY -> true;
            case SLOW_CARD, SLOW_LINK, STAGE_IMBALANCE, SEQUENCE_IMBALANCE, LOST_CARD, EXPERT_HOT_SPOT, CONGESTION ->
                false;
        };
    }

    boolean isOpen(AnomalyKind kind, int entity, int peer) {
        Episode e = episodes.get(new Suspect(kind, entity, peer));
        return e != null && e.anomaly >= 0;
    }

    /** Whether the slice in hand, or one a little before it, shows something of it. */
    boolean isShown(AnomalyKind kind, int entity, int peer) {
        return episodes.containsKey(new Suspect(kind, entity, peer));
    }

    /** Whether the slice in hand, or one a little before it, shows something of a kind. */
    boolean isAnyShown(AnomalyKind kind) {
        Suspect first = episodes.ceilingKey(new Suspect(kind, Integer.MIN_VALUE, Integer.MIN_VALUE));
        return first != null && first.kind() == kind;
    }

    /** Whether an anomaly of a kind is open for any entity. */
    boolean isAnyOpen(AnomalyKind kind) {
        Suspect from = new Suspect(kind, Integer.MIN_VALUE, Integer.MIN_VALUE);
        for (var each : episodes.tailMap(from).entrySet()) {
            if (each.getKey().kind() != kind) {
                return false;
            }
            if (each.getValue().anomaly >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Gives what has begun, ended or gone on for long, and forgets what has ended. */
    List<Anomaly> end(Detector.Subject subject) {
        List<Anomaly> told = new ArrayList<>();
        episodes.entrySet().removeIf(each -> {
            Episode e = each.getValue();
            if (e.anomaly < 0) {
                return false;
            }
            boolean ended = e.changed && e.calm > 0;
            if (e.changed || slice - e.toldSlice >= TOLD_EVERY) {
                e.revision = Math.max(e.revision + 1, subject.lowestRevision());
                e.toldSlice = slice;
                e.changed = false;
                told.add(anomaly(subject, each.getKey().kind(), e, ended));
            }
            return ended;
        });
        told.sort((a, b) -> Long.compare(a.anomaly(), b.anomaly()));
        return told;
    }

    private Episode shown(AnomalyKind kind, int entity, int peer) {
        Episode e = episodes.computeIfAbsent(new Suspect(kind, entity, peer), s -> {
            Episode fresh = new Episode();
            fresh.firstShown = slice;
            return fresh;
        });
        e.calm = 0;
        e.lastShown = slice;
        return e;
    }

    private static Anomaly anomaly(Detector.Subject subject, AnomalyKind kind, Episode e, boolean ended) {
        Finding f = e.finding;
        return new Anomaly(
                subject.run(),
                subject.supernode(),
                subject.originEpochNanos(),
                e.anomaly,
                e.revision,
                kind,
                f.cause,
                f.card,
                f.cards,
                f.peer,
                f.plane,
                f.stage,
                e.firstShown * WindowPlan.SLICE_NANOS,
                ended ? (e.lastShown + 1) * WindowPlan.SLICE_NANOS : Anomaly.LASTS,
                (e.detectedSlice + 1) * WindowPlan.SLICE_NANOS,
                f.severityPpm(),
                f.mean(f.observedNanos),
                f.mean(f.expectedNanos),
                Math.round(f.events),
                f.peersWaits > 0 ? Math.round(f.peersWaitNanos / f.peersWaits) : 0,
                f.linkErrors,
                f.clockMegahertz,
                f.temperatureMillicelsius);
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(nextAnomaly);
        out.writeInt(episodes.size());
        for (var each : episodes.entrySet()) {
            out.writeByte(each.getKey().kind().ordinal());
            out.writeInt(each.getKey().entity());
            out.writeInt(each.getKey().peer());
            Episode e = each.getValue();
            out.writeInt(e.suspicious);
            out.writeInt(e.calm);
            out.writeLong(e.firstShown);
            out.writeLong(e.lastShown);
            out.writeLong(e.anomaly);
            out.writeInt(e.revision);
            out.writeLong(e.detectedSlice);
            out.writeLong(e.toldSlice);
            e.finding.write(out);
        }
    }

    void read(DataInput in) throws IOException {
        nextAnomaly = in.readLong();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Suspect suspect = new Suspect(KINDS[in.readByte()], in.readInt(), in.readInt());
            Episode e = new Episode();
            e.suspicious = in.readInt();
            e.calm = in.readInt();
            e.firstShown = in.readLong();
            e.lastShown = in.readLong();
            e.anomaly = in.readLong();
            e.revision = in.readInt();
            e.detectedSlice = in.readLong();
            e.toldSlice = in.readLong();
            e.finding = Finding.read(in);
            episodes.put(suspect, e);
        }
    }
}
