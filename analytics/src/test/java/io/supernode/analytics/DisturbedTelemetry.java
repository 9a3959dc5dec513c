package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.InMemoryDiagnosis;
import io.supernode.diagnosis.InjectedFault;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceRules;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.FaultKind;
import io.supernode.scenario.Scenario;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.Topic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A disturbed run of the model, cut into the frames of its nodes and less those that a disturbance of telemetry takes:
 * what lies in a broker's partitions, what was really wrong, and what the diagnosis without Flink finds in it.
 */
final class DisturbedTelemetry {
    private static final long SECOND = Telemetry.SECOND;
    private static final long TICK = SECOND / 10;
    private static final long RUN = 42;
    private static final long FIRST_OF_TELEMETRY = 100;

    final List<List<RawFrame>> partitions = new ArrayList<>();
    final List<InjectedFault> faults = new ArrayList<>();
    final List<Anomaly> expected;
    final int seconds;
    private final int eventsPerFrame;
    private final Map<EventKind, Integer> firstPartition = new EnumMap<>(EventKind.class);
    private final Map<String, Long> sequences = new TreeMap<>();
    private final List<Disturbance> losses = new ArrayList<>();
    private final Random loss;
    private final InMemoryDiagnosis diagnosis = new InMemoryDiagnosis(RUN, 0, Telemetry.ORIGIN);

    /**
     * @param eventsPerFrame most events that travel in one record; 1 for a record per event
     * @param disturbances each as settings write it
     */
    DisturbedTelemetry(String scenario, long seed, int seconds, int eventsPerFrame, List<String> disturbances) {
        this.seconds = seconds;
        this.eventsPerFrame = eventsPerFrame;
        this.loss = new Random(seed);
        Map<String, String> settings = new TreeMap<>(Map.of("seed", Long.toString(seed), "samples", "true"));
        List<String> ofTelemetry = new ArrayList<>();
        for (int i = 0; i < disturbances.size(); i++) {
            if (disturbances.get(i).startsWith("telemetry_")) {
                ofTelemetry.add(disturbances.get(i));
            } else {
                settings.put("disturbance.d" + i, disturbances.get(i));
            }
        }
        Scenario run = Scenario.of(scenario, settings);
        int perNode = run.machine().cardsPerNode();
        DisturbanceRules frames =
                new DisturbanceRules(scenario, run.machine().cards(), perNode, 1, 1, Set.of(FaultKind.TELEMETRY_LOSS));
        ofTelemetry.forEach(text -> losses.add(frames.parse(FIRST_OF_TELEMETRY + losses.size(), text)));
        run.disturbances().during(0, seconds * SECOND).and(losses).all().forEach(this::truth);
        for (EventKind kind : EventKind.values()) {
            firstPartition.put(kind, partitions.size());
            for (int p = 0; p < Topic.of(kind).partitions(); p++) {
                partitions.add(new ArrayList<>());
            }
        }
        cut(events(run, seconds), (run.machine().cards() + perNode - 1) / perNode, perNode);
        diagnosis.advance((seconds + 1) * SECOND);
        expected = diagnosis.anomalies();
    }

    private static EventBatch events(Scenario run, int seconds) {
        EventBatch all = new EventBatch();
        EventBatch stretch = new EventBatch();
        EventSource source = run.events();
        while (source.throughNanos() < seconds * SECOND && source.next(stretch)) {
            for (int i = 0; i < stretch.size(); i++) {
                if (stretch.endNanos(i) < seconds * SECOND) {
                    all.addFrom(stretch, i, 0);
                }
            }
        }
        return all;
    }

    private void truth(Disturbance d) {
        boolean ended = d.untilNanos() <= seconds * SECOND;
        faults.add(new InjectedFault(
                0,
                d.id(),
                d.kind(),
                d.card(),
                d.cards(),
                d.plane(),
                d.stage(),
                d.fromNanos(),
                ended ? d.untilNanos() : Anomaly.LASTS,
                d.magnitudePpm()));
    }

    private void cut(EventBatch events, int nodes, int perNode) {
        int[] order = events.timeOrder();
        int at = 0;
        for (long tick = 0; tick < seconds * SECOND; tick += TICK) {
            Map<EventKind, List<EventBatch>> ofTick = new EnumMap<>(EventKind.class);
            for (; at < order.length && events.endNanos(order[at]) < tick + TICK; at++) {
                int i = order[at];
                ofTick.computeIfAbsent(events.kind(i), k -> batches(nodes))
                        .get(events.card(i) / perNode)
                        .addFrom(events, i, 0);
            }
            for (Map.Entry<EventKind, List<EventBatch>> ofKind : ofTick.entrySet()) {
                for (int node = 0; node < nodes; node++) {
                    send(ofKind.getKey(), node, ofKind.getValue().get(node), tick, perNode);
                }
            }
            if ((tick + TICK) % SECOND == 0) {
                heartbeats(tick + TICK);
            }
        }
    }

    private static List<EventBatch> batches(int nodes) {
        List<EventBatch> batches = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
            batches.add(new EventBatch(8));
        }
        return batches;
    }

    private void send(EventKind kind, int node, EventBatch events, long tick, int perNode) {
        for (int from = 0; from < events.size(); ) {
            int to = Math.min(events.size(), from + Math.min(eventsPerFrame, events.size()));
            FrameWriter writer = new FrameWriter(kind);
            writer.begin(tick);
            EventBatch sent = new EventBatch(8);
            for (int i = from; i < to; i++) {
                writer.append(events, i);
                sent.addFrom(events, i, 0);
            }
            long sequence = sequences.merge(kind + " " + node, 1L, Long::sum) - 1;
            if (!isLost(node, tick, perNode)) {
                append(kind, node, writer.finish(header(node, sequence, tick)));
                diagnosis.fold(node, sent);
            }
            from = to;
        }
    }

    private boolean isLost(int node, long tick, int perNode) {
        return losses.stream()
                .anyMatch(d -> d.isActive(tick) && d.concerns(node * perNode) && loss.nextDouble() < d.magnitude());
    }

    private void heartbeats(long throughNanos) {
        for (EventKind kind : EventKind.values()) {
            for (int p = 0; p < Topic.of(kind).partitions(); p++) {
                FrameWriter writer = new FrameWriter(kind);
                writer.begin(throughNanos);
                append(kind, p, writer.finish(header(FrameHeader.HEARTBEAT, 0, throughNanos)));
            }
        }
    }

    private static FrameHeader header(int node, long sequence, long throughNanos) {
        return new FrameHeader(
                RUN, 0, node, sequence, Telemetry.ORIGIN, Telemetry.ORIGIN + throughNanos, throughNanos, throughNanos);
    }

    private void append(EventKind kind, int node, byte[] bytes) {
        Topic topic = Topic.of(kind);
        int partition = node % topic.partitions();
        List<RawFrame> log = partitions.get(firstPartition.get(kind) + partition);
        log.add(new RawFrame(topic, partition, log.size(), bytes));
    }
}
