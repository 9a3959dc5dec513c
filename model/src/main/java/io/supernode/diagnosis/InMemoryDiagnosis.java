package io.supernode.diagnosis;

import io.supernode.event.EventBatch;
import io.supernode.window.PartialReader;
import io.supernode.window.WindowPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The diagnosis of one supernode of one run, without a stream processor: what the job does, in one thread and in memory.
 * Not thread-safe.
 */
public final class InMemoryDiagnosis {
    private final Detector.Subject subject;
    private final EvidenceFolder folder = new EvidenceFolder();
    private final Detector detector = new Detector();
    private final PartialReader reader = new PartialReader();
    private final TreeMap<Long, SliceEvidence> slices = new TreeMap<>();
    private final Map<Long, Anomaly> anomalies = new TreeMap<>();

    public InMemoryDiagnosis(long run, int supernode, long originEpochNanos) {
        subject = new Detector.Subject(run, supernode, originEpochNanos, 0);
    }

    /** Folds what a node reports. */
    public void fold(int node, EventBatch events) {
        folder.fold(node, events, Long.MIN_VALUE);
    }

    /** Time has come to {@code throughNanos}: judges the slices that end until then. */
    public void advance(long throughNanos) {
        folder.flush(WindowPlan.slice(throughNanos), this::merge);
        slices.forEach((slice, evidence) ->
                detector.slice(subject, slice, evidence).forEach(anomaly -> anomalies.put(anomaly.anomaly(), anomaly)));
        slices.clear();
    }

    /** The last revision of every anomaly so far, in the order in which they were found. */
    public List<Anomaly> anomalies() {
        return new ArrayList<>(anomalies.values());
    }

    private void merge(long slice, byte[] evidence) {
        reader.open(evidence);
        slices.computeIfAbsent(slice, s -> new SliceEvidence()).mergeFrom(reader);
    }
}
