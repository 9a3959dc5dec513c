package io.supernode.schemas;

import io.supernode.event.EventBatch;
import io.supernode.event.FaultKind;

/**
 * What must hold for an event on the wire. Checked where events are written and where they are read, so that nothing
 * behind a reader needs to fear a negative length, or a length that spreads over a million windows.
 */
final class EventRules {
    /** The longest an event may last: one day. What seems to last longer is a mistake of units. */
    static final long MAX_DURATION_NANOS = 86_400_000_000_000L;

    /** A share of all. */
    private static final int MILLION = 1_000_000;
    /** No card draws 1 MW: what seems to is a mistake of units. */
    private static final long MOST_MILLIWATTS = 1_000_000_000;

    /** 1 EiB in one sample: what seems to be more is a driver's word for "not measured", such as 2^63 - 14. */
    private static final long MOST_SAMPLED_BYTES = 1L << 60;

    private EventRules() {}

    /** What is wrong with event {@code i}, or null where nothing is. */
    static String problem(EventBatch b, int i) {
        long duration = b.durationNanos(i);
        if (b.card(i) < 0) {
            return "must be >= 0: card=" + b.card(i);
        }
        if (duration < 0 || duration > MAX_DURATION_NANOS) {
            return "must be 0 to " + MAX_DURATION_NANOS + ": durationNanos=" + duration;
        }
        if (b.startNanos(i) > b.endNanos(i)) {
            return "must fit 64 bits: startNanos=" + b.endNanos(i) + "-" + duration;
        }
        return switch (b.kind(i)) {
            case COMPUTE -> compute(b, i);
            case BUS -> bus(b, i);
            case STEP -> step(b, i);
            case REQUEST -> request(b, i);
            case SAMPLE -> sample(b, i);
            case FAULT -> fault(b, i);
        };
    }

    private static String compute(EventBatch b, int i) {
        if ((b.tokens(i) | b.megaflops(i) | b.hbmBytes(i)) < 0) {
            return "must be >= 0: tokens=" + b.tokens(i) + " megaflops=" + b.megaflops(i) + " hbmBytes="
                    + b.hbmBytes(i);
        }
        return place(b, i);
    }

    private static String bus(EventBatch b, int i) {
        if (b.waitNanos(i) < 0 || b.waitNanos(i) > b.durationNanos(i)) {
            return "must be 0 to durationNanos=" + b.durationNanos(i) + ": waitNanos=" + b.waitNanos(i);
        }
        if (b.sentBytes(i) < -1 || b.receivedBytes(i) < -1) {
            return "must be >= -1: sentBytes=" + b.sentBytes(i) + " receivedBytes=" + b.receivedBytes(i);
        }
        if (b.groupSize(i) < 0) {
            return "must be >= 0: groupSize=" + b.groupSize(i);
        }
        if (b.peer(i) < -1) {
            return "must be >= -1: peer=" + b.peer(i);
        }
        return place(b, i);
    }

    private static String step(EventBatch b, int i) {
        if (b.waitNanos(i) < 0 || b.waitNanos(i) > b.durationNanos(i)) {
            return "must be 0 to durationNanos=" + b.durationNanos(i) + ": waitNanos=" + b.waitNanos(i);
        }
        if (b.step(i) < 0) {
            return "must be >= 0: step=" + b.step(i);
        }
        if ((b.tokens(i) | b.megaflops(i)) < 0) {
            return "must be >= 0: tokens=" + b.tokens(i) + " megaflops=" + b.megaflops(i);
        }
        return null;
    }

    private static String request(EventBatch b, int i) {
        long first = b.firstTokenNanos(i);
        if (first != -1 && (first < b.startNanos(i) || first > b.endNanos(i))) {
            return "must be -1 or " + b.startNanos(i) + " to " + b.endNanos(i) + ": firstTokenNanos=" + first;
        }
        if ((b.request(i) | b.inputTokens(i) | b.outputTokens(i)) < 0) {
            return "must be >= 0: request=" + b.request(i) + " inputTokens=" + b.inputTokens(i) + " outputTokens="
                    + b.outputTokens(i);
        }
        return null;
    }

    private static String sample(EventBatch b, int i) {
        if (b.computePpm(i) < 0 || b.computePpm(i) > MILLION || b.hbmPpm(i) < 0 || b.hbmPpm(i) > MILLION) {
            return "must be 0 to " + MILLION + ": computePpm=" + b.computePpm(i) + " hbmPpm=" + b.hbmPpm(i);
        }
        if (b.powerMilliwatts(i) < 0 || b.powerMilliwatts(i) > MOST_MILLIWATTS) {
            return "must be 0 to " + MOST_MILLIWATTS + ": powerMilliwatts=" + b.powerMilliwatts(i);
        }
        if ((b.clockMegahertz(i) | b.linkErrors(i) | b.planesDown(i)) < 0) {
            return "must be >= 0: clockMegahertz=" + b.clockMegahertz(i) + " linkErrors=" + b.linkErrors(i)
                    + " planesDown=" + b.planesDown(i);
        }
        if (!isSampled(b.hbmUsedBytes(i)) || !isSampled(b.sentBytes(i)) || !isSampled(b.receivedBytes(i))) {
            return "must be 0 to " + MOST_SAMPLED_BYTES + ": hbmUsedBytes=" + b.hbmUsedBytes(i) + " sentBytes="
                    + b.sentBytes(i) + " receivedBytes=" + b.receivedBytes(i);
        }
        return null;
    }

    private static boolean isSampled(long bytes) {
        return bytes >= 0 && bytes <= MOST_SAMPLED_BYTES;
    }

    private static String fault(EventBatch b, int i) {
        if (b.fault(i) < 0) {
            return "must be >= 0: fault=" + b.fault(i);
        }
        if (b.cards(i) < 0) {
            return "must be >= 0: cards=" + b.cards(i);
        }
        if (b.magnitudePpm(i) < 0 && b.faultKind(i) != FaultKind.CLOCK_SKEW) { // a clock may be behind
            return "must be >= 0: magnitudePpm=" + b.magnitudePpm(i);
        }
        if (b.plane(i) < -1 || b.stage(i) < -1) {
            return "must be >= -1: plane=" + b.plane(i) + " stage=" + b.stage(i);
        }
        return null;
    }

    private static String place(EventBatch b, int i) {
        if (b.step(i) < -1 || b.microbatch(i) < -1 || b.stage(i) < -1) {
            return "must be >= -1: step=" + b.step(i) + " microbatch=" + b.microbatch(i) + " stage=" + b.stage(i);
        }
        return null;
    }
}
