package io.supernode.schemas;

/**
 * What a frame says of itself. A frame is what one node's telemetry agent flushes: that node's events of one kind, in
 * the order of their ends.
 *
 * @param run identifies the run; frames of different runs never share a window
 * @param supernode index of the supernode, from 0
 * @param node index of the node in its supernode, from 0; {@link #HEARTBEAT} for a frame that only carries time
 * @param sequence per run, supernode, node and kind: 0, 1, 2 without a gap; a heartbeat's is 0
 * @param originEpochNanos wall time that event time 0 stands for, nanoseconds since 1970 UTC
 * @param intendedEpochNanos wall time at which the frame was meant to leave, nanoseconds since 1970 UTC
 * @param baseNanos event time from which the first event's end is counted, nanoseconds from the run's start
 * @param throughNanos event time up to which (exclusive) the sender has sent everything
 * @throws IllegalArgumentException where a number is outside these ranges, or {@link #throughEpochNanos()} does not fit
 *     64 bits
 */
public record FrameHeader(
        long run,
        int supernode,
        int node,
        long sequence,
        long originEpochNanos,
        long intendedEpochNanos,
        long baseNanos,
        long throughNanos) {
    /** {@link #node()} of a frame without events that tells how far time has come. */
    public static final int HEARTBEAT = -1;

    public FrameHeader {
        if (supernode < 0) {
            throw new IllegalArgumentException("must be >= 0: supernode=" + supernode);
        }
        if (node < HEARTBEAT) {
            throw new IllegalArgumentException("must be >= -1: node=" + node);
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("must be >= 0: sequence=" + sequence);
        }
        long throughEpochNanos = originEpochNanos + throughNanos;
        if (((originEpochNanos ^ throughEpochNanos) & (throughNanos ^ throughEpochNanos)) < 0) {
            throw new IllegalArgumentException(
                    "must fit 64 bits: throughEpochNanos=" + originEpochNanos + "+" + throughNanos);
        }
    }

    public boolean isHeartbeat() {
        return node == HEARTBEAT;
    }

    /** {@link #throughNanos()} as wall time. */
    public long throughEpochNanos() {
        return originEpochNanos + throughNanos;
    }
}
