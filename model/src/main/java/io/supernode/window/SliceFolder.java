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
    private final GroupAccumulator supernode = new GroupAccumulator();
    private final PartialWriter writer = new PartialWriter();
    private int openGroups;

    private long lastSlice;
    private int lastNode;
    private GroupAccumulator lastGroup;

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
                case SAMPLE -> sample(events, i, group);
                // of the node, not of the card: the truth about a lost card is no sign of life
                case FAULT -> group.shared.throughput.add(ThroughputAccumulator.FAULT_EVENTS, 1);
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
            supernode.clear();
            slice.getValue().forEach((node, group) -> {
                out.partial(node, slice.getKey(), group.toBytes(writer));
                group.addTotalTo(supernode.shared);
                group.clear();
                free.add(group);
            });
            out.partial(SUPERNODE, slice.getKey(), supernode.toBytes(writer));
            openGroups -= slice.getValue().size();
            due.remove();
        }
        lastGroup = null;
    }

    public void flushAll(PartialSink out) {
        flush(Long.MAX_VALUE, out);
    }

    /** Nodes times slices that are being summed: what this folder's memory grows with. */
    public int openGroups() {
        return openGroups;
    }

    private void compute(EventBatch events, int i, long slice, int node, GroupAccumulator group) {
        EntityAccumulator card = group.card(events.card(i));
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
        EntityAccumulator card = group.card(events.card(i));
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
        long start = events.startNanos(i);
        int id = events.card(i);
        spread(ThroughputAccumulator.WAIT_NANOS, start, start + wait, slice, node, id, card);
        spread(ThroughputAccumulator.TRANSIT_NANOS, start + wait, start + duration, slice, node, id, card);
    }

    private static void step(EventBatch events, int i, GroupAccumulator group) {
        EntityAccumulator card = group.card(events.card(i));
        card.throughput.add(ThroughputAccumulator.STEP_EVENTS, 1);
        card.throughput.add(ThroughputAccumulator.STEP_TOKENS, events.tokens(i));
        card.throughput.add(ThroughputAccumulator.STEP_MEGAFLOPS, events.megaflops(i));
        card.throughput.add(ThroughputAccumulator.STEP_NANOS, events.durationNanos(i));
        card.add(LatencyMetric.STEP, events.durationNanos(i));
    }

    private static void request(EventBatch events, int i, GroupAccumulator group) {
        EntityAccumulator card = group.card(events.card(i));
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

    private static void sample(EventBatch events, int i, GroupAccumulator group) {
        EntityAccumulator card = group.card(events.card(i));
        card.throughput.add(ThroughputAccumulator.SAMPLE_EVENTS, 1);
        // a mean power of 0.001 W over an interval in ns, rounded down to a whole millijoule
        card.throughput.add(ThroughputAccumulator.ENERGY_MILLIJOULES, (long)
                ((double) events.powerMilliwatts(i) * events.durationNanos(i) / WindowPlan.SLICE_NANOS));
        card.throughput.add(ThroughputAccumulator.LINK_ERRORS, events.linkErrors(i));
    }

    /**
     * Adds the time from {@code from} to {@code to} to the slices in which it lies, at most
     * {@link WindowPlan#SPREAD_SLICES} before that of the event's end: the first of those takes what is older.
     */
    private void spread(
            int figure, long from, long to, long endSlice, int node, int card, EntityAccumulator cardAtEnd) {
        long sliceStart = endSlice * WindowPlan.SLICE_NANOS;
        if (from >= sliceStart) {
            cardAtEnd.throughput.add(figure, to - from);
            return;
        }
        long rest = to;
        if (rest > sliceStart) {
            cardAtEnd.throughput.add(figure, rest - sliceStart);
            rest = sliceStart;
        }
        long first = endSlice - WindowPlan.SPREAD_SLICES;
        while (rest > from) {
            long slice = Math.max(first, WindowPlan.slice(rest - 1));
            long pieceStart = slice == first ? from : Math.max(from, slice * WindowPlan.SLICE_NANOS);
            group(slice, node).card(card).throughput.add(figure, rest - pieceStart);
            rest = pieceStart;
        }
    }

    private GroupAccumulator group(long slice, int node) {
        if (lastGroup != null && slice == lastSlice && node == lastNode) {
            return lastGroup;
        }
        Map<Integer, GroupAccumulator> nodes = slices.computeIfAbsent(slice, s -> new HashMap<>());
        GroupAccumulator group = nodes.get(node);
        if (group == null) {
            group = free.isEmpty() ? new GroupAccumulator() : free.pop();
            nodes.put(node, group);
            openGroups++;
        }
        lastSlice = slice;
        lastNode = node;
        lastGroup = group;
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
