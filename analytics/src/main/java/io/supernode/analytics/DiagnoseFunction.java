package io.supernode.analytics;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.Detector;
import io.supernode.diagnosis.SliceEvidence;
import io.supernode.diagnosis.TrafficFolder;
import io.supernode.window.PartialReader;
import io.supernode.window.PartialWriter;
import io.supernode.window.TrafficWindow;
import io.supernode.window.WindowPlan;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * {@link Detector} with Flink's keyed state and event-time timers: evidence is gathered second by second, and a second is
 * judged, once and in its turn, when time has passed it. Evidence that comes later than that is left out: windows are
 * corrected, judgements are not. The same second's traffic goes out beside what was found.
 */
final class DiagnoseFunction extends KeyedProcessFunction<GroupKey, EvidencePartial, Anomaly>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    /** A supernode that has said nothing for so long is forgotten, but for the number of its next anomaly; slices. */
    private static final long TRACE_SLICES = 3600;

    private final OutputTag<TrafficWindow> trafficTag;

    private transient TrafficFolder traffic;
    private transient MapState<Long, byte[]> evidence;
    private transient ValueState<Detector> detector;
    private transient ValueState<Long> origin;
    private transient ValueState<Long> nextAnomaly;
    private transient Recoveries recoveries;
    private transient PartialReader reader;
    private transient PartialWriter writer;

    DiagnoseFunction(OutputTag<TrafficWindow> trafficTag) {
        this.trafficTag = trafficTag;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        recoveries = new Recoveries(context);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        recoveries.snapshot();
    }

    @Override
    public void open(OpenContext context) {
        traffic = new TrafficFolder();
        reader = new PartialReader();
        writer = new PartialWriter();
        evidence = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "evidence", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        detector = getRuntimeContext().getState(new ValueStateDescriptor<>("detector", new DetectorSerializer()));
        origin = getRuntimeContext().getState(new ValueStateDescriptor<>("origin", Types.LONG));
        nextAnomaly = getRuntimeContext().getState(new ValueStateDescriptor<>("next-anomaly", Types.LONG));
    }

    @Override
    public void processElement(EvidencePartial partial, Context context, Collector<Anomaly> out) throws Exception {
        if (origin.value() == null) {
            origin.update(partial.originEpochNanos());
        }
        long dueMillis = WindowPlan.watermarkMillis(origin.value(), partial.slice() + 1);
        if (dueMillis <= context.timerService().currentWatermark()) {
            return;
        }
        byte[] before = evidence.get(partial.slice());
        evidence.put(partial.slice(), before == null ? partial.evidence() : sum(before, partial.evidence()));
        if (before == null) {
            context.timerService().registerEventTimeTimer(dueMillis);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Anomaly> out) throws Exception {
        long endSlice = WindowPlan.endSlice(origin.value(), timestamp);
        TreeMap<Long, byte[]> due = new TreeMap<>();
        for (var each : evidence.entries()) {
            if (each.getKey() < endSlice) {
                due.put(each.getKey(), each.getValue());
            }
        }
        Detector judge = detector.value();
        if (due.isEmpty()) {
            if (judge != null && endSlice >= judge.lastSlice() + TRACE_SLICES && evidence.isEmpty()) {
                nextAnomaly.update(judge.nextAnomaly());
                detector.clear();
                origin.clear();
            }
            return;
        }
        if (judge == null) {
            judge = new Detector(nextAnomaly.value() == null ? 0 : nextAnomaly.value());
        }
        GroupKey key = context.getCurrentKey();
        Detector.Subject subject =
                new Detector.Subject(key.run(), key.supernode(), origin.value(), recoveries.firstRevision());
        for (var each : due.entrySet()) {
            SliceEvidence slice = read(each.getValue());
            judge.slice(subject, each.getKey(), slice).forEach(out::collect);
            traffic.traffic(subject, each.getKey(), slice).ifPresent(window -> context.output(trafficTag, window));
            evidence.remove(each.getKey());
        }
        detector.update(judge);
        context.timerService()
                .registerEventTimeTimer(WindowPlan.watermarkMillis(origin.value(), judge.lastSlice() + TRACE_SLICES));
    }

    private SliceEvidence read(byte[] stored) {
        SliceEvidence slice = new SliceEvidence();
        reader.open(stored);
        slice.mergeFrom(reader);
        return slice;
    }

    private byte[] sum(byte[] one, byte[] other) {
        SliceEvidence both = read(one);
        reader.open(other);
        both.mergeFrom(reader);
        return both.toBytes(writer);
    }
}
