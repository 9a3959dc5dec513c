package io.supernode.benchmarks;

import io.supernode.ingest.kafka.KafkaFrameSink;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayReport;

/** The engine into Kafka: model, schedule, encoding, producer, broker. */
final class EngineArm implements Arm {
    private final String name;
    private final Workbench bench;
    private final Broker broker;
    private final int eventsPerFrame;

    EngineArm(String name, Workbench bench, Broker broker, int eventsPerFrame) {
        this.name = name;
        this.bench = bench;
        this.broker = broker;
        this.eventsPerFrame = eventsPerFrame;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String does() {
        return "the replay engine into Kafka, "
                + (eventsPerFrame == 1 ? "one event per record" : "a node's flush per record");
    }

    @Override
    public Work run() {
        long before = broker.recordsHeld();
        try (KafkaFrameSink sink = broker.frameSink()) {
            ReplayReport report =
                    new ReplayEngine(bench.options(eventsPerFrame), bench.events(), sink, ReplayClock.system()).run();
            broker.requireArrived(before, sink.records());
            return new Work(report.sentEvents(), report.frames(), report.bytes());
        }
    }
}
