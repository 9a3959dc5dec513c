package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * Sees the evidence of a whole supernode, slice after slice in the order of event time, and says what is wrong. It keeps
 * what it has learned of cards and groups; with the same slices it gives the same anomalies, and goes on after
 * {@link #write} and {@link #read} as if nothing had been. Not thread-safe.
 */
public final class Detector {
    /** First number of the stored form; a change of the form takes the next. */
    private static final int VERSION = 1;

    private static final long BEFORE = Long.MIN_VALUE;

    /** Whose anomalies, and from which revision on they are given at least. */
    public record Subject(long run, int supernode, long originEpochNanos, int lowestRevision) {}

    private final Episodes episodes;
    private final CardTracks cards = new CardTracks();
    private final ComputeWatch compute;
    private final GroupWatch groups;
    private final PresenceWatch presence;
    private long last = BEFORE;

    public Detector() {
        this(0);
    }

    /** @param nextAnomaly the number of the first anomaly that it will find */
    public Detector(long nextAnomaly) {
        episodes = new Episodes(nextAnomaly);
        compute = new ComputeWatch(episodes);
        groups = new GroupWatch(episodes);
        presence = new PresenceWatch(episodes);
    }

    /** The last slice that has been seen; {@link Long#MIN_VALUE} before the first. */
    public long lastSlice() {
        return last;
    }

    /** How many anomalies have been numbered. */
    public long nextAnomaly() {
        return episodes.nextAnomaly();
    }

    /**
     * Judges a slice. One that is not after the last is too late to be judged and changes nothing.
     *
     * @return anomalies that have begun, changed or ended, by their number
     */
    public List<Anomaly> slice(Subject subject, long slice, SliceEvidence evidence) {
        if (slice <= last) {
            return List.of();
        }
        last = slice;
        episodes.begin(slice);
        CardTrack[] tracks = cards.begin(slice, evidence.cards());
        groups.gather(slice, tracks);
        compute.slice(tracks);
        groups.compareMembers(cards);
        groups.judgeExperts(tracks);
        compute.judgeCards(tracks);
        groups.judgeLinks(cards, tracks);
        groups.countMissing(cards);
        presence.judge(slice, cards, groups);
        groups.judgeHosts(tracks);
        return episodes.end(subject);
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(last);
        episodes.write(out);
        cards.write(out);
        compute.write(out);
        groups.write(out);
    }

    /** What {@link #write} wrote. */
    public static Detector read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("unknown version of a stored detector: " + version + ", known: " + VERSION);
        }
        Detector detector = new Detector();
        detector.last = in.readLong();
        detector.episodes.read(in);
        detector.cards.read(in);
        detector.compute.read(in);
        detector.groups.read(in);
        return detector;
    }
}
