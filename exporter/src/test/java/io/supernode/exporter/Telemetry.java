package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Windows as the job would give them, computed from single facts here by plain addition: every card does some work in
 * every second. Windows of 1, 10 and 60 s of cards, nodes and the supernode agree with one another.
 */
final class Telemetry {
    static final long SECOND = 1_000_000_000L;
    static final long RUN = 7;
    static final long ORIGIN = 1_700_000_000L * SECOND;
    private static final long[] LENGTHS = {SECOND, 10 * SECOND, 60 * SECOND};

    private record Place(Scope scope, int entity, long startNanos, long lengthNanos) {}

    private record LatencyPlace(Place place, LatencyMetric metric) {}

    private final long run;
    private final long origin;
    private int nodesPerRack = 4;
    private final Map<Place, long[]> sums = new LinkedHashMap<>();
    private final Map<LatencyPlace, LatencySketch> sketches = new LinkedHashMap<>();
    private final Map<Record, Integer> revisions = new LinkedHashMap<>();
    private final Map<LatencyPlace, Long> fired = new LinkedHashMap<>();
    private final List<ThroughputWindow> throughput = new ArrayList<>();
    private final List<LatencyWindow> latency = new ArrayList<>();

    Telemetry(long run, long origin) {
        this.run = run;
        this.origin = origin;
    }

    Telemetry() {
        this(RUN, ORIGIN);
    }

    /** Work of some cards over some seconds, drawn from a seed. */
    static Telemetry of(long seed, int cards, int seconds) {
        Telemetry telemetry = new Telemetry();
        SplittableRandom random = new SplittableRandom(seed);
        for (int second = 0; second < seconds; second++) {
            for (int card = 0; card < cards; card++) {
                telemetry.compute(card, second, random.nextLong(1, 600_000_000L), random.nextLong(0, 500));
                telemetry.bus(card, second, LatencyMetric.ALL_REDUCE, random.nextLong(1, 200_000_000L), 1_000_000);
            }
        }
        return telemetry;
    }

    /** Nodes with following indices that share a rack; 4 unless it is said before the first event. */
    Telemetry nodesPerRack(int nodes) {
        nodesPerRack = nodes;
        return this;
    }

    /** A compute event of one card, within one second. */
    Telemetry compute(int card, int second, long durationNanos, long tokens) {
        add(card, second, sums -> {
            sums[0]++;
            sums[5] += durationNanos;
            sums[8] += tokens;
            sums[9] += 1000 * tokens;
            sums[10] += 64 * tokens;
        });
        addLatency(card, second, LatencyMetric.COMPUTE, durationNanos);
        return this;
    }

    /** A bus event of one card, within one second, a quarter of it wait. */
    Telemetry bus(int card, int second, LatencyMetric op, long durationNanos, long bytes) {
        long wait = durationNanos / 4;
        Consumer<long[]> change = sums -> {
            sums[1]++;
            sums[6] += durationNanos - wait;
            sums[7] += wait;
            sums[11] += bytes;
            sums[12] += bytes;
        };
        add(card, second, change);
        add(Scope.OPERATION, op.ordinal() - LatencyMetric.BUS_OTHER.ordinal(), second, change);
        addLatency(card, second, LatencyMetric.BUS, durationNanos);
        addLatency(card, second, LatencyMetric.BUS_WAIT, wait);
        addLatency(card, second, op, durationNanos);
        return this;
    }

    /** A card tells of itself in a second: 1,500 W. */
    Telemetry sample(int card, int second) {
        add(card, second, sums -> {
            sums[20]++;
            sums[21] += 1_500_000;
        });
        return this;
    }

    /** A card tells of itself in a second, and that its link to a plane was down. */
    Telemetry sampleWithoutPlane(int card, int second, int plane) {
        sample(card, second);
        Consumer<long[]> down = sums -> sums[22] += SECOND;
        add(card, second, down);
        add(Scope.PLANE, plane, second, down.andThen(sums -> sums[20]++));
        return this;
    }

    /** The truth of a disturbance of a card, told in a second: of its node, not of itself. */
    Telemetry fault(int card, int second) {
        for (Place place : places(card, second)) {
            if (place.scope != Scope.CARD) {
                add(place, sums -> sums[23]++);
            }
        }
        return this;
    }

