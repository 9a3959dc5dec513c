package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job: a source of frames, {@link TelemetryPipeline}, and sinks for what comes out. */
public final class TelemetryJob {
    /** Most subtasks that can ever merge. */
    private static final int KEY_GROUPS = 128;

    /**
     * The source tells time itself. A partition whose time has come this much further than the slowest's waits for it: windows are
     * open for all that lies between, so that a job that catches up with hours of frames would hold hours of windows.
     */
    private static final Duration AHEAD_MAX = Duration.ofSeconds(20);

    private static final WatermarkStrategy<RawFrame> ALIGNED = WatermarkStrategy.<RawFrame>noWatermarks()
            .withWatermarkAlignment("frames", AHEAD_MAX, Duration.ofMillis(50));

    private final Source<RawFrame, ?, ?> frames;
    private final Sink<ThroughputWindow> throughput;
    private final Sink<LatencyWindow> latency;
    private final Sink<TrafficWindow> traffic;
    private final Sink<Anomaly> anomalies;
    private final Sink<DeadLetter> deadLetters;

    /** @param frames with watermarks of their own, one clock a partition */
    public TelemetryJob(
            Source<RawFrame, ?, ?> frames,
            Sink<ThroughputWindow> throughput,
            Sink<LatencyWindow> latency,
            Sink<TrafficWindow> traffic,
            Sink<Anomaly> anomalies,
            Sink<DeadLetter> deadLetters) {
        this.frames = frames;
        this.throughput = throughput;
        this.latency = latency;
        this.traffic = traffic;
        this.anomalies = anomalies;
        this.deadLetters = deadLetters;
    }

    /** Adds the job that reads from and writes to Kafka; the caller executes. */
    public static void onKafka(StreamExecutionEnvironment env, JobOptions options) {
        new TelemetryJob(
                        KafkaFrames.source(options),
                        KafkaWindows.throughput(options),
                        KafkaWindows.latency(options),
                        KafkaWindows.traffic(options),
                        KafkaWindows.anomalies(options),
                        KafkaWindows.deadLetters(options))
                .addTo(env, options);
    }

    /** Adds the job to the environment and configures it; the caller executes. */
    public void addTo(StreamExecutionEnvironment env, JobOptions options) {
        env.configure(configuration(options));
        if (options.parallelism() > 0) {
            env.setParallelism(options.parallelism());
        }
        DataStream<RawFrame> stream =
                env.fromSource(frames, ALIGNED, "read frames").uid("frames").setParallelism(options.readers());
        TelemetryPipeline.Windows windows = new TelemetryPipeline(
                        options.allowedLateness(), options.nodesPerRack(), options.diagnosed())
                .from(stream);
        windows.throughput().sinkTo(throughput).name("write throughput windows").uid("throughput");
        windows.latency().sinkTo(latency).name("write latency windows").uid("latency");
        windows.diagnosis().ifPresent(diagnosis -> {
            diagnosis.traffic().sinkTo(traffic).name("write traffic windows").uid("traffic");
            diagnosis.anomalies().sinkTo(anomalies).name("write anomalies").uid("anomalies");
        });
        windows.deadLetters()
                .sinkTo(deadLetters)
                .name("write dead letters")
                .uid("dead-letters")
                .setParallelism(1);
    }

    public static void main(String[] args) throws Exception {
        JobArguments arguments;
        try {
            arguments = JobArguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        if (arguments.help()) {
            System.out.print(JobArguments.HELP);
            return;
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        onKafka(env, arguments.options());
        env.execute("supernode telemetry");
    }

    private static Configuration configuration(JobOptions options) {
        Configuration configuration = new Configuration();
        // a type that Flink would hand to Kryo is a mistake of ours: fail when the job is built
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        // nothing between source and sink changes a record after it has handed it on
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        // state is kept by group of keys, and their number is for ever: said, so that no parallelism changes it
        configuration.set(PipelineOptions.MAX_PARALLELISM, KEY_GROUPS);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofMillis(500));
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(30));
        if (!options.checkpointInterval().isZero()) {
            configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, options.checkpointInterval());
            configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
            configuration.set(
                    CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                    ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        }
        return configuration;
    }
}
