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
    /** First number of the stored form; a change of the form takes the next, and reads those before. */
    private static final int VERSION = 2;

    private static final long BEFORE = Long.MIN_VALUE;

    /** Whose anomalies, and from which revision on they are given at least. */
    public record Subject(long run, int supernode, long originEpochNanos, int lowestRevision) {}

    private final Episodes episodes;
    private final CardTracks cards = new CardTracks();
    private final Groups groups = new Groups();
    private final Sample sample = new Sample();
    private final CardWatch computing;
    private final StageWatch stages;
    private final ScatterWatch scatter;
    private final ExpertWatch experts;
    private final LinkWatch links;
    private final NetworkWatch networks;
    private final PresenceWatch presence;
    private final HostWatch hosts;
    private long last = BEFORE;

    public Detector() {
        this(0);
    }

    /** @param nextAnomaly the number of the first anomaly that it will find */
    public Detector(long nextAnomaly) {
        episodes = new Episodes(nextAnomaly);
        computing = new CardWatch(episodes);
        stages = new StageWatch(episodes);
        scatter = new ScatterWatch(episodes);
        experts = new ExpertWatch(episodes, groups);
        links = new LinkWatch(episodes, groups);
        networks = new NetworkWatch(episodes, groups);
        presence = new PresenceWatch(episodes);
        hosts = new HostWatch(episodes, groups);
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
        groups.gather(slice, tracks, cards.all());
        groups.tellUneven(cards, sample);
        stages.gather(tracks);
        scatter.gather(tracks);
        computing.compare(tracks);
        stages.judge(tracks);
        scatter.judge(tracks);
        hosts.compare(cards);
        experts.compare(cards);
        // what one of them finds explains what the next would
        experts.judge(tracks);
        computing.judge(tracks);
        links.judge(tracks);
        networks.judge();
        groups.countMissing(cards);
        presence.judge(slice, cards, groups);
        hosts.judge(tracks);
        return episodes.end(subject);
    }

    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(last);
        episodes.write(out);
        cards.write(out);
        scatter.write(out);
        computing.write(out);
        stages.write(out);
        networks.write(out);
        groups.write(out);
    }

    /** What {@link #write} wrote. */
    public static Detector read(DataInput in) throws IOException {
        int version = in.readByte();
        if (version < 1 || version > VERSION) {
            throw new IOException("unknown version of a stored detector: " + version + ", known: 1 to " + VERSION);
        }
        Detector detector = new Detector();
        detector.last = in.readLong();
        detector.episodes.read(in);
        detector.cards.read(in);
        detector.scatter.read(in);
        detector.computing.read(in);
        detector.stages.read(in);
        detector.networks.read(in);
        detector.groups.read(in, version);
        return detector;
    }
}
