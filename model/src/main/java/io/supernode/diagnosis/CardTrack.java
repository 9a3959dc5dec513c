package io.supernode.diagnosis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** What is remembered of one card from slice to slice. Not thread-safe. */
final class CardTrack {
    static final int UNKNOWN_STAGE = -1;
    /** Before every slice, and far enough from the least number to count from. */
    static final long NEVER = Long.MIN_VALUE / 2;

    final int card;
    int stage = UNKNOWN_STAGE;
    /** Time computed, over what its peers need for the same work. */
    final Fading compute = new Fading();
    /** Bytes that its experts' tokens make, over those of its peers. */
    final Fading routed = new Fading(Fading.KEPT_LONG);
    /** Sum of squares around the mean, over the mean's square; and the degrees of freedom. */
    final Fading scatter = new Fading();

    /** The last slice with an event; {@link #NEVER} before the first. */
    long eventSlice = NEVER;

    /** The last slice with a sample; {@link #NEVER} before the first. */
    long sampleSlice = NEVER;

    /** The last slice in which it seemed to be lost; {@link #NEVER} before the first. */
    long lostSlice = NEVER;

    int node;
    /** Events of its groups that others told and it did not, in all. */
    long missing;
    /** How many of them are no news any more. */
    long missingKnown;

    /** Of the last slice with a sample. */
    int clockMegahertz;

    int temperatureMillicelsius;

    // of the slice in hand; not kept
    CardEvidence evidence;
    long observedNanos;
    double expectedNanos;
    /** How much the work of an event differs among the cards that it is compared with, as a share. */
    double unevenness;
    /** Whether it told a forward or a backward pass. */
    boolean hasPasses;

    long count;
    double routedBytes;
    double routedExpected;
    /** {@link #ratio()} of most cards of its smallest collective, which do the same work at the same time; NaN unknown. */
    double matesRatio;

    private int mates;
    /** Time in transfers to and from single others. */
    double pairNanos;
    /** How much more of it than others of its groups. */
    double pairExcess;

    double pairExcessBefore;
    double lateNanos;
    double lateCount;
    long missingNow;
    /** What it computed longer than its peers in the slice before. */
    double excessBefore;

    /** By place of the series: of which group it was when the card last told something. Only saves a search; not kept. */
    private GroupTrack[] groups = new GroupTrack[0];

    CardTrack(int card) {
        this.card = card;
    }

    /** Null where nothing is remembered. */
    GroupTrack groupAt(int series) {
        return series < groups.length ? groups[series] : null;
    }

    void groupAt(int series, GroupTrack group) {
        if (series >= groups.length) {
            groups = Arrays.copyOf(groups, 2 * series + 2);
        }
        groups[series] = group;
    }

    void forgetGroups() {
        groups = new GroupTrack[0];
    }

    void begin(CardEvidence evidence) {
        excessBefore = Math.max(0, observedNanos - expectedNanos);
        pairExcessBefore = pairExcess;
        this.evidence = evidence;
        matesRatio = Double.NaN;
        mates = Integer.MAX_VALUE;
        pairNanos = 0;
        pairExcess = 0;
        observedNanos = 0;
        expectedNanos = 0;
        unevenness = 0;
        hasPasses = false;
        count = 0;
        routedBytes = 0;
        routedExpected = 0;
        lateNanos = 0;
        lateCount = 0;
        missingNow = 0;
    }

    /** The cards of a collective do the same; those of the smallest are the nearest. */
    void mates(int members, double ratio) {
        if (members < mates && ratio > 0) {
            mates = members;
            matesRatio = ratio;
        }
    }

    /** By how much it exceeds the cards that do the same work at the same time, or all of its peers. */
    double excessAlone() {
        return matesRatio > 1 ? ratio() / matesRatio - 1 : ratio() - 1;
    }

    /** Observed over expected in the slice in hand; NaN without evidence. */
    double ratio() {
        return observedNanos / expectedNanos;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(card);
        out.writeInt(stage);
        compute.write(out);
        routed.write(out);
        scatter.write(out);
        out.writeLong(eventSlice);
        out.writeLong(sampleSlice);
        out.writeLong(lostSlice);
        out.writeInt(node);
        out.writeLong(missing);
        out.writeLong(missingKnown);
        out.writeInt(clockMegahertz);
        out.writeInt(temperatureMillicelsius);
        out.writeLong(observedNanos);
        out.writeDouble(expectedNanos);
        out.writeDouble(pairExcess);
    }

    static CardTrack read(DataInput in) throws IOException {
        CardTrack track = new CardTrack(in.readInt());
        track.stage = in.readInt();
        track.compute.read(in);
        track.routed.read(in);
        track.scatter.read(in);
        track.eventSlice = in.readLong();
        track.sampleSlice = in.readLong();
        track.lostSlice = in.readLong();
        track.node = in.readInt();
        track.missing = in.readLong();
        track.missingKnown = in.readLong();
        track.clockMegahertz = in.readInt();
        track.temperatureMillicelsius = in.readInt();
        track.observedNanos = in.readLong();
        track.expectedNanos = in.readDouble();
        track.pairExcess = in.readDouble();
        return track;
    }
}
