package io.supernode.window;

import io.supernode.event.EventBatch;
import java.util.Optional;

/** Finds events that cannot have happened, before they spoil the sums that they would be part of. */
public final class EventCheck {
    /** Event times lie within 73 years of the run's start, so that no sum with a wall time overflows. */
    private static final long FURTHEST_NANOS = 1L << 61;

    private EventCheck() {}

    /** What is wrong with the first impossible event and what would be accepted; empty when all are possible. */
    public static Optional<String> firstFault(EventBatch events) {
        for (int i = 0; i < events.size(); i++) {
            if (!isPossible(events, i)) {
                return Optional.of("event " + i + ": " + fault(events, i));
            }
        }
        return Optional.empty();
    }

    private static boolean isPossible(EventBatch e, int i) {
        long end = e.endNanos(i);
        long duration = e.durationNanos(i);
        boolean common = e.card(i) >= 0
                && duration >= 0
                && duration < FURTHEST_NANOS
                && end < FURTHEST_NANOS
                && end > -FURTHEST_NANOS;
        return common
                && switch (e.kind(i)) {
                    case COMPUTE -> e.tokens(i) >= 0 && e.megaflops(i) >= 0 && e.hbmBytes(i) >= 0;
                    case BUS ->
                        e.waitNanos(i) >= 0
                                && e.waitNanos(i) <= duration
                                && e.sentBytes(i) >= -1
                                && e.receivedBytes(i) >= -1;
                    case STEP -> e.tokens(i) >= 0 && e.megaflops(i) >= 0;
                    case REQUEST ->
                        e.inputTokens(i) >= 0
                                && e.outputTokens(i) >= 0
                                && (e.firstTokenNanos(i) == -1
                                        || e.firstTokenNanos(i) >= e.startNanos(i) && e.firstTokenNanos(i) <= end);
                };
    }

    private static String fault(EventBatch e, int i) {
        String accepted =
                switch (e.kind(i)) {
                    case COMPUTE -> "tokens, megaflops, hbmBytes >= 0";
                    case BUS -> "0 <= waitNanos <= durationNanos, bytes >= 0 or -1";
                    case STEP -> "tokens, megaflops >= 0";
                    case REQUEST -> "tokens >= 0, first token between arrival and end or -1";
                };
        return "must have card >= 0, durationNanos >= 0, end within 73 years, " + accepted + ": " + e.record(i);
    }
}
