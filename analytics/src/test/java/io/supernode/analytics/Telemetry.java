package io.supernode.analytics;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import io.supernode.schemas.Topic;
import io.supernode.window.InMemoryWindows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Seeded telemetry of a small supernode, cut into frames as a replay cuts it: by node, kind and tick. */
final class Telemetry {
    static final long RUN = 42;
    static final long ORIGIN = 1_800_000_000_123_456_789L;
    static final long SECOND = 1_000_000_000L;
    static final long TICK = SECOND / 4;
    static final int CARDS_PER_NODE = 4;
    /** As the job has it unless it is told otherwise. */
    static final int NODES_PER_RACK = 4;

    final EventBatch events;
    final int nodes;
    final int seconds;
    /** Partitions as a broker holds them: four of compute, four of bus, one of steps, one of requests. */
    final List<List<RawFrame>> partitions = new ArrayList<>();

    private final Map<Topic, Integer> firstPartition = new HashMap<>();
    private final Map<String, Long> sequences = new HashMap<>();

    private final int eventsPerFrame;

    Telemetry(long seed, int nodes, int seconds, int eventsPerCardAndSecond) {
        this(seed, nodes, seconds, eventsPerCardAndSecond, Integer.MAX_VALUE);
    }

    /** @param eventsPerFrame most events that travel in one record; 1 for a record per event */
    Telemetry(long seed, int nodes, int seconds, int eventsPerCardAndSecond, int eventsPerFrame) {
        this(nodes, seconds, filled(seed, nodes, seconds, eventsPerCardAndSecond), eventsPerFrame);
    }

    /** Telemetry of these events, all before {@code seconds}. */
    Telemetry(int nodes, int seconds, EventBatch given) {
        this(nodes, seconds, given, Integer.MAX_VALUE);
    }

    private Telemetry(int nodes, int seconds, EventBatch given, int eventsPerFrame) {
        this.eventsPerFrame = eventsPerFrame;
        this.nodes = nodes;
        this.seconds = seconds;
        events = given;
        for (EventKind kind : EventKind.values()) {
            Topic topic = Topic.of(kind);
            firstPartition.put(topic, partitions.size());
            for (int p = 0; p < topic.partitions(); p++) {
                partitions.add(new ArrayList<>());
            }
        }
        cut();
    }

    /** What the job must say in the end. */
    Results expected() {
        Results results = new Results();
        InMemoryWindows windows = new InMemoryWindows(RUN, 0, ORIGIN, 60 * SECOND, NODES_PER_RACK, results);
        for (int node = 0; node < nodes; node++) {
            EventBatch own = new EventBatch();
            for (int i = 0; i < events.size(); i++) {
                if (events.card(i) / CARDS_PER_NODE == node) {
                    own.addFrom(events, i, 0);
                }
            }
            windows.fold(node, own);
        }
        windows.finish();
        return results;
    }

    List<RawFrame> partition(Topic topic, int partition) {
        return partitions.get(firstPartition.get(topic) + partition);
    }

    /** Appends bytes to a partition, as they come. */
    void append(Topic topic, int partition, byte[] bytes) {
        List<RawFrame> log = partition(topic, partition);
        log.add(new RawFrame(topic, partition, log.size(), bytes));
    }

    /** The node's next frame, with one step event. */
    byte[] stepFrame(int node, long endNanos, long tokens, long throughNanos) {
        EventBatch one = new EventBatch();
        one.addStep(node * CARDS_PER_NODE, 3, endNanos - SECOND / 10, SECOND / 10, 0, tokens, 1);
        FrameWriter writer = new FrameWriter(EventKind.STEP);
        writer.begin(endNanos);
        writer.append(one, 0);
        return writer.finish(header(node, nextSequence(node, EventKind.STEP), endNanos, throughNanos));
    }

    static byte[] heartbeat(EventKind kind, long throughNanos) {
        FrameWriter writer = new FrameWriter(kind);
        writer.begin(throughNanos);
        return writer.finish(header(FrameHeader.HEARTBEAT, 0, throughNanos, throughNanos));
    }

