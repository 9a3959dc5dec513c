package io.supernode.diagnosis;

import io.supernode.event.EventBatch;
import io.supernode.window.PartialWriter;
import io.supernode.window.WindowPlan;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Folds the events of one supernode of one run into evidence per slice of a second, by the events' ends, and hands it on.
 * It may be handed on at any time and any number of times: its sum is what counts. Not thread-safe.
 */
public final class EvidenceFolder {
    /** Takes the evidence of one slice, or a part of it. */
    public interface EvidenceSink {
        void evidence(long slice, byte[] evidence);
    }

    private final TreeMap<Long, SliceEvidence> slices = new TreeMap<>();
    private final ArrayDeque<SliceEvidence> free = new ArrayDeque<>();
    private final PartialWriter writer = new PartialWriter();
    private long lastSlice;
    private SliceEvidence last;

    /**
     * @param node the node that reported them
     * @param earliestEndNanos events that end before this are left out
     */
    public void fold(int node, EventBatch events, long earliestEndNanos) {
        for (int i = 0; i < events.size(); i++) {
            long end = events.endNanos(i);
            if (end >= earliestEndNanos) {
                slice(WindowPlan.slice(end)).add(node, events, i);
            }
        }
    }

    /** Hands on, and forgets, all slices that end at or before {@code endSlice}. */
    public void flush(long endSlice, EvidenceSink out) {
        Iterator<Map.Entry<Long, SliceEvidence>> due =
                slices.headMap(endSlice, false).entrySet().iterator();
        while (due.hasNext()) {
            Map.Entry<Long, SliceEvidence> slice = due.next();
            out.evidence(slice.getKey(), slice.getValue().toBytes(writer));
            slice.getValue().clear();
            free.add(slice.getValue());
            due.remove();
        }
        last = null;
    }

    public void flushAll(EvidenceSink out) {
        flush(Long.MAX_VALUE, out);
    }

    private SliceEvidence slice(long slice) {
        if (last == null || slice != lastSlice) {
            last = slices.computeIfAbsent(slice, s -> free.isEmpty() ? new SliceEvidence() : free.pop());
            lastSlice = slice;
        }
        return last;
    }
}
