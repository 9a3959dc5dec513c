package io.supernode.analytics;

import io.supernode.window.GroupAccumulator;
import io.supernode.window.LatencyWindow;
import io.supernode.window.SliceFolder;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowMerger;
import io.supernode.window.WindowPlan;
import io.supernode.window.WindowSink;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.OutputTag;

/**
 * {@link WindowMerger} with Flink's keyed state and event-time timers. A window that is added to is kept as an object:
 * on the heap a slice is added in place, and nothing is written until a checkpoint wants it. A window that has been given
 * is kept as bytes. State of the first version has all windows as bytes; they are opened as slices come. A timer is a
 * slice boundary; one for a boundary that time has passed fires with the next watermark, which bundles what came late
 * until then into one correction.
 */
final class MergeFunction extends KeyedProcessFunction<GroupKey, SlicePartial, ThroughputWindow>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    /** How long after a group's last window it is remembered that there were windows; slices. */
    private static final long TRACE_SLICES = 3600;

    private final OutputTag<LatencyWindow> latencyTag;
    private final OutputTag<DeadLetter> deadLetterTag;
    private final long latenessNanos;

    private transient WindowMerger merger;
    private transient MapState<Long, GroupAccumulator> open;
    private transient MapState<Long, byte[]> closed;
    private transient ValueState<Long> origin;
    private transient ValueState<Long> forgotten;
    private transient Recoveries recoveries;

    MergeFunction(OutputTag<LatencyWindow> latencyTag, OutputTag<DeadLetter> deadLetterTag, long latenessNanos) {
        this.latencyTag = latencyTag;
        this.deadLetterTag = deadLetterTag;
        this.latenessNanos = latenessNanos;
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
        merger = new WindowMerger(latenessNanos);
        open = getRuntimeContext()
                .getMapState(
                        new MapStateDescriptor<>("open-windows", LongSerializer.INSTANCE, new OpenWindowSerializer()));
        closed = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "windows", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        origin = getRuntimeContext().getState(new ValueStateDescriptor<>("origin", Types.LONG));
        forgotten = getRuntimeContext().getState(new ValueStateDescriptor<>("forgotten", Types.LONG));
    }

    @Override
    public void processElement(SlicePartial partial, Context context, Collector<ThroughputWindow> out)
            throws Exception {
        if (origin.value() == null) {
            origin.update(partial.originEpochNanos());
        }
        long refused = merger.merge(state(context.timerService()), partial.node(), partial.slice(), partial.sums());
        // the node's partial is the same events again
        if (refused > 0 && partial.node() == SliceFolder.SUPERNODE) {
            context.output(deadLetterTag, refusal(partial, refused));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ThroughputWindow> out) throws Exception {
        GroupKey key = context.getCurrentKey();
        long endSlice = WindowPlan.endSlice(origin.value(), timestamp);
        WindowMerger.Group group = new WindowMerger.Group(
                key.run(), key.supernode(), key.node(), origin.value(), recoveries.firstRevision());
        State state = state(context.timerService());
        merger.due(state, group, endSlice, new WindowSink() {
            @Override
            public void throughput(ThroughputWindow window) {
                out.collect(window);
            }

            @Override
            public void latency(LatencyWindow window) {
                context.output(latencyTag, window);
            }
        });
        if (closed.isEmpty() && open.isEmpty()) {
            long last = state.forgottenThrough() + TRACE_SLICES;
            if (endSlice >= last) {
                origin.clear();
                forgotten.clear();
            } else {
                state.wakeAt(last);
            }
        }
    }

    private State state(TimerService timers) throws Exception {
        return new State(open, closed, forgotten, origin.value(), timers);
    }

    private static DeadLetter refusal(SlicePartial partial, long events) {
        return new DeadLetter(
                "",
                -1,
                -1,
                "merge",
                "must come while its window is kept: slice=" + partial.slice() + " of supernode=" + partial.supernode(),
                events,
                Long.toString(partial.run()),
                new byte[0]);
    }

    /** The current key's windows. */
    private record State(
            MapState<Long, GroupAccumulator> openWindows,
            MapState<Long, byte[]> closedWindows,
            ValueState<Long> forgotten,
            long originEpochNanos,
            TimerService timers)
            implements WindowMerger.State {
        @Override
        public GroupAccumulator open(long id) {
            return unchecked(() -> openWindows.get(id));
        }

        @Override
        public void keepOpen(long id, GroupAccumulator window) {
            unchecked(() -> {
                openWindows.put(id, window);
                return null;
            });
        }

        @Override
        public byte[] closed(long id) {
            return unchecked(() -> closedWindows.get(id));
        }

        @Override
        public void close(long id, byte[] window) {
            unchecked(() -> {
                openWindows.remove(id);
                closedWindows.put(id, window);
                return null;
            });
        }

        @Override
        public void forget(long id) {
            unchecked(() -> {
                closedWindows.remove(id);
                return null;
            });
        }

        @Override
        public void wakeAt(long endSlice) {
            timers.registerEventTimeTimer(WindowPlan.watermarkMillis(originEpochNanos, endSlice));
        }

        @Override
        public long forgottenThrough() {
            Long through = unchecked(forgotten::value);
            return through == null ? Long.MIN_VALUE : through;
        }

        @Override
        public void forgottenThrough(long endSlice) {
            unchecked(() -> {
                forgotten.update(endSlice);
                return null;
            });
        }

        /** State access declares any exception; one here means that the task cannot go on. */
        private static <T> T unchecked(java.util.concurrent.Callable<T> access) {
            try {
                return access.call();
            } catch (Exception e) {
                throw new FlinkRuntimeException("window state is not accessible", e);
            }
        }
    }
}
