package io.supernode.granularity;

import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;

/** What one card did in one pass, as it was told as a whole: one computation, and at most one collective of each kind. */
final class CardPass {
    /** A collective of the pass, all of its kind together. */
    static final class Part {
        boolean here;
        long startNanos;
        long endNanos;
        long waitNanos;
        long transitNanos;
        /** Part of the transit that goes on beside the computation. */
        long hiddenNanos;

        long sentBytes;
        long receivedBytes;
        int group;
        int groupSize;
        Fabric fabric;

        /** The first piece's beginning, or the end of the piece before {@code turn + 1}. */
        private static long through(long whole, int count, int turn) {
            return whole / count * turn + Math.min(turn, whole % count);
        }

        long transit(int count, int turn) {
            return through(transitNanos, count, turn + 1) - through(transitNanos, count, turn);
        }

        long hidden(int count, int turn) {
            return through(hiddenNanos, count, turn + 1) - through(hiddenNanos, count, turn);
        }

        long exposed(int count, int turn) {
            return transit(count, turn) - hidden(count, turn);
        }

        long exposedNanos() {
            return transitNanos - hiddenNanos;
        }
    }

    final Part[] parts = {new Part(), new Part(), new Part()};
    boolean computed;
    ComputeOp op;
    long computeStartNanos;
    long computeNanos;
    long tokens;
    long megaflops;
    long hbmBytes;
    int step;
    int microbatch;
    int stage;

    void clear() {
        computed = false;
        for (Part part : parts) {
            part.here = false;
        }
    }

    boolean isEmpty() {
        return !computed && !parts[0].here && !parts[1].here && !parts[2].here;
    }

    boolean isWhole(PassPlan plan) {
        for (int kind = 0; kind < parts.length; kind++) {
            if (parts[kind].here != plan.has(kind)) {
                return false;
            }
        }
        return computed;
    }

    void takeCompute(EventBatch b, int i) {
        computed = true;
        op = b.computeOp(i);
        computeStartNanos = b.startNanos(i);
        computeNanos = b.durationNanos(i);
        tokens = b.tokens(i);
        megaflops = b.megaflops(i);
        hbmBytes = b.hbmBytes(i);
        place(b, i);
    }

    void takeBus(int kind, EventBatch b, int i) {
        Part part = parts[kind];
        part.here = true;
        part.startNanos = b.startNanos(i);
        part.endNanos = b.endNanos(i);
        part.waitNanos = b.waitNanos(i);
        part.transitNanos = b.durationNanos(i) - b.waitNanos(i);
        part.sentBytes = b.sentBytes(i);
        part.receivedBytes = b.receivedBytes(i);
        part.group = b.group(i);
        part.groupSize = b.groupSize(i);
        part.fabric = b.fabric(i);
        place(b, i);
    }

    private void place(EventBatch b, int i) {
        step = b.step(i);
        microbatch = b.microbatch(i);
        stage = b.stage(i);
    }

    long computeEndNanos() {
        return computeStartNanos + computeNanos;
    }

    long startNanos() {
        Part dispatch = parts[1];
        if (!computed && !dispatch.here) {
            return Math.min(
                    parts[0].here ? parts[0].startNanos : Long.MAX_VALUE,
                    parts[2].here ? parts[2].startNanos : Long.MAX_VALUE);
        }
        return Math.min(
                computed ? computeStartNanos : Long.MAX_VALUE, dispatch.here ? dispatch.startNanos : Long.MAX_VALUE);
    }

    long endNanos() {
        return parts[2].here ? parts[2].endNanos : parts[0].here ? parts[0].endNanos : computeEndNanos();
    }

    /** What goes on beside the computation starts before it ends, or ends after it started. */
    void findHidden() {
        long clock = computeEndNanos();
        Part reduce = parts[0];
        if (reduce.here) {
            reduce.hiddenNanos = hidden(clock - reduce.startNanos, reduce);
            clock = reduce.endNanos;
        }
        Part dispatch = parts[1];
        if (dispatch.here) {
            dispatch.hiddenNanos = hidden(dispatch.endNanos - computeStartNanos, dispatch);
        }
        Part combine = parts[2];
        if (combine.here) {
            combine.hiddenNanos = hidden(clock - combine.startNanos, combine);
        }
    }

    private static long hidden(long nanos, Part part) {
        return Math.max(0, Math.min(nanos, part.transitNanos));
    }

    /** Transits of the pass that nothing hides. */
    long exposedNanos() {
        long exposed = 0;
        for (Part part : parts) {
            exposed += part.here ? part.exposedNanos() : 0;
        }
        return exposed;
    }

    /** Time of the pass in which the card neither computes nor waits for a transit. */
    long idleNanos() {
        return endNanos() - startNanos() - computeNanos - exposedNanos();
    }
}
