package io.supernode.exporter;

import io.prometheus.client.Collector;
import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.DetectionScore;
import io.supernode.diagnosis.InjectedFault;
import io.supernode.event.BusOp;
import io.supernode.schemas.Topic;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives the newest run to simpleclient, as of the moment of the scrape: no metric object is ever set, so that nothing
 * stays behind when a card, a run or the whole stream goes. Thread-safe.
 *
 * <p>Nanoseconds become seconds and 10^6 operations become operations here and nowhere else.
 */
final class WindowCollector extends Collector {
    private static final Set<LatencyMetric> CARD_METRICS = EnumSet.of(LatencyMetric.COMPUTE, LatencyMetric.BUS_WAIT);

    private final WindowStore store;
    private final RunInfo info;
    private final DeadLetters deadLetters;
    private final ReaderState reader;

    WindowCollector(WindowStore store, RunInfo info, DeadLetters deadLetters, ReaderState reader) {
        this.store = store;
        this.info = info;
        this.deadLetters = deadLetters;
        this.reader = reader;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        MetricFamilies out = new MetricFamilies();
        addExporter(out);
        store.live().filter(LiveView::fresh).ifPresent(live -> {
            live.supernodes().forEach(supernode -> {
                RunInfo of = info.of(supernode.supernode());
                addRun(out, live.run(), supernode.supernode(), of);
                addSupernode(out, live.run(), supernode, of);
                addLag(out, live, supernode);
            });
            addAnomalies(out, live);
        });
        return out.families();
    }

    private static void addRun(MetricFamilies out, long run, int supernode, RunInfo info) {
        String id = Integer.toString(supernode);
        out.add(Metric.RUN_INFO, 1, Long.toString(run), id, info.scenario(), info.machine(), info.workload());
        if (info.cards() > 0) {
            out.add(Metric.EXPECTED_CARDS, info.cards(), id);
        }
        if (info.peakFlopsPerCard() > 0) {
            out.add(Metric.PEAK_FLOPS, info.peakFlopsPerCard(), id);
        }
    }

    private void addLag(MetricFamilies out, LiveView live, SupernodeView supernode) {
        if (reader.lastWindowEpochMillis() > 0) {
            double end = live.originEpochNanos() / 1e9 + supernode.newestEndNanos() / 1e9;
            out.add(
                    Metric.WATERMARK_LAG,
                    reader.lastWindowEpochMillis() / 1e3 - end,
                    Integer.toString(supernode.supernode()));
        }
    }

    private void addAnomalies(MetricFamilies out, LiveView live) {
        Map<Integer, Map<AnomalyKind, List<Anomaly>>> bySupernode = new TreeMap<>();
        // a kind of which none was found is 0, so that its increase can be told
        for (SupernodeView supernode : live.supernodes()) {
            Map<AnomalyKind, List<Anomaly>> none = new EnumMap<>(AnomalyKind.class);
            for (AnomalyKind kind : AnomalyKind.values()) {
                none.put(kind, new ArrayList<>());
            }
            bySupernode.put(supernode.supernode(), none);
        }
        for (Anomaly anomaly : store.anomalies().anomalies(live.run())) {
            bySupernode
                    .computeIfAbsent(anomaly.supernode(), s -> new EnumMap<>(AnomalyKind.class))
                    .computeIfAbsent(anomaly.kind(), k -> new ArrayList<>())
                    .add(anomaly);
        }
        bySupernode.forEach((supernode, byKind) -> byKind.forEach((kind, anomalies) -> {
            String id = Integer.toString(supernode);
            out.add(Metric.ANOMALIES, anomalies.size(), id, word(kind));
            List<Anomaly> active = anomalies.stream().filter(Anomaly::lasts).toList();
            for (Anomaly a : active) {
                out.add(
                        Metric.ANOMALY_ACTIVE,
                        1,
                        id,
                        Long.toString(a.anomaly()),
                        word(kind),
                        word(a.cause()),
                        cardLabel(a.card()),
                        stageLabel(a.stage()));
            }
            active.stream()
                    .mapToLong(Anomaly::severityPpm)
                    .max()
                    .ifPresent(worst -> out.add(Metric.ANOMALY_SEVERITY, worst / 1e6, id, word(kind)));
        }));
        List<InjectedFault> faults = store.anomalies().faults(live.run());
        for (InjectedFault fault : faults) {
            if (fault.lasts()) {
                out.add(
                        Metric.FAULT_ACTIVE,
                        1,
                        Integer.toString(fault.supernode()),
                        Long.toString(fault.fault()),
                        word(fault.kind()),
                        cardLabel(fault.cards() == 0 ? -1 : fault.card()),
                        stageLabel(fault.stage()));
            }
        }
        if (!faults.isEmpty()) {
            DetectionScore score = store.anomalies().score(live.run(), live.newestEndNanos());
            score.precision().ifPresent(ratio -> out.add(Metric.DETECTION_PRECISION, ratio));
            score.recall().ifPresent(ratio -> out.add(Metric.DETECTION_RECALL, ratio));
            score.detectSeconds().ifPresent(seconds -> out.add(Metric.DETECTION_SECONDS, seconds));
        }
    }

