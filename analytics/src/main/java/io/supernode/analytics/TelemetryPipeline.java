package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.TrafficWindow;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * Frames to windows and anomalies: fold where the frames are read, then merge by node and by supernode, and judge by
 * supernode. No source, no sink, no settings read from outside.
 *
 * <p>Events are whole numbers in, whole numbers out, added up: the last revision of every window is the same whatever
 * the order, the partitions, the parallelism and the failures on the way.
 */
public final class TelemetryPipeline {
    private static final OutputTag<DeadLetter> UNFOLDED =
            new OutputTag<>("unfolded", TypeInformation.of(DeadLetter.class));
    private static final OutputTag<DeadLetter> UNMERGED =
            new OutputTag<>("unmerged", TypeInformation.of(DeadLetter.class));
    private static final OutputTag<EvidencePartial> EVIDENCE =
            new OutputTag<>("evidence", TypeInformation.of(EvidencePartial.class));
    private static final OutputTag<LatencyWindow> LATENCY =
            new OutputTag<>("latency", TypeInformation.of(LatencyWindow.class));

    private static final OutputTag<TrafficWindow> TRAFFIC =
            new OutputTag<>("traffic", TypeInformation.of(TrafficWindow.class));

    private final Duration allowedLateness;
    private final int nodesPerRack;
    private final boolean diagnosed;

    /**
     * @param allowedLateness how far behind the watermark an event may end and still correct its windows
     * @param nodesPerRack nodes with following indices that share a rack; 0 when that is not known
     * @param diagnosed whether evidence is gathered by supernode
     */
    public TelemetryPipeline(Duration allowedLateness, int nodesPerRack, boolean diagnosed) {
        this.allowedLateness = allowedLateness;
        this.nodesPerRack = nodesPerRack;
        this.diagnosed = diagnosed;
    }

    /**
     * What comes out: windows, each again when corrected; anomalies, each again when it changes; and frames of which
     * events are in no window.
     *
     * @param diagnosis empty when no evidence is gathered
     */
    public record Windows(
            DataStream<ThroughputWindow> throughput,
            DataStream<LatencyWindow> latency,
            Optional<Diagnosis> diagnosis,
            DataStream<DeadLetter> deadLetters) {}

    /** What comes of the evidence of a supernode. */
    public record Diagnosis(DataStream<Anomaly> anomalies, DataStream<TrafficWindow> traffic) {}

    /** Windows of frames whose watermarks come from {@link FrameClocks}. */
    public Windows from(DataStream<RawFrame> frames) {
        long latenessNanos = allowedLateness.toNanos();
        SingleOutputStreamOperator<SlicePartial> partials = frames.transform(
                        "fold events into slices",
                        TypeInformation.of(SlicePartial.class),
                        new FoldOperator(UNFOLDED, diagnosed ? EVIDENCE : null, latenessNanos, nodesPerRack))
                .uid("fold");
        SingleOutputStreamOperator<ThroughputWindow> throughput = partials.keyBy(
                        SlicePartial::group, TypeInformation.of(GroupKey.class))
                .process(
                        new MergeFunction(LATENCY, UNMERGED, latenessNanos), TypeInformation.of(ThroughputWindow.class))
                .name("merge slices into windows")
                .uid("merge");
        // a partition of the source keeps its chain: the fold must run as often as its source
        partials.setParallelism(frames.getParallelism());
        return new Windows(
                throughput,
                throughput.getSideOutput(LATENCY),
                diagnosed ? Optional.of(diagnosis(partials)) : Optional.empty(),
                partials.getSideOutput(UNFOLDED).union(throughput.getSideOutput(UNMERGED)));
    }

    private static Diagnosis diagnosis(SingleOutputStreamOperator<SlicePartial> partials) {
        SingleOutputStreamOperator<Anomaly> anomalies = partials.getSideOutput(EVIDENCE)
                .keyBy(EvidencePartial::group, TypeInformation.of(GroupKey.class))
                .process(new DiagnoseFunction(TRAFFIC), TypeInformation.of(Anomaly.class))
                .name("diagnose supernodes")
                .uid("diagnose");
        return new Diagnosis(anomalies, anomalies.getSideOutput(TRAFFIC));
    }
}
