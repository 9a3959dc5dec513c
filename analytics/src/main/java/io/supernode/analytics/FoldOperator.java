package io.supernode.analytics;

import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Frames in, partials out, chained to the source: events never cross the network. Partials leave when time passes their
 * slice and, unfinished, before every checkpoint barrier: so a checkpoint holds no events here, and a restart may give
 * the partitions to other subtasks. What is kept is how far time had come, which decides what is too late, and the frame
 * numbers so far, which decide what is a repetition.
 */
final class FoldOperator extends AbstractStreamOperator<SlicePartial>
        implements OneInputStreamOperator<RawFrame, SlicePartial> {
    /**
     * In a checkpoint, a subtask that reads and has been told no time yet: time starts anew for all, since the merging
     * side waits for it. One that has nothing to read ({@link Long#MIN_VALUE}, idle) holds up nobody.
     */
    private static final long NO_TIME_YET = Long.MIN_VALUE + 1;

    private static final long serialVersionUID = 1L;

    private final OutputTag<DeadLetter> deadLetterTag;
    private final OutputTag<EvidencePartial> evidenceTag;
    private final long latenessNanos;
    private final int nodesPerRack;

    private transient FrameFolder folder;
    private transient ListState<Long> watermarkState;
    private transient ListState<SequenceState> sequenceState;
    private transient ListState<GuardState> guardState;
    private transient SequenceBook sequences;
    private transient TimeGuards guards;
    private transient Counter deadLetters;
    private transient long watermarkMillis;
    private transient boolean isIdle;

    /** @param evidenceTag where evidence goes; null when none is gathered */
    FoldOperator(
            OutputTag<DeadLetter> deadLetterTag,
            OutputTag<EvidencePartial> evidenceTag,
            long latenessNanos,
            int nodesPerRack) {
        this.deadLetterTag = deadLetterTag;
        this.evidenceTag = evidenceTag;
        this.latenessNanos = latenessNanos;
        this.nodesPerRack = nodesPerRack;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        // union: after a restart every subtask starts from the slowest one's time. The merging side was never ahead of
        // that, so it still has the windows of everything that is accepted here
        watermarkState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("watermark-millis", Types.LONG));
        watermarkMillis = Long.MAX_VALUE;
        for (long restored : watermarkState.get()) {
            if (restored != Long.MIN_VALUE) {
                watermarkMillis = Math.min(watermarkMillis, restored);
            }
        }
        if (watermarkMillis == Long.MAX_VALUE || watermarkMillis == NO_TIME_YET) {
            watermarkMillis = Long.MIN_VALUE;
        }
        // union again: partitions may have moved to other subtasks
        sequenceState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("sequences", TypeInformation.of(SequenceState.class)));
        guardState = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("guards", TypeInformation.of(GuardState.class)));
        sequences = new SequenceBook(latenessNanos);
        for (SequenceState restored : sequenceState.get()) {
            sequences.restore(restored);
        }
        guards = new TimeGuards();
        for (GuardState restored : guardState.get()) {
            guards.restore(restored);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        deadLetters = getMetricGroup().counter("deadLetters");
        folder = new FrameFolder(
                latenessNanos,
                nodesPerRack,
                sequences,
                guards,
                partial -> output.collect(new StreamRecord<>(partial)),
                evidenceTag == null
                        ? Optional.empty()
                        : Optional.of(evidence -> output.collect(evidenceTag, new StreamRecord<>(evidence))),
                letter -> {
                    deadLetters.inc();
                    output.collect(deadLetterTag, new StreamRecord<>(letter));
                });
    }

    @Override
    public void processElement(StreamRecord<RawFrame> frame) {
        folder.fold(frame.getValue(), watermarkMillis);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMillis = Math.max(watermarkMillis, mark.getTimestamp());
        folder.flush(watermarkMillis);
        super.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        isIdle = status.isIdle();
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        folder.flushAll();
    }

    @Override
    public void finish() throws Exception {
        folder.flushAll();
        super.finish();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        watermarkState.update(List.of(watermarkMillis == Long.MIN_VALUE && !isIdle ? NO_TIME_YET : watermarkMillis));
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        sequenceState.update(sequences.snapshot(subtask, subtasks));
        guardState.update(guards.snapshot(subtask, subtasks));
    }
}
