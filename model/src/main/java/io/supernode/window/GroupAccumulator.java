package io.supernode.window;

import java.util.Arrays;

/**
 * A node with its cards, or a supernode with its {@link Part parts}, in one slice or window. What a member has is kept
 * with the member alone; what only the group has (a node's latencies by bus operation and of requests) is kept apart. The
 * group's total is the sum of both, formed when it is given: so an event touches one card, not three entities.
 * Not thread-safe.
 *
 * <p>From outside it is what a window's sums are while they are added to: to be kept, and stored as bytes.
 */
public final class GroupAccumulator {
    /** First number of the stored form; a change of the form takes the next. */
    private static final int VERSION = 1;

    final EntityAccumulator shared = new EntityAccumulator();
    private int memberCount;
    private int[] memberIds = new int[8];
    /** Kept when cleared; the first {@code memberCount} are in use. */
    private EntityAccumulator[] members = new EntityAccumulator[8];

    private boolean given;

    GroupAccumulator() {}

    /** What {@link #stored()} wrote, with its marks. */
    public static GroupAccumulator of(byte[] stored) {
        PartialReader in = new PartialReader();
        in.open(stored);
        GroupAccumulator group = new GroupAccumulator();
        group.restore(in);
        return group;
    }

    /** The stored form, which begins with its version; equal sums may have come together in another order of members. */
    public byte[] stored() {
        return toBytes(new PartialWriter());
    }

    /** Adding to one changes nothing of the other. */
    public GroupAccumulator copy() {
        return of(stored());
    }

    /**
     * The accumulator of a card or a {@link Part}, made when it is new. Linear: a node has 8 or 16 cards, a supernode a
     * dozen racks.
     */
    EntityAccumulator member(int id) {
        for (int i = 0; i < memberCount; i++) {
            if (memberIds[i] == id) {
                return members[i];
            }
        }
        if (memberCount == memberIds.length) {
            memberIds = Arrays.copyOf(memberIds, memberCount * 2);
            members = Arrays.copyOf(members, memberCount * 2);
        }
        if (members[memberCount] == null) {
            members[memberCount] = new EntityAccumulator();
        }
        memberIds[memberCount] = id;
        return members[memberCount++];
    }

    void clear() {
        shared.clear();
        for (int i = 0; i < memberCount; i++) {
            members[i].clear();
        }
        memberCount = 0;
        given = false;
    }

    void addTotalTo(EntityAccumulator total) {
        total.merge(shared);
        for (int i = 0; i < memberCount; i++) {
            if (Part.isShare(memberIds[i])) {
                total.merge(members[i]);
            }
        }
    }

    byte[] toBytes(PartialWriter out) {
        out.clear();
        out.write(VERSION);
        out.write(given ? 1 : 0);
        shared.write(out);
        out.write(memberCount);
        for (int i = 0; i < memberCount; i++) {
            out.write(memberIds[i]);
            members[i].write(out);
        }
        return out.toBytes();
    }

    /** Becomes what {@link #toBytes} wrote, with its marks. */
    void restore(PartialReader in) {
        clear();
        requireVersion(in);
        given = in.read() != 0;
        shared.restore(in);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            member(in.readInt()).restore(in);
        }
    }

    /**
     * Adds what {@link #toBytes} wrote elsewhere.
     *
     * @param memberLatencies false when members' latencies are wanted in the group's total only
     */
    void mergeFrom(PartialReader in, boolean memberLatencies) {
        requireVersion(in);
        in.read();
        shared.mergeFrom(in, shared, given);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            EntityAccumulator member = member(in.readInt());
            member.mergeFrom(in, memberLatencies ? member : shared, given);
        }
    }

    boolean isGiven() {
        return given;
    }

    /**
     * Gives what has changed: the members, then the group.
     *
     * @param group names the group's window; those of its members differ in scope and entity
     * @param total scratch
     */
    void give(WindowKey group, long originEpochNanos, int lowestRevision, EntityAccumulator total, WindowSink out) {
        total.clear();
        addTotalTo(total);
        for (int i = 0; i < memberCount; i++) {
            if (members[i].isChanged() && isGivenAlone(group, memberIds[i])) {
                members[i].give(member(group, memberIds[i]), originEpochNanos, lowestRevision, out);
            }
        }
        total.followRevision(shared);
        total.give(group, originEpochNanos, lowestRevision, out);
        shared.given(total.nextRevision() - 1);
        given = true;
    }

    /**
     * Only what is whole: versions before this one summed supernodes without parts, so that the parts of a window which
     * one of those began lack what came until then.
     */
    private boolean isGivenAlone(WindowKey group, int member) {
        return group.scope() == Scope.NODE || member != Part.UNRACKED && shared.isEmpty();
    }

    private static WindowKey member(WindowKey group, int member) {
        boolean isCard = group.scope() == Scope.NODE;
        return new WindowKey(
                group.run(),
                group.supernode(),
                isCard ? Scope.CARD : Part.scope(member),
                isCard ? member : Part.entity(member),
                group.startNanos(),
                group.lengthNanos());
    }

    private static void requireVersion(PartialReader in) {
        long version = in.read();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version of a stored window: " + version + ", known: " + VERSION);
        }
    }
}
