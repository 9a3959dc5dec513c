package io.supernode.schemas;

import io.supernode.event.EventKind;

/** Every topic, declared once: provisioning, the job, the exporter and the documentation read it here. */
public enum Topic {
    COMPUTE("supernode.compute.v1", Role.EVENTS, 4, "Frames of compute events, one node's flush each"),
    BUS("supernode.bus.v1", Role.EVENTS, 4, "Frames of bus events, one node's flush each"),
    STEP("supernode.step.v1", Role.EVENTS, 1, "Frames of whole steps"),
    REQUEST("supernode.request.v1", Role.EVENTS, 1, "Frames of served requests"),
    SAMPLE("supernode.sample.v1", Role.EVENTS, 1, "Frames of the cards' gauges and link counters, once a second"),
    FAULT("supernode.fault.v1", Role.EVENTS, 1, "Frames of the truth about injected disturbances"),
    THROUGHPUT("supernode.throughput.v1", Role.WINDOWS, 2, "Throughput windows, upserts by entity and window"),
    LATENCY("supernode.latency.v1", Role.WINDOWS, 2, "Latency windows, upserts by entity, metric and window"),
    TRAFFIC("supernode.traffic.v1", Role.WINDOWS, 1, "Who sent how much to whom, upserts by supernode and second"),
    ANOMALY("supernode.anomaly.v1", Role.ANOMALIES, 1, "What the detector found, upserts by anomaly"),
    DEADLETTER(
            "supernode.deadletter.v1",
            Role.DEADLETTERS,
            1,
            "Bytes that could not be read, as they came, with where they came from in the headers");

    /** What a topic carries decides how long it is kept. */
    public enum Role {
        EVENTS,
        WINDOWS,
        ANOMALIES,
        DEADLETTERS
    }

    private final String topicName;
    private final Role role;
    private final int partitions;
    private final String help;

    Topic(String topicName, Role role, int partitions, String help) {
        this.topicName = topicName;
        this.role = role;
        this.partitions = partitions;
        this.help = help;
    }

    public static Topic of(EventKind kind) {
        return switch (kind) {
            case COMPUTE -> COMPUTE;
            case BUS -> BUS;
            case STEP -> STEP;
            case REQUEST -> REQUEST;
            case SAMPLE -> SAMPLE;
            case FAULT -> FAULT;
        };
    }

    /** The kind of events that a topic of events carries. */
    public EventKind eventKind() {
        return switch (this) {
            case COMPUTE -> EventKind.COMPUTE;
            case BUS -> EventKind.BUS;
            case STEP -> EventKind.STEP;
            case REQUEST -> EventKind.REQUEST;
            case SAMPLE -> EventKind.SAMPLE;
            case FAULT -> EventKind.FAULT;
            case THROUGHPUT, LATENCY, TRAFFIC, ANOMALY, DEADLETTER ->
                throw new IllegalStateException("carries no events: " + topicName);
        };
    }

    /** The name of the Avro record that a topic carries; "raw bytes" where it carries none. */
    public String recordName() {
        return switch (this) {
            case COMPUTE, BUS, STEP, REQUEST, SAMPLE, FAULT ->
                WireSchema.of(eventKind()).recordName();
            case THROUGHPUT -> WireSchema.THROUGHPUT_WINDOW.recordName();
            case LATENCY -> WireSchema.LATENCY_WINDOW.recordName();
            case TRAFFIC -> WireSchema.TRAFFIC_WINDOW.recordName();
            case ANOMALY -> WireSchema.ANOMALY.recordName();
            case DEADLETTER -> "raw bytes";
        };
    }

    /** The table of topics in the documentation. */
    public static String markdownTable() {
        StringBuilder table =
                new StringBuilder("| topic | record | key | partitions | what |\n|---|---|---|---|---|\n");
        for (Topic topic : values()) {
            table.append(String.format(
                    "| `%s` | %s | %s | %d | %s |\n",
                    topic.topicName,
                    topic.recordName(),
                    switch (topic.role) {
                        case EVENTS -> "node";
                        case WINDOWS -> "entity and window";
                        case ANOMALIES -> "anomaly";
                        case DEADLETTERS -> "as it came";
                    },
                    topic.partitions,
                    topic.help));
        }
        return table.toString();
    }

    public String topicName() {
        return topicName;
    }

    public Role role() {
        return role;
    }

    /** Partitions on one machine; more are needed with more supernodes (see docs/operating.md). */
    public int partitions() {
        return partitions;
    }

    public String help() {
        return help;
    }
}
