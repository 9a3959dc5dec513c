package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.util.EnumMap;
import java.util.Map;

/** What is known of one card, node, rack, operation, plane or a whole supernode: totals of the run and its newest windows. Not thread-safe. */
final class EntityBook {
    private final int entity;
    private Totals totals = Totals.NONE;
    private ThroughputWindow second;
    private ThroughputWindow tenSeconds;
    /** The one before {@link #tenSeconds}, shown while the newest of other entities are still to come. */
    private ThroughputWindow earlierTenSeconds;

    private ThroughputWindow lastSteps;
    private final Map<LatencyMetric, LatencyWindow> latency = new EnumMap<>(LatencyMetric.class);

    EntityBook(int entity) {
        this.entity = entity;
    }

    /** @param replaced the revision that the window replaces; null when it is the first */
    void takeSecond(ThroughputWindow window, ThroughputWindow replaced) {
        totals = replaced == null ? totals.plus(window) : totals.minus(replaced).plus(window);
        second = newer(second, window);
        if (window.stepEvents() > 0) {
            lastSteps = newer(lastSteps, window);
        }
    }

    void takeTenSeconds(ThroughputWindow window) {
        if (tenSeconds != null && window.startNanos() < tenSeconds.startNanos()) {
            earlierTenSeconds = newer(earlierTenSeconds, window);
        } else {
            if (tenSeconds != null && window.startNanos() > tenSeconds.startNanos()) {
                earlierTenSeconds = tenSeconds;
            }
            tenSeconds = window;
        }
    }

    void takeTenSeconds(LatencyWindow window) {
        latency.merge(window.metric(), window, (a, b) -> b.startNanos() >= a.startNanos() ? b : a);
    }

    /** End of the newest window of 1 s; {@link Long#MIN_VALUE} before the first. */
    long newestEndNanos() {
        return second == null ? Long.MIN_VALUE : second.endNanos();
    }

    /** End of the newest window of 10 s; {@link Long#MIN_VALUE} before the first. */
    long newestTenSecondsEndNanos() {
        return tenSeconds == null ? Long.MIN_VALUE : tenSeconds.endNanos();
    }

    Totals totals() {
        return totals;
    }

    /**
     * @param notBeforeNanos windows that ended before are too old to be shown
     * @param settledNanos windows of 10 s that end later are not shown yet
     */
    EntityView view(long notBeforeNanos, long settledNanos) {
        Map<LatencyMetric, LatencyWindow> fresh = new EnumMap<>(LatencyMetric.class);
        latency.forEach((metric, window) -> {
            if (window.endNanos() >= notBeforeNanos) {
                fresh.put(metric, window);
            }
        });
        ThroughputWindow shown =
                tenSeconds != null && tenSeconds.endNanos() > settledNanos ? earlierTenSeconds : tenSeconds;
        return new EntityView(
                entity,
                totals,
                second,
                shown != null && shown.endNanos() >= notBeforeNanos ? shown : null,
                lastSteps == null ? 0 : lastSteps.stepNanos() / 1e9 / lastSteps.stepEvents(),
                fresh);
    }

    private static ThroughputWindow newer(ThroughputWindow known, ThroughputWindow other) {
        return known == null || other.startNanos() >= known.startNanos() ? other : known;
    }
}