    void heartbeats(long throughNanos) {
        for (EventKind kind : EventKind.values()) {
            for (int p = 0; p < Topic.of(kind).partitions(); p++) {
                append(Topic.of(kind), p, heartbeat(kind, throughNanos));
            }
        }
    }

    private void cut() {
        int[] order = events.timeOrder();
        int at = 0;
        Map<EventKind, FrameWriter> writers = new HashMap<>();
        for (EventKind kind : EventKind.values()) {
            writers.put(kind, new FrameWriter(kind));
        }
        for (long tick = 0; tick < seconds * SECOND; tick += TICK) {
            int to = at;
            while (to < order.length && events.endNanos(order[to]) < tick + TICK) {
                to++;
            }
            for (int node = 0; node < nodes; node++) {
                for (EventKind kind : EventKind.values()) {
                    FrameWriter writer = writers.get(kind);
                    writer.begin(tick);
                    for (int i = at; i < to; i++) {
                        if (events.kind(order[i]) == kind && events.card(order[i]) / CARDS_PER_NODE == node) {
                            writer.append(events, order[i]);
                            if (writer.eventCount() == eventsPerFrame) {
                                send(node, kind, writer, tick);
                                writer.begin(tick);
                            }
                        }
                    }
                    if (writer.eventCount() > 0) {
                        send(node, kind, writer, tick);
                    }
                }
            }
            at = to;
            if (tick / TICK % 4 == 3) {
                heartbeats(tick + TICK);
            }
        }
        heartbeats((seconds + 130) * SECOND);
    }

    private void send(int node, EventKind kind, FrameWriter writer, long tick) {
        append(
                Topic.of(kind),
                node % Topic.of(kind).partitions(),
                // the sender has not sent everything of this tick before its last frame
                writer.finish(header(node, nextSequence(node, kind), tick, tick)));
    }

    private long nextSequence(int node, EventKind kind) {
        return sequences.merge(node + " " + kind, 1L, Long::sum) - 1;
    }

    static FrameHeader header(int node, long sequence, long baseNanos, long throughNanos) {
        return new FrameHeader(RUN, 0, node, sequence, ORIGIN, ORIGIN + throughNanos, baseNanos, throughNanos);
    }

    private static EventBatch filled(long seed, int nodes, int seconds, int eventsPerCardAndSecond) {
        Random random = new Random(seed);
        EventBatch events = new EventBatch();
        for (int second = 0; second < seconds; second++) {
            for (int card = 0; card < nodes * CARDS_PER_NODE; card++) {
                for (int i = 0; i < eventsPerCardAndSecond; i++) {
                    add(events, random, card, second * SECOND + random.nextLong(SECOND));
                }
            }
        }
        return events;
    }

    private static void add(EventBatch events, Random random, int card, long end) {
        long duration = random.nextInt(40) == 0 ? random.nextLong(5 * SECOND) : random.nextLong(SECOND / 20);
        int step = 0;
        switch (random.nextInt(20)) {
            case 0 -> events.addStep(card, step, end - duration, duration, 0, random.nextInt(999), 5);
            case 1 ->
                events.addRequest(
                        card, 0, end - duration, end - duration / 2 < 0 ? -1 : end - duration / 2, end, 100, 20);
            case 2, 3, 4, 5, 6, 7, 8, 9 ->
                events.addCompute(
                        card,
                        ComputeOp.FORWARD,
                        end - duration,
                        duration,
                        random.nextInt(99),
                        random.nextInt(99999),
                        random.nextInt(99999),
                        step,
                        0,
                        0);
            default ->
                events.addBus(
                        card,
                        BusOp.values()[random.nextInt(5)],
                        Fabric.BUS,
                        1,
                        8,
                        -1,
                        end - duration,
                        duration,
                        duration / 3,
                        random.nextInt(5) == 0 ? -1 : random.nextInt(99999),
                        random.nextInt(99999),
                        step,
                        0,
                        0);
        }
    }
}
