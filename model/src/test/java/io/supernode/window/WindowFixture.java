package io.supernode.window;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Seeded events of a small supernode, and a sink that keeps the last revision of every window. */
final class WindowFixture {
    static final int CARDS_PER_NODE = 4;
    static final int NODES = 3;
    /** The second rack is half full. */
    static final int NODES_PER_RACK = 2;

    private static final long MILLI = 1_000_000L;

    private WindowFixture() {}

    /** Events of all kinds that end within {@code seconds}; some last longer than several windows. */
    static EventBatch events(long seed, int count, int seconds) {
        Random random = new Random(seed);
        EventBatch events = new EventBatch();
        for (int i = 0; i < count; i++) {
            int card = random.nextInt(CARDS_PER_NODE * NODES);
            // whole milliseconds often, so that ends meet the boundaries of windows
            long end = random.nextInt(4) == 0
                    ? random.nextInt(seconds * 10) * 100 * MILLI
                    : random.nextLong(seconds * 1000 * MILLI);
            long duration =
                    switch (random.nextInt(6)) {
                        case 0 -> 0;
                        case 1 -> random.nextLong(15_000 * MILLI);
                        case 2 -> 1000 * MILLI;
                        default -> random.nextLong(50 * MILLI);
                    };
            switch (random.nextInt(6)) {
                case 0 ->
                    events.addCompute(
                            card,
                            ComputeOp.values()[random.nextInt(ComputeOp.values().length)],
                            end - duration,
                            duration,
                            random.nextInt(5000),
                            random.nextInt(1 << 30),
                            random.nextLong(1L << 36),
                            0,
                            0,
                            0);
                case 1 ->
                    events.addBus(
                            card,
                            BusOp.values()[random.nextInt(BusOp.values().length)],
                            Fabric.BUS,
                            1,
                            8,
                            -1,
                            end - duration,
                            duration,
                            duration == 0 ? 0 : random.nextLong(duration + 1),
                            random.nextInt(3) - 1 < 0 ? -1 : random.nextLong(1L << 30),
                            random.nextInt(3) - 1 < 0 ? -1 : random.nextLong(1L << 30),
                            0,
                            0,
                            0);
                case 2 -> events.addStep(card, i, end - duration, duration, 0, random.nextInt(9999), 77);
                case 3 ->
                    events.addSample(
                            card,
                            end,
                            duration,
                            random.nextInt(1_000_000),
                            random.nextInt(1_000_000),
                            1_650,
                            60_000,
                            random.nextInt(1_200_000),
                            random.nextLong(1L << 37),
                            random.nextLong(1L << 30),
                            random.nextLong(1L << 30),
                            random.nextInt(3),
                            random.nextInt(2) * random.nextInt(1 << 7));
                case 4 -> {
                    int plane = random.nextInt(8) - 1;
                    FaultKind kind = plane < 0 ? FaultKind.SLOW_CARD : FaultKind.LANE_DOWN;
                    events.addFault(card, end, duration, i, kind, false, 1, plane, -1, 1_500_000);
                }
                default ->
                    events.addRequest(
                            card,
                            i,
                            end - duration,
                            end - duration < 0 || random.nextBoolean() ? -1 : end - duration / 3,
                            end,
                            random.nextInt(4000),
                            random.nextInt(200));
            }
        }
        return events;
    }

    /** The events of one node, in order. */
    static EventBatch ofNode(EventBatch events, int node) {
        EventBatch own = new EventBatch();
        for (int i = 0; i < events.size(); i++) {
            if (events.card(i) / CARDS_PER_NODE == node) {
                own.addFrom(events, i, 0);
            }
        }
        return own;
    }

    static EventBatch shuffled(EventBatch events, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        EventBatch result = new EventBatch();
        order.forEach(i -> result.addFrom(events, i, 0));
        return result;
    }

    static EventBatch part(EventBatch events, int from, int to) {
        EventBatch part = new EventBatch();
        for (int i = from; i < to; i++) {
            part.addFrom(events, i, 0);
        }
        return part;
    }

    /** Keeps the last of every window and refuses a revision that does not rise. */
    static final class LastRevisions implements WindowSink {
        record LatencyKey(WindowKey window, LatencyMetric metric) {}

        final Map<WindowKey, ThroughputWindow> throughput = new HashMap<>();
        final Map<LatencyKey, LatencyWindow> latency = new HashMap<>();
        int given;

        @Override
        public void throughput(ThroughputWindow window) {
            given++;
            ThroughputWindow before = throughput.put(window.key(), window);
            if (before != null && before.revision() >= window.revision()) {
                throw new AssertionError("revision does not rise: " + before + " then " + window);
            }
        }

        @Override
        public void latency(LatencyWindow window) {
            LatencyWindow before = latency.put(new LatencyKey(window.key(), window.metric()), window);
            if (before != null && before.revision() >= window.revision()) {
                throw new AssertionError("revision does not rise: " + before + " then " + window);
            }
        }

        /** Figures without what depends on when things came. */
        Map<String, Map<String, Long>> sums() {
            Map<String, Map<String, Long>> all = new HashMap<>();
            throughput.forEach((key, window) -> all.put(key.toString(), ReferenceWindows.sums(window)));
            latency.forEach((key, window) -> all.put(
                    key.toString(),
                    Map.of(
                            "count", window.count(),
                            "sum", window.sumNanos(),
                            "min", window.minNanos(),
                            "max", window.maxNanos(),
                            "buckets", (long) java.util.Arrays.hashCode(window.bucketIndices()),
                            "counts", (long) java.util.Arrays.hashCode(window.bucketCounts()))));
            return all;
        }
    }
}
