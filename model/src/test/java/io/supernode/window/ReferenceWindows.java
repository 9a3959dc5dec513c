package io.supernode.window;

import io.supernode.event.BusEvent;
import io.supernode.event.BusOp;
import io.supernode.event.CardSample;
import io.supernode.event.ComputeEvent;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Windows the slow way: for every window, every event is asked what it has to do with it. Latencies are kept whole.
 * Shares nothing with the accumulators but the records.
 */
final class ReferenceWindows {
    private static final long SECOND = 1_000_000_000L;

    /** A window's figures by name, and its latencies by metric. */
    static final class Figures {
        final Map<String, Long> sums = new TreeMap<>();
        final Map<LatencyMetric, List<Long>> latencies = new TreeMap<>();

        private void add(String name, long amount) {
            if (amount != 0) {
                sums.merge(name, amount, Long::sum);
            }
        }

        private void latency(LatencyMetric metric, long nanos) {
            latencies.computeIfAbsent(metric, m -> new ArrayList<>()).add(nanos);
        }
    }

    private final Map<WindowKey, Figures> windows = new TreeMap<>(java.util.Comparator.comparing(WindowKey::toString));
    private final long run;

    ReferenceWindows(long run, EventBatch events, int cardsPerNode, int nodesPerRack) {
        this.run = run;
        for (int i = 0; i < events.size(); i++) {
            int node = events.card(i) / cardsPerNode;
            for (int seconds : new int[] {1, 10, 60}) {
                add(events, i, Scope.CARD, events.card(i), seconds * SECOND);
                add(events, i, Scope.NODE, node, seconds * SECOND);
                add(events, i, Scope.RACK, node / nodesPerRack, seconds * SECOND);
                add(events, i, Scope.SUPERNODE, 0, seconds * SECOND);
                switch (events.kind(i)) {
                    case BUS -> add(events, i, Scope.OPERATION, events.busOp(i).ordinal(), seconds * SECOND);
                    case SAMPLE -> addPlanes(events.sample(i), seconds * SECOND);
                    case FAULT -> {
                        if (events.plane(i) >= 0) {
                            add(events, i, Scope.PLANE, events.plane(i), seconds * SECOND);
                        }
                    }
                    case COMPUTE, STEP, REQUEST -> {}
                }
            }
        }
        windows.values().removeIf(figures -> figures.sums.isEmpty() && figures.latencies.isEmpty());
    }

    Map<WindowKey, Figures> windows() {
        return windows;
    }

    private void addPlanes(CardSample e, long length) {
        for (int plane = 0; plane < Integer.SIZE; plane++) {
            if ((e.planesDown() >>> plane & 1) == 1) {
                Figures atEnd = window(Scope.PLANE, plane, Math.floorDiv(e.endNanos(), length) * length, length);
                atEnd.add("sampleEvents", 1);
                atEnd.add("linkDownNanos", e.durationNanos());
            }
        }
    }