    /** As the card's own series name it; empty where no card is. */
    private static String cardLabel(int card) {
        return card < 0 ? "" : String.format("%03d", card);
    }

    private static String stageLabel(int stage) {
        return stage < 0 ? "" : Integer.toString(stage);
    }

    /** A kind or a cause as a label value. */
    static String word(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void addSupernode(MetricFamilies out, long run, SupernodeView supernode, RunInfo info) {
        String id = Integer.toString(supernode.supernode());
        Map<Integer, CardGauges> gauges = store.gauges(run, supernode);
        for (EntityView card : supernode.cards()) {
            addCard(out, id, card, gauges.get(card.entity()), info);
        }
        Map<Integer, Integer> cardsByNode = new HashMap<>();
        supernode.cards().forEach(card -> cardsByNode.merge(card.entity() / info.cardsPerNode(), 1, Integer::sum));
        for (EntityView node : supernode.nodes()) {
            addNode(out, id, node, cardsByNode.getOrDefault(node.entity(), info.cardsPerNode()));
        }
        Map<Integer, Integer> cardsByRack = new HashMap<>();
        cardsByNode.forEach((node, cards) -> cardsByRack.merge(node / info.nodesPerRack(), cards, Integer::sum));
        for (EntityView rack : supernode.racks()) {
            addRack(out, id, rack, cardsByRack.getOrDefault(rack.entity(), info.cardsPerNode() * info.nodesPerRack()));
        }
        supernode.operations().forEach(operation -> addOperation(out, id, operation));
        addPlanes(out, id, supernode, info);
        addTotals(out, id, supernode.whole().totals());
        addWhole(out, id, supernode, info);
        TrafficSeries.add(out, id, store.traffic().total(run, supernode.supernode()), info);
    }

    /** @param gauges null where the card tells none */
    private static void addCard(
            MetricFamilies out, String supernode, EntityView card, CardGauges gauges, RunInfo info) {
        // padded, because dashboards sort labels as text
        String name = String.format("%03d", card.entity());
        String node = String.format("%02d", card.entity() / info.cardsPerNode());
        addPlace(out, supernode, node, name, FloorPlace.of(card.entity(), info));
        Totals t = card.totals();
        out.add(Metric.CARD_TOKENS, t.tokens(), supernode, node, name);
        out.add(Metric.CARD_FLOPS, t.megaflops() * 1e6, supernode, node, name);
        out.add(Metric.CARD_HBM_BYTES, t.hbmBytes(), supernode, node, name);
        out.add(Metric.CARD_SENT_BYTES, t.sentBytes(), supernode, node, name);
        out.add(Metric.CARD_RECEIVED_BYTES, t.receivedBytes(), supernode, node, name);
        out.add(Metric.CARD_COMPUTE_SECONDS, t.computeNanos() / 1e9, supernode, node, name);
        out.add(Metric.CARD_TRANSIT_SECONDS, t.transitNanos() / 1e9, supernode, node, name);
        out.add(Metric.CARD_WAIT_SECONDS, t.waitNanos() / 1e9, supernode, node, name);
        out.add(Metric.CARD_ENERGY, t.energyMillijoules() / 1e3, supernode, node, name);
        out.add(Metric.CARD_LINK_ERRORS, t.linkErrors(), supernode, node, name);
        if (gauges != null) {
            out.add(Metric.CARD_TEMPERATURE, gauges.temperatureCelsius(), supernode, node, name);
            out.add(Metric.CARD_CLOCK, gauges.clockHertz(), supernode, node, name);
            out.add(Metric.CARD_HBM_USED, gauges.hbmUsedBytes(), supernode, node, name);
        }
        card.tenSeconds().ifPresent(w -> {
            out.add(Metric.CARD_UTILIZATION, share(w.computeNanos(), w, 1), supernode, node, name);
            out.add(Metric.CARD_TRANSIT, share(w.transitNanos(), w, 1), supernode, node, name);
            out.add(Metric.CARD_WAIT, share(w.waitNanos(), w, 1), supernode, node, name);
        });
        if (card.stepSeconds() > 0) {
            out.add(Metric.CARD_STEP, card.stepSeconds(), supernode, node, name);
        }
        card.latency().forEach((metric, window) -> {
            if (CARD_METRICS.contains(metric)) {
                out.add(Metric.CARD_LATENCY_P99, quantile(window, 0.99), supernode, node, name, word(metric));
            }
        });
    }

    private static void addPlace(MetricFamilies out, String supernode, String node, String card, FloorPlace place) {
        out.add(
                Metric.CARD_INFO,
                1,
                supernode,
                node,
                card,
                String.format("%02d", place.rack()),
                Integer.toString(place.slot()),
                String.format("%02d", place.x()),
                String.format("%02d", place.y()));
    }

    private static void addNode(MetricFamilies out, String supernode, EntityView node, int cards) {
        String name = String.format("%02d", node.entity());
        node.tenSeconds().ifPresent(w -> {
            out.add(Metric.NODE_UTILIZATION, share(w.computeNanos(), w, cards), supernode, name);
            out.add(Metric.NODE_TRANSIT, share(w.transitNanos(), w, cards), supernode, name);
            out.add(Metric.NODE_WAIT, share(w.waitNanos(), w, cards), supernode, name);
        });
        if (node.stepSeconds() > 0) {
            out.add(Metric.NODE_STEP, node.stepSeconds(), supernode, name);
        }
        node.latency().forEach((metric, window) -> {
            if (isOfNodes(metric)) {
                out.add(Metric.NODE_LATENCY_P99, quantile(window, 0.99), supernode, name, word(metric));
            }
        });
    }

    private static void addRack(MetricFamilies out, String supernode, EntityView rack, int cards) {
        String name = String.format("%02d", rack.entity());
        rack.tenSeconds().ifPresent(w -> {
            out.add(Metric.RACK_UTILIZATION, share(w.computeNanos(), w, cards), supernode, name);
            out.add(Metric.RACK_TRANSIT, share(w.transitNanos(), w, cards), supernode, name);
            out.add(Metric.RACK_WAIT, share(w.waitNanos(), w, cards), supernode, name);
        });
        rack.latency().forEach((metric, window) -> {
            if (isOfNodes(metric)) {
                out.add(Metric.RACK_LATENCY_P99, quantile(window, 0.99), supernode, name, word(metric));
            }
        });
    }

    private static void addOperation(MetricFamilies out, String supernode, EntityView operation) {
        String op = word(LatencyMetric.of(BusOp.values()[operation.entity()]));
        Totals t = operation.totals();
        out.add(Metric.OPERATION_SENT_BYTES, t.sentBytes(), supernode, op);
        out.add(Metric.OPERATION_TRANSIT, t.transitNanos() / 1e9, supernode, op);
        out.add(Metric.OPERATION_WAIT, t.waitNanos() / 1e9, supernode, op);
    }

    /** Every plane of the machine where cards are sampled: one of which nothing was told had no link down. */
    private static void addPlanes(MetricFamilies out, String supernode, SupernodeView view, RunInfo info) {
        if (view.whole().totals().sampleEvents() == 0) {
            return;
        }
        Map<Integer, Long> downNanos = new TreeMap<>();
        for (int plane = 0; plane < info.planes(); plane++) {
            downNanos.put(plane, 0L);
        }
        view.planes()
                .forEach(plane -> downNanos.put(plane.entity(), plane.totals().linkDownNanos()));
        downNanos.forEach(
                (plane, nanos) -> out.add(Metric.PLANE_DOWN, nanos / 1e9, supernode, Integer.toString(plane)));
    }

    /** A step has a series of its own; requests are the supernode's matter. */
    private static boolean isOfNodes(LatencyMetric metric) {
        return switch (metric) {
            case STEP, TIME_TO_FIRST_TOKEN, TIME_PER_OUTPUT_TOKEN -> false;
            case COMPUTE,
                    BUS,
                    BUS_WAIT,
                    BUS_OTHER,
                    ALL_REDUCE,
                    ALL_GATHER,
                    REDUCE_SCATTER,
                    ALL_TO_ALL,
                    DISPATCH,
                    COMBINE,
                    SEND,
                    RECEIVE,
                    BROADCAST,
                    BARRIER,
                    CACHE_TRANSFER -> true;
        };
    }

    private static void addTotals(MetricFamilies out, String supernode, Totals t) {
        out.add(Metric.EVENTS, t.computeEvents(), supernode, "compute");
        out.add(Metric.EVENTS, t.busEvents(), supernode, "bus");
        out.add(Metric.EVENTS, t.stepEvents(), supernode, "step");
        out.add(Metric.EVENTS, t.requestEvents(), supernode, "request");
        out.add(Metric.EVENTS, t.sampleEvents(), supernode, "sample");
        out.add(Metric.EVENTS, t.faultEvents(), supernode, "fault");
        out.add(Metric.LATE_EVENTS, t.lateEvents(), supernode);
        out.add(Metric.UNKNOWN_SIZE_EVENTS, t.unknownSizeEvents(), supernode);
        out.add(Metric.TOKENS, t.tokens(), supernode);
        out.add(Metric.FLOPS, t.megaflops() * 1e6, supernode);
        out.add(Metric.HBM_BYTES, t.hbmBytes(), supernode);
        out.add(Metric.SENT_BYTES, t.sentBytes(), supernode);
        out.add(Metric.RECEIVED_BYTES, t.receivedBytes(), supernode);
        out.add(Metric.COMPUTE_SECONDS, t.computeNanos() / 1e9, supernode);
        out.add(Metric.TRANSIT_SECONDS, t.transitNanos() / 1e9, supernode);
        out.add(Metric.WAIT_SECONDS, t.waitNanos() / 1e9, supernode);
        out.add(Metric.ENERGY, t.energyMillijoules() / 1e3, supernode);
        out.add(Metric.LINK_ERRORS, t.linkErrors(), supernode);
        out.add(Metric.STEP_TOKENS, t.stepTokens(), supernode);
        out.add(Metric.STEP_FLOPS, t.stepMegaflops() * 1e6, supernode);
        out.add(Metric.STEP_SECONDS, t.stepNanos() / 1e9, supernode);
        out.add(Metric.REQUESTS, t.requestEvents(), supernode);
        out.add(Metric.INPUT_TOKENS, t.inputTokens(), supernode);
        out.add(Metric.OUTPUT_TOKENS, t.outputTokens(), supernode);
    }

    private static void addWhole(MetricFamilies out, String id, SupernodeView supernode, RunInfo info) {
        out.add(Metric.CARDS_REPORTING, supernode.cards().size(), id);
        Completeness.of(supernode, info).newest().ifPresent(ratio -> out.add(Metric.WINDOW_COMPLETENESS, ratio, id));
        out.add(Metric.EVENT_SECONDS, supernode.newestEndNanos() / 1e9, id);
        Totals t = supernode.whole().totals();
        if (t.stepNanos() > 0) {
            out.add(Metric.TOKENS_PER_SECOND_PER_CARD, t.stepTokens() * 1e9 / t.stepNanos(), id);
            if (info.peakFlopsPerCard() > 0) {
                double possible = t.stepNanos() / 1e9 * info.peakFlopsPerCard();
                out.add(Metric.MODEL_FLOPS_UTILIZATION, t.stepMegaflops() * 1e6 / possible, id);
            }
        }
        supernode.whole().tenSeconds().ifPresent(w -> {
            out.add(Metric.TOKENS_PER_SECOND, w.tokens() * 1e9 / w.lengthNanos(), id);
            out.add(Metric.BUS_RATE, w.sentBytes() * 1e9 / w.lengthNanos(), id);
        });
        supernode.whole().latency().forEach((metric, window) -> {
            LatencySketch sketch = window.sketch();
            out.add(Metric.LATENCY_P50, sketch.quantile(0.5) / 1e9, id, word(metric));
            out.add(Metric.LATENCY_P90, sketch.quantile(0.9) / 1e9, id, word(metric));
            out.add(Metric.LATENCY_P99, sketch.quantile(0.99) / 1e9, id, word(metric));
            out.add(Metric.LATENCY_MAX, sketch.max() / 1e9, id, word(metric));
        });
        supernode.latency().forEach((metric, sketch) -> addHistogram(out, id, metric, sketch));
    }

    private static void addHistogram(MetricFamilies out, String supernode, LatencyMetric metric, LatencySketch sketch) {
        switch (metric) {
            case STEP -> out.add(Metric.STEP_DURATION, sketch, supernode);
            case COMPUTE -> out.add(Metric.COMPUTE_DURATION, sketch, supernode);
            // the sum over the operations
            case BUS -> {}
            case BUS_WAIT -> out.add(Metric.WAIT_DURATION, sketch, supernode);
            case TIME_TO_FIRST_TOKEN -> out.add(Metric.TIME_TO_FIRST_TOKEN, sketch, supernode);
            case TIME_PER_OUTPUT_TOKEN -> out.add(Metric.TIME_PER_OUTPUT_TOKEN, sketch, supernode);
            case BUS_OTHER,
                    ALL_REDUCE,
                    ALL_GATHER,
                    REDUCE_SCATTER,
                    ALL_TO_ALL,
                    DISPATCH,
                    COMBINE,
                    SEND,
                    RECEIVE,
                    BROADCAST,
                    BARRIER,
                    CACHE_TRANSFER -> out.add(Metric.BUS_DURATION, sketch, supernode, word(metric));
        }
    }

    private void addExporter(MetricFamilies out) {
        deadLetters.bySource().forEach((source, count) -> {
            out.add(Metric.DEAD_LETTERS, count.frames(), source.topic(), source.stage());
            out.add(Metric.DEAD_LETTER_EVENTS, count.events(), source.topic(), source.stage());
        });
        out.add(Metric.EXPORTER_READY, reader.whyNotReady().isEmpty() ? 1 : 0);
        for (Topic topic : TopicReader.TOPICS) {
            out.add(Metric.EXPORTER_RECORDS, reader.records(topic), topic.topicName());
            out.add(Metric.EXPORTER_UNREADABLE, reader.unreadable(topic), topic.topicName());
        }
        out.add(Metric.EXPORTER_ERRORS, reader.errors());
        out.add(Metric.EXPORTER_BEHIND, reader.behind());
        out.add(Metric.EXPORTER_EXPIRED, store.expiredWindows());
        if (reader.lastWindowEpochMillis() > 0) {
            out.add(Metric.EXPORTER_LAST_WINDOW, reader.lastWindowEpochMillis() / 1e3);
        }
    }

    /** The metric's name as a label value. */
    static String word(LatencyMetric metric) {
        return metric == LatencyMetric.BUS_OTHER ? "other" : metric.name().toLowerCase(Locale.ROOT);
    }

    /** Share of a window in which {@code cards} cards did something; spans that overlap cannot make it more than 1. */
    static double share(long nanos, ThroughputWindow window, int cards) {
        return Math.min(1, (double) nanos / window.lengthNanos() / cards);
    }

    private static double quantile(LatencyWindow window, double q) {
        return window.sketch().quantile(q) / 1e9;
    }
}
