package io.supernode.benchmarks;

import io.supernode.analytics.JobOptions;
import io.supernode.analytics.RawFrame;
import io.supernode.analytics.TelemetryJob;
import io.supernode.window.ThroughputWindow;
import java.time.Duration;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The whole job between a source in memory and sinks that throw away: what Flink and our operators cost. */
final class JobArm implements Arm {
    private final String name;
    private final Cluster cluster;
    private final Recording recording;
    private final MemoryFrames frames;
    private final boolean diagnosed;

    JobArm(String name, Cluster cluster, Recording recording) {
        this(name, cluster, recording, true);
    }

    /** @param diagnosed whether it looks for stragglers */
    JobArm(String name, Cluster cluster, Recording recording, boolean diagnosed) {
        this.diagnosed = diagnosed;
        this.name = name;
        this.cluster = cluster;
        this.recording = recording;
        this.frames = MemoryFrames.of(recording);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String does() {
        return "the Flink job from frames in memory to sinks that throw the windows away"
                + (diagnosed ? "" : ", without looking for stragglers");
    }

    @Override
    public Work run() throws Exception {
        WindowTally.reset();
        run(new WindowTally());
        long sent = recording.report().sentEvents();
        if (WindowTally.events() != sent) {
            throw new IllegalStateException(WindowTally.events() + " events in the windows of " + sent + " sent");
        }
        return new Work(sent, recording.entries().size(), recording.bytes());
    }

    void run(Sink<ThroughputWindow> sink) throws Exception {
        Source<RawFrame, ?, ?> source = frames.source();
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        JobOptions options = JobOptions.of("unused:9092")
                .withParallelism(1, 1)
                .withCheckpointInterval(Duration.ZERO)
                .withDiagnosis(diagnosed);
        new TelemetryJob(
                        source,
                        sink,
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        new DiscardingSink<>())
                .addTo(environment, options);
        cluster.run(environment, name);
    }
}
