package io.supernode.window;

import io.supernode.event.EventBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The windows of one supernode of one run, without a stream processor: what the job does, in one thread and in memory.
 * For tests of the job, for comparison with it, and where events are at hand anyway. Not thread-safe.
 */
public final class InMemoryWindows {
    private final long run;
    private final int supernode;
    private final long originEpochNanos;
    private final long latenessNanos;
    private final WindowSink out;
    private final SliceFolder folder;
    private final WindowMerger merger;
    private final Map<Integer, GroupState> groups = new HashMap<>();
    /** Slice boundaries at which a group is due, the earliest first. */
    private final TreeMap<Long, TreeSet<Integer>> due = new TreeMap<>();

    private long endSlice = Long.MIN_VALUE;

    /** Windows of a supernode of which nobody knows the racks. */
    public InMemoryWindows(long run, int supernode, long originEpochNanos, long latenessNanos, WindowSink out) {
        this(run, supernode, originEpochNanos, latenessNanos, 0, out);
    }

    /**
     * @param latenessNanos how far behind time an event may end and still be counted
     * @param nodesPerRack nodes with following indices that share a rack; 0 when that is not known
     */
    public InMemoryWindows(
            long run, int supernode, long originEpochNanos, long latenessNanos, int nodesPerRack, WindowSink out) {
        this.folder = new SliceFolder(nodesPerRack);
        this.run = run;
        this.supernode = supernode;
        this.originEpochNanos = originEpochNanos;
        this.latenessNanos = latenessNanos;
        this.out = out;
        this.merger = new WindowMerger(latenessNanos);
    }

    /** Folds what a node reports; returns how many events came too late to be counted. */
    public int fold(int node, EventBatch events) {
        boolean atStart = endSlice == Long.MIN_VALUE;
        return folder.fold(node, events, atStart ? Long.MIN_VALUE : endSlice * WindowPlan.SLICE_NANOS - latenessNanos);
    }

    /** Time has come to {@code throughNanos}: gives the windows that end until then and what corrects earlier ones. */
    public void advance(long throughNanos) {
        long boundary = WindowPlan.slice(throughNanos);
        if (boundary > endSlice) {
            folder.flush(boundary, this::merge);
            endSlice = boundary;
            fire(boundary);
        }
    }

    /** Gives all windows that are left. */
    public void finish() {
        folder.flushAll(this::merge);
        fire(Long.MAX_VALUE);
    }

    private void merge(int node, long slice, byte[] partial) {
        merger.merge(groups.computeIfAbsent(node, GroupState::new), node, slice, partial);
    }

    private void fire(long boundary) {
        while (!due.isEmpty() && due.firstKey() <= boundary) {
            Map.Entry<Long, TreeSet<Integer>> next = due.pollFirstEntry();
            for (int node : next.getValue()) {
                WindowMerger.Group group = new WindowMerger.Group(run, supernode, node, originEpochNanos, 0);
                merger.due(groups.get(node), group, next.getKey(), out);
            }
        }
    }

    private final class GroupState implements WindowMerger.State {
        private final int node;
        private final Map<Long, GroupAccumulator> open = new HashMap<>();
        private final Map<Long, byte[]> closed = new HashMap<>();
        private long forgottenThrough = Long.MIN_VALUE;

        GroupState(int node) {
            this.node = node;
        }

        @Override
        public GroupAccumulator open(long id) {
            return open.get(id);
        }

        @Override
        public void keepOpen(long id, GroupAccumulator window) {
            open.put(id, window);
        }

        @Override
        public byte[] closed(long id) {
            return closed.get(id);
        }

        @Override
        public void close(long id, byte[] window) {
            open.remove(id);
            closed.put(id, window);
        }

        @Override
        public void forget(long id) {
            closed.remove(id);
        }

        @Override
        public void wakeAt(long slice) {
            due.computeIfAbsent(slice, s -> new TreeSet<>()).add(node);
        }

        @Override
        public long forgottenThrough() {
            return forgottenThrough;
        }

        @Override
        public void forgottenThrough(long slice) {
            forgottenThrough = slice;
        }
    }
}
