package io.supernode.exporter;

import io.prometheus.client.Collector;
import java.util.List;

/** What the replay beside the exporter does, where there is one. Thread-safe. */
final class ReplayCollector extends Collector {
    private final ControlApi control;

    ReplayCollector(ControlApi control) {
        this.control = control;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        MetricFamilies out = new MetricFamilies();
        control.controls().map(Controls::replay).ifPresent(replay -> {
            out.add(Metric.REPLAY_PAUSED, replay.paused() ? 1 : 0);
            out.add(Metric.REPLAY_LAG, replay.lagNanos() / 1e9);
            out.add(Metric.REPLAY_SENT, replay.sentEvents());
            out.add(Metric.REPLAY_SEEKS, control.seeks());
        });
        return out.families();
    }
}
