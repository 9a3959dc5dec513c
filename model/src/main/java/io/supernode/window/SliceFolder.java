package io.supernode.window;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Folds the events of one supernode of one run into slices of a second, and hands the slices on as partials, which
 * {@link WindowMerger} adds up. Partials may be handed on at any time and any number of times: their sum is what counts.
 *
 * <p>An event's counts, tokens, bytes and latencies belong to the slice of its end. The time it took belongs to the
 * slices in which it was spent; a bus event waits first, then transits. After a warm-up an event costs no allocation
 * unless it ends in another slice than the one before it. Not thread-safe.
 */
public final class SliceFolder {
    /** Stands for the whole supernode where a node is named. */
    public static final int SUPERNODE = -1;

    private static final LatencyMetric[] METRIC_OF_OP = metricsOfOps();

    /** Takes what a group did in one slice, or a part of it. */
    public interface PartialSink {
        /** @param node index of the node, or {@link #SUPERNODE} */
        void partial(int node, long slice, byte[] partial);
    }

    private final TreeMap<Long, Map<Integer, GroupAccumulator>> slices = new TreeMap<>();
    private final ArrayDeque<GroupAccumulator> free = new ArrayDeque<>();
    private final PartialWriter writer = new PartialWriter();
    private int openGroups;

    private long lastSlice;
    private int lastNode;
    private GroupAccumulator lastGroup;
    /** Of {@link #lastSlice}; null when it is not at hand. */
    private GroupAccumulator lastWhole;

    private final int nodesPerRack;

    /** For a supernode of which nobody knows the racks. */
    public SliceFolder() {
        this(0);
    }

    /**
     * @param nodesPerRack nodes with following indices that share a rack; 0 when that is not known: then there are no
     *     windows of racks
     * @throws IllegalArgumentException for less than 0
     */
    public SliceFolder(int nodesPerRack) {
        if (nodesPerRack < 0) {
            throw new IllegalArgumentException("must be >= 0: nodesPerRack=" + nodesPerRack);
        }
        this.nodesPerRack = nodesPerRack;
    }

    /**
     * Folds events that have been found possible: no length or amount is negative, no wait longer than its event.
     *
     * @param node the node that reported them
     * @param earliestEndNanos events that end before this are left out
     * @return number of events left out
     */
    public int fold(int node, EventBatch events, long earliestEndNanos) {
        int leftOut = 0;
        for (int i = 0; i < events.size(); i++) {
            long end = events.endNanos(i);
            if (end < earliestEndNanos) {
                leftOut++;
                continue;
            }
            long slice = WindowPlan.slice(end);
            GroupAccumulator group = group(slice, node);
            switch (events.kind(i)) {
                case COMPUTE -> compute(events, i, slice, node, group);
                case BUS -> bus(events, i, slice, node, group);
                case STEP -> step(events, i, group);
                case REQUEST -> request(events, i, group);
                case SAMPLE -> sample(events, i, slice, group);
                case FAULT -> fault(events, i, slice, group);
            }
        }
        return leftOut;
    }

    /** Hands on, and forgets, all slices that end at or before {@code endSlice}. */
    public void flush(long endSlice, PartialSink out) {
        Iterator<Map.Entry<Long, Map<Integer, GroupAccumulator>>> due =
                slices.headMap(endSlice, false).entrySet().iterator();
        while (due.hasNext()) {
            Map.Entry<Long, Map<Integer, GroupAccumulator>> slice = due.next();
            GroupAccumulator whole = whole(slice.getKey());
            openGroups -= slice.getValue().size();
            slice.getValue().remove(SUPERNODE);
            slice.getValue().forEach((node, group) -> {
                out.partial(node, slice.getKey(), group.toBytes(writer));
                group.addTotalTo(whole.member(Part.ofNode(node, nodesPerRack)));
                reuse(group);
            });
            out.partial(SUPERNODE, slice.getKey(), whole.toBytes(writer));
            reuse(whole);
            due.remove();
        }
        lastGroup = null;
        lastWhole = null;
    }

    public void flushAll(PartialSink out) {
        flush(Long.MAX_VALUE, out);
    }

    private void reuse(GroupAccumulator group) {
        group.clear();
        free.add(group);
    }

    /** Nodes times slices that are being summed: what this folder's memory grows with. */
    public int openGroups() {
        return openGroups;
    }

