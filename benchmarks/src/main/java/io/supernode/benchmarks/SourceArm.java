package io.supernode.benchmarks;

import io.supernode.analytics.RawFrame;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The job's source straight into a sink that throws away: what is left when the job does nothing. */
final class SourceArm implements Arm {
    private final String name;
    private final Cluster cluster;
    private final Recording recording;
    private final MemoryFrames frames;

    SourceArm(String name, Cluster cluster, Recording recording) {
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
        return "the same source in memory into a sink that throws away: of a frame its time is read";
    }

    @Override
    public Work run() throws Exception {
        Source<RawFrame, ?, ?> source = frames.source();
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        environment.configure(configuration);
        environment.setParallelism(1);
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "read frames")
                .sinkTo(new DiscardingSink<>());
        cluster.run(environment, name);
        return new Work(recording.report().sentEvents(), recording.entries().size(), recording.bytes());
    }
}
