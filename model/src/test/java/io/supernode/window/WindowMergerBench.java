package io.supernode.window;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/** A merger with its groups, fed partials in an order of the test's choice and fired by hand. */
final class WindowMergerBench {
    private record Kept(int node, long slice, byte[] partial) {}

    private final WindowMerger merger = new WindowMerger(60 * WindowPlan.SLICE_NANOS);
    private final WindowSink out;
    private final List<Kept> kept = new ArrayList<>();
    private final Map<Integer, Group> groups = new HashMap<>();

    WindowMergerBench(WindowSink out) {
        this.out = out;
    }

    void keep(int node, long slice, byte[] partial) {
        kept.add(new Kept(node, slice, partial));
    }

    void mergeShuffled(Random random) {
        Collections.shuffle(kept, random);
        kept.forEach(k -> merge(k.node, k.slice, k.partial));
        fireAll();
    }

    long merge(int node, long slice, byte[] partial) {
        return merger.merge(groups.computeIfAbsent(node, n -> new Group()), node, slice, partial);
    }

    void fireAll() {
        groups.forEach((node, group) -> {
            while (!group.due.isEmpty()) {
                merger.due(group, new WindowMerger.Group(7, 0, node, 0, 0), group.due.pollFirst(), out);
            }
        });
    }

    private static final class Group implements WindowMerger.State {
        final Map<Long, GroupAccumulator> open = new HashMap<>();
        final Map<Long, byte[]> closed = new HashMap<>();
        final TreeSet<Long> due = new TreeSet<>();
        long forgotten = Long.MIN_VALUE;

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
        public void wakeAt(long endSlice) {
            due.add(endSlice);
        }

        @Override
        public long forgottenThrough() {
            return forgotten;
        }

        @Override
        public void forgottenThrough(long endSlice) {
            forgotten = endSlice;
        }
    }
}
