package io.supernode.app.cli;

import io.supernode.event.EventBatch;
import io.supernode.replay.TraceEvents;
import io.supernode.window.InMemoryWindows;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
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

    /** Last revisions of one-second windows of the supernode, by their start. */
    private final Map<Long, ThroughputWindow> seconds = new HashMap<>();

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
        // sketches to one percent: nothing that could be compared with the book to 0.1 us
    }

    long sum(ToLongFunction<ThroughputWindow> figure) {
        return seconds.values().stream().mapToLong(figure).sum();
    }
}
