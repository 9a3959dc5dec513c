package io.supernode.window;

/**
 * What one card, node, part of a supernode or supernode did in one slice or window: figures and, per metric, a sketch. In a window it also
 * remembers which revision comes next and what has changed since the last. Not thread-safe.
 */
final class EntityAccumulator {
    private static final LatencyMetric[] METRICS = LatencyMetric.values();

    final ThroughputAccumulator throughput = new ThroughputAccumulator();
    /** By ordinal of the metric; made when first needed, kept when cleared. */
    private final LatencySketch[] sketches = new LatencySketch[METRICS.length];
    /** One bit per metric that has values. */
    private long filled;
    /** One bit per metric that has changed since the window was last given. */
    private long changedMetrics;

    private boolean changed;
    private int nextRevision;

    void add(LatencyMetric metric, long nanos) {
        sketch(metric.ordinal()).add(nanos);
    }

    void merge(EntityAccumulator other) {
        throughput.merge(other.throughput);
        for (long rest = other.filled; rest != 0; rest &= rest - 1) {
            int metric = Long.numberOfTrailingZeros(rest);
            sketch(metric).merge(other.sketches[metric]);
        }
        changed |= other.changed;
        changedMetrics |= other.changedMetrics;
    }

    void clear() {
        throughput.clear();
        for (long rest = filled; rest != 0; rest &= rest - 1) {
            sketches[Long.numberOfTrailingZeros(rest)].clear();
        }
        filled = 0;
        changedMetrics = 0;
        changed = false;
        nextRevision = 0;
    }

    void write(PartialWriter out) {
        out.write(nextRevision);
        out.write(changed ? 1 : 0);
        out.write(changedMetrics);
        throughput.write(out);
        out.write(filled);
        for (long rest = filled; rest != 0; rest &= rest - 1) {
            sketches[Long.numberOfTrailingZeros(rest)].write(out);
        }
    }

    /** Takes over what {@link #write} wrote, with its revision and marks; this must be clear. */
    void restore(PartialReader in) {
        nextRevision = in.readInt();
        changed = in.read() != 0;
        changedMetrics = in.read();
        throughput.mergeFrom(in);
        mergeSketches(in);
    }

    /**
     * Adds what {@link #write} wrote elsewhere and marks it as changed.
     *
     * @param latencies takes the sketches: this, or the group's when this entity's are not wanted
     * @param late true when the window has been given before
     */
    void mergeFrom(PartialReader in, EntityAccumulator latencies, boolean late) {
        in.readInt();
        in.read();
        in.read();
        long before = throughput.events();
        throughput.mergeFrom(in);
        if (late) {
            throughput.add(ThroughputAccumulator.LATE_EVENTS, throughput.events() - before);
        }
        changed = true;
        latencies.changedMetrics |= latencies.mergeSketches(in);
    }

    /** Gives the next revision of what has changed, and forgets that it has. */
    void give(WindowKey key, long originEpochNanos, int lowestRevision, WindowSink out) {
        int revision = Math.max(nextRevision, lowestRevision);
        out.throughput(throughput.window(key, originEpochNanos, revision));
        for (long rest = changedMetrics; rest != 0; rest &= rest - 1) {
            int metric = Long.numberOfTrailingZeros(rest);
            if (WindowPlan.hasLatency(key.scope(), METRICS[metric], key.lengthNanos())) {
                out.latency(latency(key, METRICS[metric], originEpochNanos, revision));
            }
        }
        given(revision);
    }

    /** Forgets what has changed: {@code revision} has been given. */
    void given(int revision) {
        nextRevision = revision + 1;
        changed = false;
        changedMetrics = 0;
    }

    boolean isEmpty() {
        return filled == 0 && throughput.isEmpty();
    }

    boolean isChanged() {
        return changed;
    }

    int nextRevision() {
        return nextRevision;
    }

    /** This one's revision is the other's; figures stay. */
    void followRevision(EntityAccumulator other) {
        nextRevision = other.nextRevision;
    }

    private LatencyWindow latency(WindowKey key, LatencyMetric metric, long originEpochNanos, int revision) {
        LatencySketch sketch = sketches[metric.ordinal()];
        return new LatencyWindow(
                key.run(),
                key.supernode(),
                key.scope(),
                key.entity(),
                metric,
                originEpochNanos,
                key.startNanos(),
                key.lengthNanos(),
                revision,
                sketch.count(),
                sketch.sum(),
                sketch.min(),
                sketch.max(),
                sketch.bucketIndices(),
                sketch.bucketCounts());
    }

    private long mergeSketches(PartialReader in) {
        long present = in.read();
        for (long rest = present; rest != 0; rest &= rest - 1) {
            sketch(Long.numberOfTrailingZeros(rest)).mergeFrom(in);
        }
        return present;
    }

    private LatencySketch sketch(int metric) {
        filled |= 1L << metric;
        LatencySketch sketch = sketches[metric];
        if (sketch == null) {
            sketch = new LatencySketch();
            sketches[metric] = sketch;
        }
        return sketch;
    }
}
