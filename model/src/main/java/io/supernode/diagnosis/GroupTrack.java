package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import io.supernode.event.Fabric;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What is remembered of one operation of one group of cards, or of one pair. All ranks of a collective tell the same
 * transit, so that the group is what is slow, not the rank. Not thread-safe.
 */
final class GroupTrack {
    /** Members, or groups of one class, below which there are too few to compare with. */
    static final int PEERS_LEAST = 3;
    /** Work of most members that differs by this share is not the same work. */
    static final double UNEVEN = 0.05;
    /** Of one of them: where more than a tenth differ so much, it is not the same work either. */
    private static final double OTHER = 0.2;

    private static final double UNKNOWN = -1;

    /** Operation, network and ranks: {@link Series} without the work. */
    final long high;

    final int group;
    /** Transit, over that of like groups for as much work. */
    final Fading transit = new Fading();
    /** Transit for a byte (or an event, where bytes are not told) while nothing was wrong; 0 before it is known. */
    double usual;

    /** Transit of an event, of whatever size, while nothing was wrong; 0 before it is known. */
    double usualNanos;

    int learned;
    /** In ascending order. */
    int[] members = new int[0];
    /** How many of the group's events each member has told, of those that any member has told. */
    long[] told = new long[0];

    int peer = -1;
    long lastSlice = Long.MIN_VALUE;

    /** For how many slices it has been slow without a card to blame. */
    int slowSlices;

    // of the slice in hand; not kept
    boolean isSlow;
    double observedNow;
    double expectedNow;
    private int reported;
    private double[] works = new double[0];
    private double[] sents = new double[0];
    private long[] counts = new long[0];
    private double[] waits = new double[0];
    private double nanos;
    private double events;
    /** Of the fullest member; {@link #UNKNOWN} until it is asked for. */
    private double work;

    GroupTrack(long high, int group) {
        this.high = high;
        this.group = group;
    }

    BusOp op() {
        return Series.busOp(high);
    }

    Fabric fabric() {
        return Series.fabric(high);
    }

    boolean isPair() {
        return Series.groupSize(high) == 2;
    }

    /** Whether enough of its members told something in the slice to be compared with each other. */
    boolean hasPeers() {
        return !isPair() && reported >= PEERS_LEAST;
    }

    /**
     * Whether most of its members did about as much: where requests come as they come, a card that is busier than others
     * makes them wait and moves more bytes, and nothing is wrong with it.
     *
     * @param sample scratch
     */
    boolean isEven(Sample sample) {
        sample.clear();
        for (int m = 0; m < members.length; m++) {
            if (counts[m] > 0) {
                sample.add(work(m));
            }
        }
        double middle = sample.lowerMedian();
        int other = 0;
        for (int m = 0; m < members.length; m++) {
            if (counts[m] > 0 && Math.abs(work(m) - middle) > OTHER * middle) {
                other++;
            }
        }
        // when a run begins there are few who do anything, and they stand out
        return learned >= Transits.LEARNED && 10 * other <= sample.size() && sample.spread() < UNEVEN;
    }

    void begin() {
        reported = 0;
        nanos = 0;
        events = 0;
        work = UNKNOWN;
        Arrays.fill(counts, 0);
        Arrays.fill(waits, 0);
        Arrays.fill(works, 0);
        Arrays.fill(sents, 0);
    }

    void add(int card, CardEvidence e, int series) {
        int at = member(card);
        long count = e.figure(series, CardEvidence.COUNT);
        if (counts[at] == 0) {
            reported++;
        }
        counts[at] += count;
        waits[at] += e.figure(series, CardEvidence.WAIT);
        works[at] += e.figure(series, CardEvidence.WORK);
        sents[at] += e.figure(series, CardEvidence.SENT);
        nanos += e.figure(series, CardEvidence.NANOS);
        events += count;
        work = UNKNOWN;
        peer = Series.peer(e.low(series));
    }

    int reported() {
        return reported;
    }

    /** Events of the group in the slice: what the member that told most has told. */
    long count() {
        long most = 0;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        return most;
    }

    long count(int member) {
        return counts[member];
    }

    double waitNanos(int member) {
        return waits[member] / counts[member];
    }

    /** Bytes of a member's event. */
    double work(int member) {
        return works[member] / counts[member];
    }

