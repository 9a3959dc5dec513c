package io.supernode.benchmarks;

import io.supernode.event.EventKind;
import io.supernode.replay.FrameSink;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayReport;
import io.supernode.schemas.FrameHeader;

/** The engine into nothing: what model, schedule and encoding cost without Kafka. */
final class ModelArm implements Arm {
    private final String name;
    private final Workbench bench;
    private final int eventsPerFrame;

    ModelArm(String name, Workbench bench, int eventsPerFrame) {
        this.name = name;
        this.bench = bench;
        this.eventsPerFrame = eventsPerFrame;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String does() {
        return "model, schedule and encoding, frames thrown away";
    }

    @Override
    public Work run() {
        ReplayReport report = new ReplayEngine(
                        bench.options(eventsPerFrame), bench.events(), new Nowhere(), ReplayClock.system())
                .run();
        return new Work(report.sentEvents(), report.frames(), report.bytes());
    }

    private static final class Nowhere implements FrameSink {
        @Override
        public void send(EventKind kind, FrameHeader header, byte[] frame) {}

        @Override
        public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
