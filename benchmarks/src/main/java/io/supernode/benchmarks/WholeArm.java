package io.supernode.benchmarks;

import io.supernode.analytics.JobOptions;
import io.supernode.analytics.TelemetryJob;
import io.supernode.ingest.kafka.KafkaFrameSink;
import io.supernode.replay.ReplayClock;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.ReplayReport;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Everything at once, as in {@code supernode run}: engine, broker, job; over when every event is in a window topic. */
final class WholeArm implements Arm {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String GROUP = "benchmark";

    private final Workbench bench;
    private final Broker broker;
    private final Cluster cluster;

    private JobID job;

    WholeArm(Workbench bench, Broker broker, Cluster cluster) {
        this.bench = bench;
        this.broker = broker;
        this.cluster = cluster;
    }

    @Override
    public String name() {
        return "whole";
    }

    @Override
    public String does() {
        return "engine, broker and job at once, until every event is in a window that left Flink";
    }

    /** The job runs, and begins at the ends of now. */
    @Override
    public void prepare() throws Exception {
        broker.skipToEnd(GROUP);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        TelemetryJob.onKafka(
                environment,
                JobOptions.of(broker.address())
                        .withStart(JobOptions.Start.COMMITTED)
                        .withParallelism(1, 1)
                        .withGroupId(GROUP));
        job = cluster.submit(environment, name());
        cluster.awaitTasks(job);
    }

    @Override
    public Work run() throws Exception {
        ReplayOptions options = bench.options(0);
        try (WindowReader windows = broker.windowReader(options.run());
                KafkaFrameSink sink = broker.frameSink()) {
            ReplayReport report = new ReplayEngine(options, bench.events(), sink, ReplayClock.system()).run();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (windows.events() < report.sentEvents()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(windows.events() + " events came into windows within " + PATIENCE
                            + " of " + report.sentEvents() + " sent");
                }
                windows.poll();
            }
            return new Work(report.sentEvents(), report.frames(), report.bytes());
        }
    }

    @Override
    public void finish() throws Exception {
        if (job != null) {
            cluster.cancel(job);
            job = null;
        }
    }
}
