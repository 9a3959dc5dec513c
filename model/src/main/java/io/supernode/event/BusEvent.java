package io.supernode.event;

/**
 * One transfer or collective as one card saw it. Its time is wait for late peers, then transit; the two are never
 * mixed, because a slow card shows as wait on its peers and a slow link as transit on one pair.
 * Times are event time: nanoseconds from the run's start.
 *
 * @param card index of the card in its supernode, from 0
 * @param group identifies the communicator: events of one collective share group, step and microbatch
 * @param groupSize ranks in the group, &gt;= 1; 2 for point to point; 0 unknown
 * @param peer the other card of a point-to-point transfer; -1 for a collective
 * @param startNanos when the card was ready to take part
 * @param durationNanos wait plus transit
 * @param waitNanos part of the duration spent waiting for late peers, 0 to {@code durationNanos}
 * @param sentBytes bytes that left this card; -1 unknown
 * @param receivedBytes bytes that reached this card; -1 unknown
 * @param step as in {@link ComputeEvent}
 * @param microbatch as in {@link ComputeEvent}
 * @param stage as in {@link ComputeEvent}
 */
public record BusEvent(
        int card,
        BusOp op,
        Fabric fabric,
        int group,
        int groupSize,
        int peer,
        long startNanos,
        long durationNanos,
        long waitNanos,
        long sentBytes,
        long receivedBytes,
        int step,
        int microbatch,
        int stage) {
    /** Stands for a size that the source does not tell; never 0, which is a size. */
    public static final long UNKNOWN_BYTES = -1;

    public long endNanos() {
        return startNanos + durationNanos;
    }

    public long transitNanos() {
        return durationNanos - waitNanos;
    }
}
