package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.util.EnumMap;
import java.util.Map;

/** What is known of one card, one node or a whole supernode: totals of the run and its newest windows. Not thread-safe. */
final class EntityBook {
    private final int entity;
    private Totals totals = Totals.NONE;
    private ThroughputWindow second;
    private ThroughputWindow tenSeconds;
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
        tenSeconds = newer(tenSeconds, window);
    }

    void takeTenSeconds(LatencyWindow window) {
        latency.merge(window.metric(), window, (a, b) -> b.startNanos() >= a.startNanos() ? b : a);
    }

    /** End of the newest window of 1 s; {@link Long#MIN_VALUE} before the first. */
    long newestEndNanos() {
        return second == null ? Long.MIN_VALUE : second.endNanos();
    }

    Totals totals() {
        return totals;
    }

    EntityView view(long notBeforeNanos) {
        Map<LatencyMetric, LatencyWindow> fresh = new EnumMap<>(LatencyMetric.class);
        latency.forEach((metric, window) -> {
            if (window.endNanos() >= notBeforeNanos) {
                fresh.put(metric, window);
            }
        });
        return new EntityView(
                entity,
                totals,
                second,
                tenSeconds != null && tenSeconds.endNanos() >= notBeforeNanos ? tenSeconds : null,
                lastSteps == null ? 0 : lastSteps.stepNanos() / 1e9 / lastSteps.stepEvents(),
                fresh);
    }

    private static ThroughputWindow newer(ThroughputWindow known, ThroughputWindow other) {
        return known == null || other.startNanos() >= known.startNanos() ? other : known;
    }
}
