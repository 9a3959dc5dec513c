package io.supernode.benchmarks;

import io.supernode.analytics.RawFrame;
import io.supernode.window.ThroughputWindow;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** {@link TextbookJob} between the same source and sink as {@link JobArm}, with the same number of slots. */
final class TextbookArm implements Arm {
    private final Cluster cluster;
    private final Recording recording;
    private final MemoryFrames frames;
    private final int cardsPerNode;
    private final int nodesPerRack;

    TextbookArm(Cluster cluster, Recording recording, int cardsPerNode, int nodesPerRack) {
        this.cluster = cluster;
        this.recording = recording;
        this.frames = MemoryFrames.of(recording);
        this.cardsPerNode = cardsPerNode;
        this.nodesPerRack = nodesPerRack;
    }

    @Override
    public String name() {
        return "textbook";
    }

    @Override
    public String does() {
        return "a job of keyBy and tumbling windows on a record per event, throughput only, from memory to nothing";
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
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        DataStream<RawFrame> stream =
                environment.fromSource(frames.source(), WatermarkStrategy.noWatermarks(), "frames");
        TextbookJob.windows(stream, cardsPerNode, nodesPerRack).sinkTo(sink);
        cluster.run(environment, name());
    }
}
