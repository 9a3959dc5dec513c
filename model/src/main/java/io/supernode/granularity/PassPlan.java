package io.supernode.granularity;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import java.util.ArrayList;
import java.util.List;

/**
 * What one pass consists of, in the order in which every card does it: operations between collectives, and their shares of
 * the pass's time, work and memory traffic. The operations before the first collective are window 0, those behind the last
 * one the last window.
 */
public final class PassPlan {
    /** The collectives that passes have, in the order of {@link #of}. */
    static final BusOp[] KINDS = {BusOp.ALL_REDUCE, BusOp.DISPATCH, BusOp.COMBINE};

    /** By collective: position of its kind in {@link #KINDS}, and how many of that kind come before it. */
    final int[] kind;

    final int[] turn;
    /** By kind: collectives of the pass. */
    final int[] count = new int[KINDS.length];
    /** By window: where its operations begin; one more than there are windows. */
    final int[] firstOp;
    /** By window: its share of the computing time, added up from the first; ends with 1. */
    final double[] windowsThrough;

    final ComputeOp[] op;
    /** By operation: share of its window's time, added up inside the window. */
    final double[] timeThrough;
    /** By operation: share of the pass's work and memory traffic, added up from the first. */
    final double[] flopsThrough;

    final double[] bytesThrough;

    private PassPlan(Builder b) {
        int windows = b.kinds.size() + 1;
        kind = b.kinds.stream().mapToInt(i -> i).toArray();
        turn = new int[kind.length];
        for (int k = 0; k < kind.length; k++) {
            turn[k] = count[kind[k]]++;
        }
        firstOp = new int[windows + 1];
        windowsThrough = new double[windows];
        int n = b.ops.size();
        op = new ComputeOp[n];
        timeThrough = new double[n];
        flopsThrough = new double[n];
        bytesThrough = new double[n];
        double allSeconds = b.ops.stream().mapToDouble(Piece::seconds).sum();
        double allFlops = b.ops.stream().mapToDouble(Piece::flops).sum();
        double allBytes = b.ops.stream().mapToDouble(Piece::bytes).sum();
        double seconds = 0;
        double flops = 0;
        double bytes = 0;
        int next = 0;
        for (int w = 0; w < windows; w++) {
            firstOp[w] = next;
            int end = w < kind.length ? b.opsBefore.get(w) : n;
            double ofWindow = 0;
            for (int i = next; i < end; i++) {
                ofWindow += b.ops.get(i).seconds();
            }
            double inWindow = 0;
            for (int i = next; i < end; i++) {
                Piece piece = b.ops.get(i);
                inWindow += piece.seconds();
                flops += piece.flops();
                bytes += piece.bytes();
                op[i] = piece.op();
                timeThrough[i] = i == end - 1 ? 1 : inWindow / ofWindow;
                flopsThrough[i] = i == n - 1 ? 1 : Math.min(1, flops / Math.max(allFlops, Double.MIN_NORMAL));
                bytesThrough[i] = i == n - 1 ? 1 : Math.min(1, bytes / Math.max(allBytes, Double.MIN_NORMAL));
            }
            seconds += ofWindow;
            windowsThrough[w] = end == n ? 1 : Math.min(1, seconds / allSeconds);
            next = end;
        }
        firstOp[windows] = n;
    }

    int collectives() {
        return kind.length;
    }

    /** Events of one card. */
    public int events() {
        return kind.length + op.length;
    }

    /** Whether a pass of a card has a collective of that kind. */
    boolean has(int kind) {
        return count[kind] > 0;
    }

    /**
     * A plan that tells every operation, or of each stretch between two collectives that it was computed.
     *
     * @param whole what the pass as a whole is called: FORWARD, BACKWARD, DECODE
     */
    public static Builder of(Granularity granularity, ComputeOp whole) {
        return new Builder(granularity, whole);
    }

    private record Piece(ComputeOp op, double seconds, double flops, double bytes) {}

    /** Takes the parts of a pass in their order. */
    public static final class Builder {
        private final Granularity granularity;
        private final ComputeOp whole;
        private final List<Piece> ops = new ArrayList<>();
        private final List<Integer> kinds = new ArrayList<>();
        private final List<Integer> opsBefore = new ArrayList<>();

        private Builder(Granularity granularity, ComputeOp whole) {
            this.granularity = granularity;
            this.whole = whole;
        }

        /** An operation; all three figures count as shares of their sums. */
        public Builder compute(ComputeOp op, double seconds, double flops, double bytes) {
            int open = opsBefore.isEmpty() ? 0 : opsBefore.get(opsBefore.size() - 1);
            if (granularity == Granularity.COLLECTIVE && ops.size() > open) {
                Piece last = ops.remove(ops.size() - 1);
                ops.add(new Piece(whole, last.seconds() + seconds, last.flops() + flops, last.bytes() + bytes));
            } else {
                ops.add(new Piece(granularity == Granularity.COLLECTIVE ? whole : op, seconds, flops, bytes));
            }
            return this;
        }

        /** @param op all-reduce, dispatch or combine */
        public Builder collective(BusOp op) {
            kinds.add(kindOf(op));
            opsBefore.add(ops.size());
            return this;
        }

        public PassPlan build() {
            return new PassPlan(this);
        }
    }

    /** Position in {@link #KINDS}. */
    static int kindOf(BusOp op) {
        return switch (op) {
            case ALL_REDUCE -> 0;
            case DISPATCH -> 1;
            case COMBINE -> 2;
            default -> throw new IllegalArgumentException("must be part of a pass: op=" + op);
        };
    }
}
