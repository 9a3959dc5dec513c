package io.supernode.exporter;

import io.supernode.window.ThroughputWindow;
import java.util.OptionalDouble;

/**
 * The sums of throughput windows that do not overlap: what one entity did since the run began. Fields as in {@link
 * ThroughputWindow}. Kept exact through corrections by adding the new revision and taking the old one away.
 */
public record Totals(
        long computeEvents,
        long busEvents,
        long stepEvents,
        long requestEvents,
        long lateEvents,
        long computeNanos,
        long transitNanos,
        long waitNanos,
        long tokens,
        long megaflops,
        long hbmBytes,
        long sentBytes,
        long receivedBytes,
        long unknownSizeEvents,
        long stepTokens,
        long stepMegaflops,
        long stepNanos,
        long inputTokens,
        long outputTokens,
        long sampleEvents,
        long faultEvents,
        long energyMillijoules,
        long linkErrors,
        long linkDownNanos) {
    public static final Totals NONE =
            new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Events of all kinds. */
    public long events() {
        return computeEvents + busEvents + stepEvents + requestEvents + sampleEvents + faultEvents;
    }

    public Totals plus(ThroughputWindow w) {
        return plus(w, 1);
    }

    public Totals minus(ThroughputWindow w) {
        return plus(w, -1);
    }

    public Totals plus(Totals t) {
        return new Totals(
                computeEvents + t.computeEvents,
                busEvents + t.busEvents,
                stepEvents + t.stepEvents,
                requestEvents + t.requestEvents,
                lateEvents + t.lateEvents,
                computeNanos + t.computeNanos,
                transitNanos + t.transitNanos,
                waitNanos + t.waitNanos,
                tokens + t.tokens,
                megaflops + t.megaflops,
                hbmBytes + t.hbmBytes,
                sentBytes + t.sentBytes,
                receivedBytes + t.receivedBytes,
                unknownSizeEvents + t.unknownSizeEvents,
                stepTokens + t.stepTokens,
                stepMegaflops + t.stepMegaflops,
                stepNanos + t.stepNanos,
                inputTokens + t.inputTokens,
                outputTokens + t.outputTokens,
                sampleEvents + t.sampleEvents,
                faultEvents + t.faultEvents,
                energyMillijoules + t.energyMillijoules,
                linkErrors + t.linkErrors,
                linkDownNanos + t.linkDownNanos);
    }

    /**
     * Tokens of whole steps over the card time those steps took; absent before the first whole step, and where steps do
     * not tell their tokens, as in recordings of profilers.
     */
    public OptionalDouble tokensPerSecondPerCard() {
        return stepNanos == 0 || stepTokens == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(stepTokens * 1e9 / stepNanos);
    }

    private Totals plus(ThroughputWindow w, long sign) {
        return new Totals(
                computeEvents + sign * w.computeEvents(),
                busEvents + sign * w.busEvents(),
                stepEvents + sign * w.stepEvents(),
                requestEvents + sign * w.requestEvents(),
                lateEvents + sign * w.lateEvents(),
                computeNanos + sign * w.computeNanos(),
                transitNanos + sign * w.transitNanos(),
                waitNanos + sign * w.waitNanos(),
                tokens + sign * w.tokens(),
                megaflops + sign * w.megaflops(),
                hbmBytes + sign * w.hbmBytes(),
                sentBytes + sign * w.sentBytes(),
                receivedBytes + sign * w.receivedBytes(),
                unknownSizeEvents + sign * w.unknownSizeEvents(),
                stepTokens + sign * w.stepTokens(),
                stepMegaflops + sign * w.stepMegaflops(),
                stepNanos + sign * w.stepNanos(),
                inputTokens + sign * w.inputTokens(),
                outputTokens + sign * w.outputTokens(),
                sampleEvents + sign * w.sampleEvents(),
                faultEvents + sign * w.faultEvents(),
                energyMillijoules + sign * w.energyMillijoules(),
                linkErrors + sign * w.linkErrors(),
                linkDownNanos + sign * w.linkDownNanos());
    }
}
