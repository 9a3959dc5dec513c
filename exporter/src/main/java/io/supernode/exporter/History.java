package io.supernode.exporter;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What {@code /metrics} would have given every so many seconds of one run's event time, had it been scraped then: for
 * runs that went faster or slower than time, or long ago, to be loaded into Prometheus at the times of the events.
 *
 * <p>Windows come in nearly any order and are put into the order of their ends; a moment is written once everything
 * that ended by then is there, so that the text depends on the windows alone. Not thread-safe.
 */
final class History implements Closeable {
    private static final String ABOUT_THE_EXPORTER = "supernode_exporter_";

    private final long everyNanos;
    private final HistoryFile file = new HistoryFile();
    /** Of a clock that stands still: nothing grows stale while it is read. */
    private final WindowStore store = new WindowStore(() -> 0);

    private final WindowCollector collector;
    private final TreeMap<Long, List<ThroughputWindow>> throughput = new TreeMap<>();
    private final TreeMap<Long, List<LatencyWindow>> latency = new TreeMap<>();
    private long originEpochNanos;
    private long nextNanos = Long.MIN_VALUE;
    private boolean isChanged;

    /** @param everyNanos event time between two moments, &gt; 0 */
    History(RunInfo info, long everyNanos) throws IOException {
        if (everyNanos <= 0) {
            throw new IllegalArgumentException("must be > 0: everyNanos=" + everyNanos);
        }
        this.everyNanos = everyNanos;
        this.collector = new WindowCollector(store, info, new DeadLetters(), new ReaderState(null));
    }

    void add(ThroughputWindow window) {
        originEpochNanos = window.originEpochNanos();
        throughput.computeIfAbsent(window.endNanos(), end -> new ArrayList<>()).add(window);
    }

    void add(LatencyWindow window) {
        originEpochNanos = window.originEpochNanos();
        latency.computeIfAbsent(window.endNanos(), end -> new ArrayList<>()).add(window);
    }

    /** Says that no window that ends by then will come any more: writes the moments up to there. */
    void complete(long throughNanos) throws IOException {
        long end = firstEnd();
        while (end <= throughNanos && end != Long.MAX_VALUE) {
            writeBefore(end);
            for (ThroughputWindow window : taken(throughput, end)) {
                store.accept(window);
            }
            for (LatencyWindow window : taken(latency, end)) {
                store.accept(window);
            }
            isChanged = true;
            end = firstEnd();
        }
    }

    /** Says that no window will come any more, and writes everything down. Returns the number of samples. */
    long finish(Path target) throws IOException {
        complete(Long.MAX_VALUE);
        if (isChanged) {
            write();
        }
        file.writeTo(target);
        return file.samples();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private long firstEnd() {
        return Math.min(
                throughput.isEmpty() ? Long.MAX_VALUE : throughput.firstKey(),
                latency.isEmpty() ? Long.MAX_VALUE : latency.firstKey());
    }

    /** Writes the moments before a time; while no window comes there is nothing to tell. */
    private void writeBefore(long endNanos) throws IOException {
        while (nextNanos < endNanos) {
            if (!isChanged) {
                nextNanos = -Math.floorDiv(-endNanos, everyNanos) * everyNanos;
                return;
            }
            write();
        }
    }

    private void write() throws IOException {
        List<MetricFamilySamples> scrape = collector.collect().stream()
                .filter(family -> !family.name.startsWith(ABOUT_THE_EXPORTER))
                .toList();
        file.add(scrape, Math.floorDiv(originEpochNanos + nextNanos, 1_000_000));
        nextNanos += everyNanos;
        isChanged = false;
    }

    private static <T> List<T> taken(TreeMap<Long, List<T>> byEnd, long end) {
        List<T> windows = byEnd.remove(end);
        return windows == null ? List.of() : windows;
    }
}
