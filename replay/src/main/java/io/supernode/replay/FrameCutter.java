package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import java.util.Arrays;

/**
 * Cuts what happened in one tick into frames as the nodes' agents would flush it: nodes in order, in a node the kinds
 * in order, in a frame the events in the order of time. Numbers the frames of each node and kind without a gap. No
 * allocation per event. Not thread-safe.
 */
final class FrameCutter {
    private static final EventKind[] KINDS = EventKind.values();
    /** More than any event needs: 16 fields of at most 10 bytes. */
    private static final int EVENT_BYTES_MAX = 160;

    private final long run;
    private final int supernode;
    private final int cardsPerNode;
    private final int eventsPerFrame;
    private final long originEpochNanos;
    private final FrameWriter[] writers = new FrameWriter[KINDS.length];

    // a group is a node's events of one kind: node · kinds + kind
    private long[] sequences = new long[64 * KINDS.length];
    private int[] counts = new int[64 * KINDS.length];
    private int[] touched = new int[64];
    private int[] grouped = new int[1024];

    /** Takes each frame as it is cut. */
    interface Taker {
        void take(EventKind kind, FrameHeader header, byte[] frame, int events);
    }

    FrameCutter(long run, int supernode, int cardsPerNode, int eventsPerFrame, long originEpochNanos) {
        this.run = run;
        this.supernode = supernode;
        this.cardsPerNode = cardsPerNode;
        this.eventsPerFrame = eventsPerFrame;
        this.originEpochNanos = originEpochNanos;
        for (EventKind kind : KINDS) {
            writers[kind.ordinal()] = new FrameWriter(kind);
        }
    }

    /** How far a node's clock is ahead of the others' in what it says of events of a kind, nanoseconds. */
    interface Clocks {
        long aheadNanos(EventKind kind, int node);
    }

    /**
     * Cuts events {@code order[from .. to - 1]}, which are in the order of time.
     *
     * @param throughNanos what the frames say of time: everything that ends before it has been sent
     */
    void cut(
            EventBatch events,
            int[] order,
            int from,
            int to,
            long throughNanos,
            long intendedEpochNanos,
            Clocks clocks,
            Taker taker) {
        int groups = group(events, order, from, to);
        int begin = 0;
        for (int g = 0; g < groups; g++) {
            int end = counts[touched[g]];
            frames(events, touched[g], begin, end, throughNanos, intendedEpochNanos, clocks, taker);
            counts[touched[g]] = 0;
            begin = end;
        }
    }

    /** Cuts as {@link #cut(EventBatch, int[], int, int, long, long, Clocks, Taker)} does where all clocks are right. */
    void cut(
            EventBatch events, int[] order, int from, int to, long throughNanos, long intendedEpochNanos, Taker taker) {
        cut(events, order, from, to, throughNanos, intendedEpochNanos, (kind, node) -> 0, taker);
    }

    /** Takes the number of a frame back that was cut last of its node and kind and will not be sent. */
    void takeBack(EventKind kind, FrameHeader header) {
        sequences[header.node() * KINDS.length + kind.ordinal()]--;
    }

    /** A frame without events that says how far time has come. */
    byte[] heartbeat(EventKind kind, FrameHeader header) {
        FrameWriter writer = writers[kind.ordinal()];
        writer.begin(header.baseNanos());
        return writer.finish(header);
    }

    FrameHeader heartbeatHeader(long throughNanos, long intendedEpochNanos) {
        return new FrameHeader(
                run,
                supernode,
                FrameHeader.HEARTBEAT,
                0,
                originEpochNanos,
                intendedEpochNanos,
                throughNanos,
                throughNanos);
    }

    /** A stable counting sort into {@link #grouped}; {@code counts} then holds where each touched group ends. */
    private int group(EventBatch events, int[] order, int from, int to) {
        int groups = 0;
        for (int k = from; k < to; k++) {
            int group = groupOf(events, order[k]);
            if (group >= counts.length) {
                counts = Arrays.copyOf(counts, Math.max(group + 1, counts.length * 2));
                sequences = Arrays.copyOf(sequences, counts.length);
            }
            if (counts[group]++ == 0) {
                if (groups == touched.length) {
                    touched = Arrays.copyOf(touched, groups * 2);
                }
                touched[groups++] = group;
            }
        }
        Arrays.sort(touched, 0, groups);
        int begin = 0;
        for (int g = 0; g < groups; g++) {
            int count = counts[touched[g]];
            counts[touched[g]] = begin;
            begin += count;
        }
        if (grouped.length < to - from) {
            grouped = new int[Math.max(to - from, grouped.length * 2)];
        }
        for (int k = from; k < to; k++) {
            grouped[counts[groupOf(events, order[k])]++] = order[k];
        }
        return groups;
    }

    private int groupOf(EventBatch events, int i) {
        return events.card(i) / cardsPerNode * KINDS.length + events.kind(i).ordinal();
    }

    private void frames(
            EventBatch events,
            int group,
            int begin,
            int end,
            long throughNanos,
            long intendedEpochNanos,
            Clocks clocks,
            Taker taker) {
        EventKind kind = KINDS[group % KINDS.length];
        FrameWriter writer = writers[kind.ordinal()];
        long aheadNanos = clocks.aheadNanos(kind, group / KINDS.length);
        int k = begin;
        while (k < end) {
            long baseNanos = events.endNanos(grouped[k]);
            writer.begin(baseNanos, aheadNanos);
            do {
                writer.append(events, grouped[k++]);
            } while (k < end && !isFull(writer));
            FrameHeader header = new FrameHeader(
                    run,
                    supernode,
                    group / KINDS.length,
                    sequences[group]++,
                    originEpochNanos,
                    intendedEpochNanos,
                    baseNanos + aheadNanos,
                    throughNanos + aheadNanos);
            int count = writer.eventCount();
            taker.take(kind, header, writer.finish(header), count);
        }
    }

    private boolean isFull(FrameWriter writer) {
        return eventsPerFrame == 0
                ? writer.sizeBytes() > ReplayOptions.FRAME_BYTES_MAX - EVENT_BYTES_MAX
                : writer.eventCount() >= eventsPerFrame;
    }
}
