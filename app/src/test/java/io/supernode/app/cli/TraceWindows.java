package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.replay.TraceEvents;
import io.supernode.window.InMemoryWindows;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowPlan;
import io.supernode.window.WindowSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The windows of a trace, summed: the arithmetic of the job, which the job's own tests hold it to, over events as a
 * replay would send them, node by node.
 */
final class TraceWindows implements WindowSink {
    private static final int CARDS_PER_NODE = 8;
    private static final long SECOND = 1_000_000_000L;
    private static final long LATENESS = 60 * SECOND;
    private static final double[] QUANTILES = {0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999};

    /** Last revisions of one-second windows of the supernode, by their start. */
    private final Map<Long, ThroughputWindow> seconds = new HashMap<>();

    /** Last revisions of the supernode's distributions. */
    private final Map<Distribution, LatencyWindow> distributions = new HashMap<>();

    /** The values themselves, of windows of all lengths. */
    private final Map<Distribution, List<Long>> exact = new HashMap<>();

    /** One metric of the supernode in one window. */
    private record Distribution(LatencyMetric metric, long startNanos, long lengthNanos) {}

    static TraceWindows of(Path trace) throws IOException {
        TraceWindows sums = new TraceWindows();
        InMemoryWindows windows = new InMemoryWindows(1, 0, 0, LATENESS, sums);
        EventBatch batch = new EventBatch();
        try (TraceEvents events = TraceEvents.open(trace)) {
            while (events.next(batch)) {
                Map<Integer, EventBatch> byNode = new HashMap<>();
                for (int i = 0; i < batch.size(); i++) {
                    byNode.computeIfAbsent(batch.card(i) / CARDS_PER_NODE, node -> new EventBatch())
                            .addFrom(batch, i, 0);
                    sums.note(batch, i);
                }
                byNode.forEach(windows::fold);
                windows.advance(events.throughNanos());
            }
        }
        windows.finish();
        return sums;
    }

    @Override
    public void throughput(ThroughputWindow window) {
        if (window.scope() == Scope.SUPERNODE && window.lengthNanos() == SECOND) {
            seconds.merge(window.startNanos(), window, (a, b) -> a.revision() > b.revision() ? a : b);
        }
    }

    @Override
    public void latency(LatencyWindow window) {
        if (window.scope() == Scope.SUPERNODE) {
            distributions.merge(
                    new Distribution(window.metric(), window.startNanos(), window.lengthNanos()),
                    window,
                    (a, b) -> a.revision() > b.revision() ? a : b);
        }
    }

    private void note(EventBatch events, int i) {
        long end = events.endNanos(i);
        long duration = events.durationNanos(i);
        switch (events.kind(i)) {
            case COMPUTE -> note(LatencyMetric.COMPUTE, end, duration);
            case BUS -> {
                note(LatencyMetric.BUS, end, duration);
                note(LatencyMetric.BUS_WAIT, end, events.waitNanos(i));
                note(LatencyMetric.of(events.busOp(i)), end, duration);
            }
            case STEP -> note(LatencyMetric.STEP, end, duration);
            case REQUEST -> {
                long first = events.firstTokenNanos(i);
                if (first >= 0) {
                    note(LatencyMetric.TIME_TO_FIRST_TOKEN, end, first - events.startNanos(i));
                    if (events.outputTokens(i) > 1) {
                        note(LatencyMetric.TIME_PER_OUTPUT_TOKEN, end, (end - first) / (events.outputTokens(i) - 1));
                    }
                }
            }
            case SAMPLE, FAULT -> {
                // neither has a distribution
            }
        }
    }

    private void note(LatencyMetric metric, long endNanos, long nanos) {
        for (int i = 0; i < WindowPlan.lengths(); i++) {
            long length = WindowPlan.lengthSlices(i) * SECOND;
            exact.computeIfAbsent(
                            new Distribution(metric, Math.floorDiv(endNanos, length) * length, length),
                            d -> new ArrayList<>())
                    .add(nanos);
        }
    }

    /**
     * The largest relative error of any percentile of any window against the sorted values; fails where a window is
     * missing or one too many.
     */
    double worstPercentileError() {
        assertThat(distributions.keySet()).isEqualTo(exact.keySet());
        double worst = 0;
        for (Map.Entry<Distribution, List<Long>> values : exact.entrySet()) {
            List<Long> sorted = new ArrayList<>(values.getValue());
            Collections.sort(sorted);
            LatencySketch sketch = distributions.get(values.getKey()).sketch();
            for (double q : QUANTILES) {
                long truth = sorted.get((int) Math.max(1, Math.ceil(q * sorted.size())) - 1);
                double error = Math.abs(sketch.quantile(q) - truth);
                worst = Math.max(worst, truth == 0 ? error : error / truth);
            }
        }
        return worst;
    }

    long sum(ToLongFunction<ThroughputWindow> figure) {
        return seconds.values().stream().mapToLong(figure).sum();
    }
}
