package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.serving.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * Whether two traces hold the same requests and the same events, whatever frames and blocks they came in. Requests are
 * compared in the order of the files, events in the order of time and, at one time, of cards and kinds; a disorder of up
 * to a second is put right first. Memory is bounded by a second's events.
 */
public final class TraceComparison {
    private TraceComparison() {}

    /**
     * The first difference, in one line; empty where there is none.
     *
     * @throws TraceFormatException where one of them is not a whole trace
     */
    public static Optional<String> firstDifference(Path left, Path right) throws IOException {
        try {
            Optional<String> difference = requests(left, right);
            return difference.isPresent() ? difference : events(left, right);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Optional<String> requests(Path left, Path right) throws IOException {
        try (TraceRequests a = TraceRequests.open(left);
                TraceRequests b = TraceRequests.open(right)) {
            for (long i = 0; a.hasNext() || b.hasNext(); i++) {
                String ofA = a.hasNext() ? text(a.next()) : "none";
                String ofB = b.hasNext() ? text(b.next()) : "none";
                if (!ofA.equals(ofB)) {
                    return Optional.of("request " + i + ": " + left + " has " + ofA + ", " + right + " has " + ofB);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> events(Path left, Path right) throws IOException {
        try (TraceEvents a = TraceEvents.open(left);
                TraceEvents b = TraceEvents.open(right)) {
            Ordered ofA = new Ordered(a);
            Ordered ofB = new Ordered(b);
            for (long i = 0; ofA.hasNext() | ofB.hasNext(); i++) {
                String eventA = ofA.hasNext() ? ofA.next() : "none";
                String eventB = ofB.hasNext() ? ofB.next() : "none";
                if (!eventA.equals(eventB)) {
                    return Optional.of("event " + i + ": " + left + " has " + eventA + ", " + right + " has " + eventB);
                }
            }
        }
        return Optional.empty();
    }

    private static String text(Request r) {
        return "Request[index=" + r.index() + ", arrivalNanos=" + r.arrivalNanos() + ", inputTokens=" + r.inputTokens()
                + ", outputTokens=" + r.outputTokens() + ", prefixBlocks=" + Arrays.toString(r.prefixBlocks()) + "]";
    }

    /** Events one by one, in an order that does not depend on how they were framed. */
    private static final class Ordered {
        private final TraceEvents source;
        private final EventBatch batch = new EventBatch();
        private Integer[] order = {};
        private int next;
        private boolean ended;

        Ordered(TraceEvents source) {
            this.source = source;
        }

        boolean hasNext() {
            while (next == order.length && !ended) {
                ended = !source.next(batch);
                order = new Integer[batch.size()];
                Arrays.setAll(order, i -> i);
                Arrays.sort(
                        order,
                        Comparator.<Integer>comparingLong(batch::endNanos)
                                .thenComparingInt(batch::card)
                                .thenComparing(batch::kind)
                                .thenComparing(i -> batch.record(i).toString()));
                next = 0;
            }
            return next < order.length;
        }

        String next() {
            return batch.record(order[next++]).toString();
        }
    }
}
