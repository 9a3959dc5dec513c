package io.supernode.analytics;

import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * Frames to windows: fold where the frames are read, then merge by node and by supernode. No source, no sink, no
 * settings read from outside.
 *
 * <p>Events are whole numbers in, whole numbers out, added up: the last revision of every window is the same whatever
 * the order, the partitions, the parallelism and the failures on the way.
 */
public final class TelemetryPipeline {
    private static final OutputTag<DeadLetter> UNFOLDED =
            new OutputTag<>("unfolded", TypeInformation.of(DeadLetter.class));
    private static final OutputTag<DeadLetter> UNMERGED =
            new OutputTag<>("unmerged", TypeInformation.of(DeadLetter.class));
    private static final OutputTag<LatencyWindow> LATENCY =
            new OutputTag<>("latency", TypeInformation.of(LatencyWindow.class));

    private final Duration allowedLateness;

    /** @param allowedLateness how far behind the watermark an event may end and still correct its windows */
    public TelemetryPipeline(Duration allowedLateness) {
        this.allowedLateness = allowedLateness;
    }

    /** What comes out: windows, each again when corrected, and frames of which events are in no window. */
    public record Windows(
            DataStream<ThroughputWindow> throughput,
            DataStream<LatencyWindow> latency,
            DataStream<DeadLetter> deadLetters) {}

    /** Windows of frames whose watermarks come from {@link FrameClock}. */
    public Windows from(DataStream<RawFrame> frames) {
        long latenessNanos = allowedLateness.toNanos();
        SingleOutputStreamOperator<SlicePartial> partials = frames.transform(
                        "fold events into slices",
                        TypeInformation.of(SlicePartial.class),
                        new FoldOperator(UNFOLDED, latenessNanos))
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
                partials.getSideOutput(UNFOLDED).union(throughput.getSideOutput(UNMERGED)));
    }
}