    /** A whole step of one card that ended in a second. */
    Telemetry step(int card, int second, long durationNanos, long tokens) {
        add(card, second, sums -> {
            sums[2]++;
            sums[14] += tokens;
            sums[15] += 1000 * tokens;
            sums[16] += durationNanos;
        });
        addLatency(card, second, LatencyMetric.STEP, durationNanos);
        return this;
    }

    /** A request that a card finished in a second. */
    Telemetry request(int card, int second, long input, long output, long firstTokenNanos, long perTokenNanos) {
        add(card, second, sums -> {
            sums[3]++;
            sums[17] += input;
            sums[18] += output;
        });
        addLatency(card, second, LatencyMetric.TIME_TO_FIRST_TOKEN, firstTokenNanos);
        addLatency(card, second, LatencyMetric.TIME_PER_OUTPUT_TOKEN, perTokenNanos);
        return this;
    }

    /** Fires all windows as they are now; what has been fired before and has grown gets the next revision. */
    Telemetry fire() {
        sums.forEach((place, s) -> {
            if (s[19] == 1) {
                s[19] = 0;
                throughput.add(new ThroughputWindow(
                        run,
                        0,
                        place.scope,
                        place.entity,
                        origin,
                        place.startNanos,
                        place.lengthNanos,
                        revision(place),
                        s[0],
                        s[1],
                        s[2],
                        s[3],
                        0,
                        s[5],
                        s[6],
                        s[7],
                        s[8],
                        s[9],
                        s[10],
                        s[11],
                        s[12],
                        s[13],
                        s[14],
                        s[15],
                        s[16],
                        s[17],
                        s[18],
                        s[20],
                        s[23],
                        s[21],
                        0,
                        s[22]));
            }
        });
        sketches.forEach((key, sketch) -> {
            if (!Long.valueOf(sketch.count()).equals(fired.put(key, sketch.count()))) {
                latency.add(window(key, sketch, revision(key)));
            }
        });
        return this;
    }

    List<ThroughputWindow> throughput() {
        return throughput;
    }

    List<LatencyWindow> latency() {
        return latency;
    }

    /** Everything fired so far, each as a call on a store. */
    List<Consumer<WindowStore>> calls() {
        List<Consumer<WindowStore>> calls = new ArrayList<>();
        throughput.forEach(w -> calls.add(store -> store.accept(w)));
        latency.forEach(w -> calls.add(store -> store.accept(w)));
        return calls;
    }

    void into(WindowStore store) {
        calls().forEach(call -> call.accept(store));
    }

    private LatencyWindow window(LatencyPlace key, LatencySketch sketch, int revision) {
        return new LatencyWindow(
                run,
                0,
                key.place.scope,
                key.place.entity,
                key.metric,
                origin,
                key.place.startNanos,
                key.place.lengthNanos,
                revision,
                sketch.count(),
                sketch.sum(),
                sketch.min(),
                sketch.max(),
                sketch.bucketIndices(),
                sketch.bucketCounts());
    }

    private int revision(Record place) {
        return revisions.merge(place, 0, (known, zero) -> known + 1);
    }

    private void add(int card, int second, Consumer<long[]> change) {
        places(card, second).forEach(place -> add(place, change));
    }

    private void add(Scope scope, int entity, int second, Consumer<long[]> change) {
        for (long length : LENGTHS) {
            add(new Place(scope, entity, Math.floorDiv(second * SECOND, length) * length, length), change);
        }
    }

    private void add(Place place, Consumer<long[]> change) {
        long[] s = sums.computeIfAbsent(place, p -> new long[24]);
        change.accept(s);
        s[19] = 1;
    }

    private void addLatency(int card, int second, LatencyMetric metric, long nanos) {
        for (Place place : places(card, second)) {
            boolean cards = place.scope == Scope.CARD;
            if (cards && (metric.isBusOperation() || metric.name().startsWith("TIME_"))) {
                continue;
            }
            sketches.computeIfAbsent(new LatencyPlace(place, metric), p -> new LatencySketch())
                    .add(nanos);
        }
    }

    private List<Place> places(int card, int second) {
        List<Place> places = new ArrayList<>();
        for (long length : LENGTHS) {
            long start = Math.floorDiv(second * SECOND, length) * length;
            places.add(new Place(Scope.CARD, card, start, length));
            places.add(new Place(Scope.NODE, card / 8, start, length));
            places.add(new Place(Scope.RACK, card / 8 / nodesPerRack, start, length));
            places.add(new Place(Scope.SUPERNODE, 0, start, length));
        }
        return places;
    }
}