    private void add(EventBatch events, int i, Scope scope, int entity, long length) {
        if (scope == Scope.CARD && events.kind(i) == EventKind.FAULT) {
            return; // the truth about a card is not the card's
        }
        long endWindow = Math.floorDiv(events.endNanos(i), length) * length;
        Figures atEnd = window(scope, entity, endWindow, length);
        switch (events.kind(i)) {
            case COMPUTE -> {
                ComputeEvent e = events.compute(i);
                atEnd.add("computeEvents", 1);
                atEnd.add("tokens", e.tokens());
                atEnd.add("megaflops", e.megaflops());
                atEnd.add("hbmBytes", e.hbmBytes());
                atEnd.latency(LatencyMetric.COMPUTE, e.durationNanos());
                spend("computeNanos", scope, entity, length, e.startNanos(), e.endNanos());
            }
            case BUS -> {
                BusEvent e = events.bus(i);
                atEnd.add("busEvents", 1);
                atEnd.add("sentBytes", e.sentBytes() == -1 ? 0 : e.sentBytes());
                atEnd.add("receivedBytes", e.receivedBytes() == -1 ? 0 : e.receivedBytes());
                atEnd.add("unknownSizeEvents", e.sentBytes() == -1 ? 1 : 0);
                atEnd.latency(LatencyMetric.BUS, e.durationNanos());
                atEnd.latency(LatencyMetric.BUS_WAIT, e.waitNanos());
                atEnd.latency(LatencyMetric.of(BusOp.values()[e.op().ordinal()]), e.durationNanos());
                spend("waitNanos", scope, entity, length, e.startNanos(), e.startNanos() + e.waitNanos());
                spend("transitNanos", scope, entity, length, e.startNanos() + e.waitNanos(), e.endNanos());
            }
            case STEP -> {
                StepEvent e = events.stepEvent(i);
                atEnd.add("stepEvents", 1);
                atEnd.add("stepTokens", e.tokens());
                atEnd.add("stepMegaflops", e.megaflops());
                atEnd.add("stepNanos", e.durationNanos());
                atEnd.latency(LatencyMetric.STEP, e.durationNanos());
            }
            case REQUEST -> {
                RequestEvent e = events.requestEvent(i);
                atEnd.add("requestEvents", 1);
                atEnd.add("inputTokens", e.inputTokens());
                atEnd.add("outputTokens", e.outputTokens());
                if (e.firstTokenNanos() != -1) {
                    atEnd.latency(LatencyMetric.TIME_TO_FIRST_TOKEN, e.firstTokenNanos() - e.arrivalNanos());
                    if (e.outputTokens() > 1) {
                        long decode = e.endNanos() - e.firstTokenNanos();
                        atEnd.latency(LatencyMetric.TIME_PER_OUTPUT_TOKEN, decode / (e.outputTokens() - 1));
                    }
                }
            }
            case SAMPLE -> {
                CardSample e = events.sample(i);
                atEnd.add("sampleEvents", 1);
                atEnd.add("energyMillijoules", e.powerMilliwatts() * e.durationNanos() / SECOND);
                atEnd.add("linkErrors", e.linkErrors());
                atEnd.add("linkDownNanos", Integer.bitCount(e.planesDown()) * e.durationNanos());
            }
            case FAULT -> atEnd.add("faultEvents", 1);
        }
    }

    /** Every window of this length takes its overlap with the span. */
    private void spend(String figure, Scope scope, int entity, long length, long from, long to) {
        for (long start = Math.floorDiv(from, length) * length; start < to; start += length) {
            long overlap = Math.min(to, start + length) - Math.max(from, start);
            if (overlap > 0) {
                window(scope, entity, start, length).add(figure, overlap);
            }
        }
    }

    private Figures window(Scope scope, int entity, long start, long length) {
        return windows.computeIfAbsent(new WindowKey(run, 0, scope, entity, start, length), key -> new Figures());
    }

    /** A window's figures by the same names, without those that are 0. */
    static Map<String, Long> sums(ThroughputWindow w) {
        Map<String, Long> sums = new TreeMap<>();
        sums.put("computeEvents", w.computeEvents());
        sums.put("busEvents", w.busEvents());
        sums.put("stepEvents", w.stepEvents());
        sums.put("requestEvents", w.requestEvents());
        sums.put("computeNanos", w.computeNanos());
        sums.put("transitNanos", w.transitNanos());
        sums.put("waitNanos", w.waitNanos());
        sums.put("tokens", w.tokens());
        sums.put("megaflops", w.megaflops());
        sums.put("hbmBytes", w.hbmBytes());
        sums.put("sentBytes", w.sentBytes());
        sums.put("receivedBytes", w.receivedBytes());
        sums.put("unknownSizeEvents", w.unknownSizeEvents());
        sums.put("stepTokens", w.stepTokens());
        sums.put("stepMegaflops", w.stepMegaflops());
        sums.put("stepNanos", w.stepNanos());
        sums.put("inputTokens", w.inputTokens());
        sums.put("outputTokens", w.outputTokens());
        sums.put("sampleEvents", w.sampleEvents());
        sums.put("faultEvents", w.faultEvents());
        sums.put("energyMillijoules", w.energyMillijoules());
        sums.put("linkErrors", w.linkErrors());
        sums.put("linkDownNanos", w.linkDownNanos());
        sums.values().removeIf(value -> value == 0);
        return sums;
    }
}
