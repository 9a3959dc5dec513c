package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the windows of one run add up to. Everything comes from windows of 1 s of whole supernodes, so that nothing is
 * counted twice; only the digest covers windows of every length and scope. Immutable but for the sketches, which are
 * copies.
 *
 * @param firstNanos start of the first window, event time
 * @param lastNanos end of the newest window, event time
 * @param totals over all supernodes
 * @param latency distributions over the whole run; a metric that never occurred is absent
 * @param cards cards with at least one window
 * @param windows windows counted in the digest, each once
 * @param even whether windows of every scope and length tell of the same events; false while some are still to come
 * @param digestWindows 32 hexadecimal digits: the sum of the windows' hashes
 */
public record RunFigures(
        long run,
        long originEpochNanos,
        long firstNanos,
        long lastNanos,
        Totals totals,
        Map<LatencyMetric, LatencySketch> latency,
        int cards,
        int cardsWithCompute,
        int cardsWithBus,
        int cardsWithSteps,
        long windows,
        boolean even,
        String digestWindows) {
    /** A run of which no window has come. */
    public static RunFigures none(long run) {
        return new RunFigures(run, 0, 0, 0, Totals.NONE, Map.of(), 0, 0, 0, 0, 0, true, "0".repeat(32));
    }

    /** Events of all kinds that are in windows, late ones included. */
    public long windowedEvents() {
        return totals.events();
    }

    /** Events that came after their window had first been given; they are in {@link #windowedEvents()} too. */
    public long lateEvents() {
        return totals.lateEvents();
    }

    /** Event time that the windows cover, seconds. */
    public double spanSeconds() {
        return (lastNanos - firstNanos) / 1e9;
    }

    /** Of whole steps, as {@link Totals#tokensPerSecondPerCard()}. */
    public OptionalDouble tokensPerSecondPerCard() {
        return totals.tokensPerSecondPerCard();
    }

    /**
     * Of whole steps, times the cards that had steps; where a workload has no steps, tokens of compute events over the
     * span of the windows; absent where there are no tokens at all.
     */
    public OptionalDouble tokensPerSecond() {
        OptionalDouble perCard = tokensPerSecondPerCard();
        if (perCard.isPresent()) {
            return OptionalDouble.of(perCard.getAsDouble() * cardsWithSteps);
        }
        return totals.tokens() == 0 ? OptionalDouble.empty() : perSecond(totals.tokens());
    }

    /** Bytes that left all cards over the span of the windows; absent where no bus event told its size. */
    public OptionalDouble busBytesPerSecond() {
        return totals.busEvents() == totals.unknownSizeEvents()
                ? OptionalDouble.empty()
                : perSecond(totals.sentBytes());
    }

    /** Operations of compute events over the span of the windows; absent where there are none. */
    public OptionalDouble flopsPerSecond() {
        return totals.megaflops() == 0 ? OptionalDouble.empty() : perSecond(totals.megaflops() * 1e6);
    }

    /**
     * Model work of whole steps over what the cards could have done in that time at their peak.
     *
     * @param peakFlopsPerCard operations per second of one card; 0 unknown
     */
    public OptionalDouble modelFlopsUtilization(double peakFlopsPerCard) {
        return peakFlopsPerCard == 0 || totals.stepNanos() == 0 || totals.stepMegaflops() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(totals.stepMegaflops() * 1e6 / (totals.stepNanos() / 1e9 * peakFlopsPerCard));
    }

    private OptionalDouble perSecond(double amount) {
        return spanSeconds() <= 0 ? OptionalDouble.empty() : OptionalDouble.of(amount / spanSeconds());
    }
}
