package io.supernode.window;

/**
 * Adds the partials of a group (a node with its cards, or a supernode with its parts) up to windows and gives these when their time
 * has come: once complete, and again with a higher revision for what came late. Holds nothing itself: the windows of
 * the group at hand are in a {@link State}, so that one merger serves many groups. Not thread-safe.
 *
 * <p>A window is kept after its end for as long as an event may be late plus {@link WindowPlan#SPREAD_SLICES}, over
 * which the time that the event took may reach back.
 */
public final class WindowMerger {
    /**
     * The windows of one group. One that is added to is open, and kept as an object so that a slice does not rewrite
     * all that came before it; from when it is given, it is bytes, until something comes late and opens it again.
     */
    public interface State {
        /** The open window of this name; null when there is none. What is kept may be the same object. */
        GroupAccumulator open(long id);

        /** Called after every change of an open window. */
        void keepOpen(long id, GroupAccumulator window);

        /** The window of this name that is not open; null when there is none. */
        byte[] closed(long id);

        /** Closes the window. */
        void close(long id, byte[] window);

        /** Forgets a closed window. */
        void forget(long id);

        /** Calls {@link WindowMerger#due} when time passes {@code endSlice}; with the next step of time if it has. */
        void wakeAt(long endSlice);

        /** End of the last window that has been forgotten, in slices; {@link Long#MIN_VALUE} when none has. */
        long forgottenThrough();

        void forgottenThrough(long endSlice);
    }

    /** Whose windows, and from which revision on they are given at least. */
    public record Group(long run, int supernode, int node, long originEpochNanos, int lowestRevision) {
        WindowKey key(long startSlice, int lengthSlices) {
            boolean whole = node == SliceFolder.SUPERNODE;
            return new WindowKey(
                    run,
                    supernode,
                    whole ? Scope.SUPERNODE : Scope.NODE,
                    whole ? 0 : node,
                    startSlice * WindowPlan.SLICE_NANOS,
                    lengthSlices * WindowPlan.SLICE_NANOS);
        }
    }

    /** A multiple of every window length, so that windows of all lengths are forgotten as they are given. */
    private final int keptSlices;

    private final GroupAccumulator refused = new GroupAccumulator();
    private final EntityAccumulator total = new EntityAccumulator();
    private final PartialReader reader = new PartialReader();
    private final PartialWriter writer = new PartialWriter();

    /** @param latenessNanos how late an event may be, 0 to a day */
    public WindowMerger(long latenessNanos) {
        if (latenessNanos < 0 || latenessNanos > 86_400 * WindowPlan.SLICE_NANOS) {
            throw new IllegalArgumentException("must be 0 to a day: latenessNanos=" + latenessNanos);
        }
        int longest = WindowPlan.lengthSlices(WindowPlan.lengths() - 1);
        long lateSlices = -Math.floorDiv(-latenessNanos, WindowPlan.SLICE_NANOS);
        keptSlices = WindowPlan.SPREAD_SLICES + longest * (int) -Math.floorDiv(-lateSlices, (long) longest);
    }

    /**
     * Adds a partial to the windows that its slice is part of.
     *
     * @param node whose partial it is: index of the node, or {@link SliceFolder#SUPERNODE}
     * @return 0, or the number of events of a partial that comes too late to be added to anything
     */
    public long merge(State state, int node, long slice, byte[] partial) {
        if (slice + 1 <= state.forgottenThrough()) {
            return events(partial);
        }
        for (int i = 0; i < WindowPlan.lengths(); i++) {
            int length = WindowPlan.lengthSlices(i);
            long start = Math.floorDiv(slice, length) * length;
            long id = id(start, i);
            GroupAccumulator window = state.open(id);
            if (window == null) {
                window = opened(state, start, i);
            }
            reader.open(partial);
            window.mergeFrom(
                    reader,
                    node == SliceFolder.SUPERNODE
                            || WindowPlan.hasLatency(Scope.CARD, LatencyMetric.BUS, length * WindowPlan.SLICE_NANOS));
            state.keepOpen(id, window);
        }
        return 0;
    }

    private GroupAccumulator opened(State state, long start, int lengthIndex) {
        int length = WindowPlan.lengthSlices(lengthIndex);
        byte[] closed = state.closed(id(start, lengthIndex));
        state.wakeAt(start + length);
        if (closed != null) {
            return GroupAccumulator.of(closed);
        }
        state.wakeAt(start + length + keptSlices);
        return new GroupAccumulator();
    }

    /** Time has passed {@code endSlice}: gives what ends there and has changed, forgets what is old enough. */
    public void due(State state, Group group, long endSlice, WindowSink out) {
        boolean forgot = false;
        for (int i = 0; i < WindowPlan.lengths(); i++) {
            int length = WindowPlan.lengthSlices(i);
            if (Math.floorMod(endSlice, length) != 0) {
                continue;
            }
            give(state, group, endSlice - length, i, out);
            long old = id(endSlice - keptSlices - length, i);
            if (state.closed(old) != null) {
                state.forget(old);
                forgot = true;
            }
        }
        if (forgot) {
            state.forgottenThrough(Math.max(state.forgottenThrough(), endSlice - keptSlices));
        }
    }

    private void give(State state, Group group, long startSlice, int lengthIndex, WindowSink out) {
        long id = id(startSlice, lengthIndex);
        GroupAccumulator window = state.open(id);
        if (window == null) {
            // a state of the first version has open windows among the closed ones
            byte[] closed = state.closed(id);
            if (closed == null) {
                return;
            }
            window = GroupAccumulator.of(closed);
        }
        if (!window.shared.isChanged()) {
            return; // every partial marks the group, so none has come since
        }
        WindowKey key = group.key(startSlice, WindowPlan.lengthSlices(lengthIndex));
        window.give(key, group.originEpochNanos(), group.lowestRevision(), total, out);
        state.close(id, window.toBytes(writer));
    }

    private long events(byte[] partial) {
        refused.clear();
        reader.open(partial);
        refused.mergeFrom(reader, true);
        total.clear();
        refused.addTotalTo(total);
        return total.throughput.events();
    }

    /** One number per window of a group: its first slice and which length it has. */
    private static long id(long startSlice, int lengthIndex) {
        return startSlice * WindowPlan.lengths() + lengthIndex;
    }
}
