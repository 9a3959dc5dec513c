package io.supernode.ingest.kafka;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Puts the frames of many partitions into the order in which they were sent: by time, in a tick by node, in a node by
 * kind and number. A frame comes out when every partition has told that it is past the frame's tick; heartbeats tell it
 * where no node reports. Where one does not, what waits is bounded by size and not by patience. Not thread-safe.
 */
final class FrameMerge {
    private static final Comparator<Held> AS_SENT = Comparator.<Held>comparingLong(h -> h.header.throughNanos())
            .thenComparingInt(h -> h.header.node())
            .thenComparing(Held::kind)
            .thenComparingLong(h -> h.header.sequence());

    private final long[] throughNanos;
    private final long heldBytesMax;
    private final PriorityQueue<Held> held = new PriorityQueue<>(AS_SENT);
    private long heldBytes;

    private record Held(EventKind kind, FrameHeader header, byte[] frame) {}

    /** Takes each frame as it comes out. */
    interface Taker<E extends Exception> {
        void take(EventKind kind, FrameHeader header, byte[] frame) throws E;
    }

    /** @param heldBytesMax size of the frames that may wait for a partition that tells nothing */
    FrameMerge(int partitions, long heldBytesMax) {
        this.heldBytesMax = heldBytesMax;
        throughNanos = new long[partitions];
        Arrays.fill(throughNanos, Long.MIN_VALUE);
    }

    /** @param partition from 0, over all topics */
    void add(int partition, EventKind kind, FrameHeader header, byte[] frame) {
        throughNanos[partition] = Math.max(throughNanos[partition], header.throughNanos());
        if (!header.isHeartbeat()) {
            held.add(new Held(kind, header, frame));
            heldBytes += frame.length;
        }
    }

    /** Nothing more comes from this partition. */
    void end(int partition) {
        throughNanos[partition] = Long.MAX_VALUE;
    }

    /** Event time that every partition has come to; {@link Long#MIN_VALUE} while one has told nothing. */
    long throughNanos() {
        return Arrays.stream(throughNanos).min().orElse(Long.MAX_VALUE);
    }

    /** Hands over what has no frame before it any more. */
    <E extends Exception> void drain(Taker<E> taker) throws E {
        long through = throughNanos();
        while (!held.isEmpty() && (held.peek().header.throughNanos() < through || heldBytes > heldBytesMax)) {
            give(taker);
        }
    }

    /** Hands over the rest. */
    <E extends Exception> void drainAll(Taker<E> taker) throws E {
        while (!held.isEmpty()) {
            give(taker);
        }
    }

    private <E extends Exception> void give(Taker<E> taker) throws E {
        Held next = held.poll();
        heldBytes -= next.frame.length;
        taker.take(next.kind, next.header, next.frame);
    }
}