    private void compute(EventBatch events, int i, long slice, int node, GroupAccumulator group) {
        EntityAccumulator card = group.member(events.card(i));
        card.throughput.add(ThroughputAccumulator.COMPUTE_EVENTS, 1);
        card.throughput.add(ThroughputAccumulator.TOKENS, events.tokens(i));
        card.throughput.add(ThroughputAccumulator.MEGAFLOPS, events.megaflops(i));
        card.throughput.add(ThroughputAccumulator.HBM_BYTES, events.hbmBytes(i));
        card.add(LatencyMetric.COMPUTE, events.durationNanos(i));
        spread(
                ThroughputAccumulator.COMPUTE_NANOS,
                events.startNanos(i),
                events.endNanos(i),
                slice,
                node,
                events.card(i),
                card);
    }

    private void bus(EventBatch events, int i, long slice, int node, GroupAccumulator group) {
        EntityAccumulator card = group.member(events.card(i));
        card.throughput.add(ThroughputAccumulator.BUS_EVENTS, 1);
        long sent = events.sentBytes(i);
        if (sent < 0) {
            card.throughput.add(ThroughputAccumulator.UNKNOWN_SIZE_EVENTS, 1);
        } else {
            card.throughput.add(ThroughputAccumulator.SENT_BYTES, sent);
        }
        card.throughput.add(ThroughputAccumulator.RECEIVED_BYTES, Math.max(0, events.receivedBytes(i)));
        long duration = events.durationNanos(i);
        long wait = events.waitNanos(i);
        card.add(LatencyMetric.BUS, duration);
        card.add(LatencyMetric.BUS_WAIT, wait);
        group.shared.add(METRIC_OF_OP[events.busOp(i).ordinal()], duration);
        int part = Part.of(events.busOp(i));
        EntityAccumulator op = whole(slice).member(part);
        op.throughput.add(ThroughputAccumulator.BUS_EVENTS, 1);
        op.throughput.add(ThroughputAccumulator.RECEIVED_BYTES, Math.max(0, events.receivedBytes(i)));
        op.throughput.add(
                sent < 0 ? ThroughputAccumulator.UNKNOWN_SIZE_EVENTS : ThroughputAccumulator.SENT_BYTES,
                sent < 0 ? 1 : sent);
        long start = events.startNanos(i);
        long end = start + duration;
        int id = events.card(i);
        spread(ThroughputAccumulator.WAIT_NANOS, start, start + wait, slice, node, id, card);
        spread(ThroughputAccumulator.TRANSIT_NANOS, start + wait, end, slice, node, id, card);
        spread(ThroughputAccumulator.WAIT_NANOS, start, start + wait, slice, SUPERNODE, part, op);
        spread(ThroughputAccumulator.TRANSIT_NANOS, start + wait, end, slice, SUPERNODE, part, op);
    }

    private static void step(EventBatch events, int i, GroupAccumulator group) {
        EntityAccumulator card = group.member(events.card(i));
        card.throughput.add(ThroughputAccumulator.STEP_EVENTS, 1);
        card.throughput.add(ThroughputAccumulator.STEP_TOKENS, events.tokens(i));
        card.throughput.add(ThroughputAccumulator.STEP_MEGAFLOPS, events.megaflops(i));
        card.throughput.add(ThroughputAccumulator.STEP_NANOS, events.durationNanos(i));
        card.add(LatencyMetric.STEP, events.durationNanos(i));
    }

    private static void request(EventBatch events, int i, GroupAccumulator group) {
        EntityAccumulator card = group.member(events.card(i));
        card.throughput.add(ThroughputAccumulator.REQUEST_EVENTS, 1);
        card.throughput.add(ThroughputAccumulator.INPUT_TOKENS, events.inputTokens(i));
        card.throughput.add(ThroughputAccumulator.OUTPUT_TOKENS, events.outputTokens(i));
        long first = events.firstTokenNanos(i);
        if (first < 0) {
            return;
        }
        group.shared.add(LatencyMetric.TIME_TO_FIRST_TOKEN, first - events.startNanos(i));
        long further = events.outputTokens(i) - 1;
        if (further > 0) {
            // rounded down to a whole nanosecond
            group.shared.add(LatencyMetric.TIME_PER_OUTPUT_TOKEN, (events.endNanos(i) - first) / further);
        }
    }