    /** Bytes that a member sent in an event. */
    double sent(int member) {
        return sents[member] / counts[member];
    }

    /** Whether any of its members tells what it sent. */
    boolean tellsSent() {
        for (double sent : sents) {
            if (sent > 0) {
                return true;
            }
        }
        return false;
    }

    /** Transit for a byte. */
    double rate() {
        return meanNanos() / work();
    }

    /** Learns what is usual from the slice in hand. */
    void learn(int least, double kept) {
        double share = learned < least ? 1.0 / (learned + 1) : 1 - kept;
        usual += share * (rate() - usual);
        usualNanos += share * (meanNanos() - usualNanos);
        learned++;
    }

    /** How much longer than usual it takes now; that fewer bytes take longer each, is nothing. */
    double delay() {
        double byByte = rate() / usual;
        return usualNanos > 0 ? Math.min(byByte, meanNanos() / usualNanos) : byByte;
    }

    /** Enters what the members told. */
    void tell() {
        for (int m = 0; m < members.length; m++) {
            told[m] += counts[m];
        }
    }

    /** What a member has not told of what others have. */
    long leftOut(int member) {
        return mostTold() - told[member];
    }

    long mostTold() {
        long most = 0;
        for (long t : told) {
            most = Math.max(most, t);
        }
        return most;
    }

    double meanNanos() {
        return nanos / events;
    }

    boolean tellsBytes() {
        return fullest() > 0;
    }

    /** Bytes of a mean event on the fullest member, or 1 where they are not told. */
    double work() {
        return tellsBytes() ? work : 1;
    }

    private double fullest() {
        if (work == UNKNOWN) {
            work = 0;
            for (int m = 0; m < members.length; m++) {
                work = counts[m] > 0 ? Math.max(work, work(m)) : work;
            }
        }
        return work;
    }

    boolean hasMember(int card) {
        return Arrays.binarySearch(members, card) >= 0;
    }

    private int member(int card) {
        int at = Arrays.binarySearch(members, card);
        if (at >= 0) {
            return at;
        }
        int insert = -at - 1;
        members = insert(members, insert, card);
        long most = 0;
        for (long t : told) {
            most = Math.max(most, t);
        }
        told = insert(told, insert, most);
        counts = insert(counts, insert, 0);
        waits = insert(waits, insert);
        works = insert(works, insert);
        sents = insert(sents, insert);
        return insert;
    }

    private static int[] insert(int[] from, int at, int value) {
        int[] to = Arrays.copyOf(from, from.length + 1);
        System.arraycopy(from, at, to, at + 1, from.length - at);
        to[at] = value;
        return to;
    }

    private static long[] insert(long[] from, int at, long value) {
        long[] to = Arrays.copyOf(from, from.length + 1);
        System.arraycopy(from, at, to, at + 1, from.length - at);
        to[at] = value;
        return to;
    }

    private static double[] insert(double[] from, int at) {
        double[] to = Arrays.copyOf(from, from.length + 1);
        System.arraycopy(from, at, to, at + 1, from.length - at);
        to[at] = 0;
        return to;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(high);
        out.writeInt(group);
        transit.write(out);
        out.writeDouble(usual);
        out.writeDouble(usualNanos);
        out.writeInt(learned);
        out.writeInt(peer);
        out.writeLong(lastSlice);
        out.writeInt(slowSlices);
        out.writeInt(members.length);
        for (int i = 0; i < members.length; i++) {
            out.writeInt(members[i]);
            out.writeLong(told[i]);
        }
    }

    /** @param version of the stored form: in the first, {@link #usualNanos} is not known */
    static GroupTrack read(DataInput in, int version) throws IOException {
        GroupTrack track = new GroupTrack(in.readLong(), in.readInt());
        track.transit.read(in);
        track.usual = in.readDouble();
        track.usualNanos = version == 1 ? 0 : in.readDouble();
        track.learned = in.readInt();
        track.peer = in.readInt();
        track.lastSlice = in.readLong();
        track.slowSlices = in.readInt();
        int count = in.readInt();
        track.members = new int[count];
        track.told = new long[count];
        track.counts = new long[count];
        track.waits = new double[count];
        track.works = new double[count];
        track.sents = new double[count];
        for (int i = 0; i < count; i++) {
            track.members[i] = in.readInt();
            track.told[i] = in.readLong();
        }
        return track;
    }
}
