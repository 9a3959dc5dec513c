package io.supernode.ingest;

import io.supernode.event.BusOp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Sizes of collectives as older profilers tell them: not on the kernel, but on the host's annotation {@code nccl:<op>}.
 * The n-th annotation launches the n-th kernel; that is believed where there are as many of one as of the other and
 * every pair is of the same operation. Not thread-safe.
 */
final class AnnotatedSizes {
    private static final String PREFIX = "nccl:";
    private static final int MAX = 1 << 20;

    private final List<Annotation> annotations = new ArrayList<>();
    private boolean tooMany;
    private boolean believed = true;
    private int at;

    private record Annotation(long start, BusOp op, long bytes) {}

    static boolean isOne(String name) {
        return name.startsWith(PREFIX) && BusOps.of(name.substring(PREFIX.length())) != BusOp.OTHER;
    }

    /** @param bytes -1 unknown */
    void add(long start, String name, long bytes) {
        if (annotations.size() == MAX) {
            tooMany = true;
        } else {
            annotations.add(new Annotation(start, BusOps.of(name.substring(PREFIX.length())), bytes));
        }
    }

    /** All are there, kernels come next. */
    void close() {
        annotations.sort(Comparator.comparingLong(Annotation::start));
    }

    /** Looks at the next kernel, in the order of their starts. */
    void check(BusOp kernel) {
        believed &= at < annotations.size() && fits(annotations.get(at).op, kernel);
        at++;
    }

    /** All kernels have been looked at: from now on {@link #next} gives annotations again from the first. */
    boolean isBelieved() {
        believed &= !tooMany && at == annotations.size() && at > 0;
        at = 0;
        return believed;
    }

    /** Goes to the annotation of the next kernel. */
    void next() {
        at++;
    }

    BusOp op() {
        return annotations.get(at - 1).op;
    }

    long bytes() {
        return annotations.get(at - 1).bytes;
    }

    private static boolean fits(BusOp annotated, BusOp kernel) {
        return annotated == kernel || kernel == BusOp.OTHER || annotated == BusOp.BARRIER && kernel == BusOp.ALL_REDUCE;
    }
}