    private void sample(EventBatch events, int i, long slice, GroupAccumulator group) {
        EntityAccumulator card = group.member(events.card(i));
        card.throughput.add(ThroughputAccumulator.SAMPLE_EVENTS, 1);
        // a mean power of 0.001 W over an interval in ns, rounded down to a whole millijoule
        card.throughput.add(ThroughputAccumulator.ENERGY_MILLIJOULES, (long)
                ((double) events.powerMilliwatts(i) * events.durationNanos(i) / WindowPlan.SLICE_NANOS));
        card.throughput.add(ThroughputAccumulator.LINK_ERRORS, events.linkErrors(i));
        for (int down = events.planesDown(i); down != 0; down &= down - 1) {
            EntityAccumulator plane = whole(slice).member(Part.ofPlane(Integer.numberOfTrailingZeros(down)));
            plane.throughput.add(ThroughputAccumulator.SAMPLE_EVENTS, 1);
            plane.throughput.add(ThroughputAccumulator.LINK_DOWN_NANOS, events.durationNanos(i));
            card.throughput.add(ThroughputAccumulator.LINK_DOWN_NANOS, events.durationNanos(i));
        }
    }

    /** Of the node, not of the card: the truth about a lost card is no sign of life. */
    private void fault(EventBatch events, int i, long slice, GroupAccumulator group) {
        group.shared.throughput.add(ThroughputAccumulator.FAULT_EVENTS, 1);
        int plane = events.plane(i);
        if (plane >= 0 && plane < Integer.SIZE) {
            whole(slice).member(Part.ofPlane(plane)).throughput.add(ThroughputAccumulator.FAULT_EVENTS, 1);
        }
    }

    /**
     * Adds the time from {@code from} to {@code to} to the slices in which it lies, at most
     * {@link WindowPlan#SPREAD_SLICES} before that of the event's end: the first of those takes what is older.
     */
    private void spread(
            int figure, long from, long to, long endSlice, int node, int member, EntityAccumulator memberAtEnd) {
        long sliceStart = endSlice * WindowPlan.SLICE_NANOS;
        if (from >= sliceStart) {
            memberAtEnd.throughput.add(figure, to - from);
            return;
        }
        long rest = to;
        if (rest > sliceStart) {
            memberAtEnd.throughput.add(figure, rest - sliceStart);
            rest = sliceStart;
        }
        long first = endSlice - WindowPlan.SPREAD_SLICES;
        while (rest > from) {
            long slice = Math.max(first, WindowPlan.slice(rest - 1));
            long pieceStart = slice == first ? from : Math.max(from, slice * WindowPlan.SLICE_NANOS);
            groupOf(slice, node).member(member).throughput.add(figure, rest - pieceStart);
            rest = pieceStart;
        }
    }

    private GroupAccumulator groupOf(long slice, int node) {
        return node == SUPERNODE ? whole(slice) : group(slice, node);
    }

    /** A slice's group of the supernode, kept at hand beside that of the node. */
    private GroupAccumulator whole(long slice) {
        if (slice != lastSlice) {
            lastSlice = slice;
            lastGroup = null;
            lastWhole = null;
        }
        if (lastWhole == null) {
            lastWhole = opened(slice, SUPERNODE);
        }
        return lastWhole;
    }

    private GroupAccumulator group(long slice, int node) {
        if (lastGroup != null && slice == lastSlice && node == lastNode) {
            return lastGroup;
        }
        if (slice != lastSlice) {
            lastSlice = slice;
            lastWhole = null;
        }
        lastNode = node;
        lastGroup = opened(slice, node);
        return lastGroup;
    }

    private GroupAccumulator opened(long slice, int node) {
        Map<Integer, GroupAccumulator> nodes = slices.computeIfAbsent(slice, s -> new HashMap<>());
        GroupAccumulator group = nodes.get(node);
        if (group == null) {
            group = free.isEmpty() ? new GroupAccumulator() : free.pop();
            nodes.put(node, group);
            openGroups++;
        }
        return group;
    }

    private static LatencyMetric[] metricsOfOps() {
        BusOp[] ops = BusOp.values();
        LatencyMetric[] metrics = new LatencyMetric[ops.length];
        for (BusOp op : ops) {
            metrics[op.ordinal()] = LatencyMetric.of(op);
        }
        return metrics;
    }
}
