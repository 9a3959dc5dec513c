package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.schemas.AnomalyCodec;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import io.supernode.window.WindowKey;
import io.supernode.window.WindowSink;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What came out: the highest revision of every window, as a reader of the topics would hold them. Thread-safe. */
final class Results implements WindowSink {
    record LatencyKey(WindowKey window, LatencyMetric metric) {}

    final Map<WindowKey, ThroughputWindow> throughput = new HashMap<>();
    final Map<LatencyKey, LatencyWindow> latency = new HashMap<>();
    final Map<Long, TrafficWindow> traffic = new TreeMap<>();
    final Map<Long, Anomaly> anomalies = new TreeMap<>();
    final Queue<DeadLetter> deadLetters = new ConcurrentLinkedQueue<>();
    long given;

    @Override
    public synchronized void throughput(ThroughputWindow window) {
        given++;
        throughput.merge(window.key(), window, (a, b) -> b.revision() >= a.revision() ? b : a);
    }

    synchronized int throughputWindows() {
        return throughput.size();
    }

    @Override
    public synchronized void latency(LatencyWindow window) {
        given++;
        latency.merge(
                new LatencyKey(window.key(), window.metric()), window, (a, b) -> b.revision() >= a.revision() ? b : a);
    }

    synchronized void traffic(TrafficWindow window) {
        traffic.merge(window.startNanos(), window, (a, b) -> b.revision() >= a.revision() ? b : a);
    }

    /** By way of the bytes that the topic holds. */
    synchronized void anomaly(Anomaly given) {
        Anomaly anomaly;
        try {
            anomaly = AnomalyCodec.decode(AnomalyCodec.encode(given));
        } catch (UnreadableException e) {
            throw new AssertionError(e);
        }
        anomalies.merge(anomaly.anomaly(), anomaly, (a, b) -> b.revision() >= a.revision() ? b : a);
    }

    /** Everything but revisions and how much came late. */
    synchronized Map<String, String> contents() {
        Map<String, String> contents = new HashMap<>();
        throughput.forEach((key, w) -> contents.put(
                key.toString(), w.toString().replaceFirst("revision=\\d+", "").replaceFirst("lateEvents=\\d+", "")));
        latency.forEach((key, w) -> contents.put(
                key.toString(),
                w.count() + " " + w.sumNanos() + " " + w.minNanos() + " " + w.maxNanos() + " " + w.originEpochNanos()
                        + Arrays.toString(w.bucketIndices()) + Arrays.toString(w.bucketCounts())));
        return contents;
    }

    synchronized long windowedEvents() {
        return throughput.values().stream()
                .filter(w -> w.scope() == Scope.SUPERNODE && w.lengthNanos() == Telemetry.SECOND)
                .mapToLong(ThroughputWindow::events)
                .sum();
    }

    synchronized long lateEvents() {
        return throughput.values().stream()
                .filter(w -> w.scope() == Scope.SUPERNODE && w.lengthNanos() == Telemetry.SECOND)
                .mapToLong(ThroughputWindow::lateEvents)
                .sum();
    }
}
