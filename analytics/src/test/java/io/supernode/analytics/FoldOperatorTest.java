package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two readers remember of time when one of them is far ahead as the checkpoint is taken. */
class FoldOperatorTest {
    private static final OutputTag<DeadLetter> LETTERS = new OutputTag<>("letters") {};
    private static final OutputTag<EvidencePartial> EVIDENCE = new OutputTag<>("evidence") {};
    private static final int READERS = 2;
    private static final long LATENESS_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final List<RawFrame> frames = new Telemetry(5, 6, 10, 8).partitions.get(0);

    private final List<OneInputStreamOperatorTestHarness<RawFrame, SlicePartial>> started = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (var each : started) {
            each.close();
        }
    }

    private interface Course {
        void of(OneInputStreamOperatorTestHarness<RawFrame, SlicePartial> reader) throws Exception;
    }

    /** The merging side waits for it: nothing that it reads is late. */
    @Test
    void aReaderThatHasBeenToldNoTimeYetHoldsTimeBackForAll() throws Exception {
        assertThat(lettersAfterARestart(slow -> slow.processElement(new StreamRecord<>(frames.get(0)))))
                .isEmpty();
    }

    /** Nobody waits for it: what it is given after the restart is as late as it would have been before. */
    @Test
    void aReaderThatHadNothingToReadHoldsNobodyBack() throws Exception {
        assertThat(lettersAfterARestart(slow -> slow.processWatermarkStatus(WatermarkStatus.IDLE)))
                .isNotEmpty()
                .allMatch(letter -> letter.stage().equals("late"));
    }

    /** @param slow what the other reader has seen when the first is an hour past all frames */
    private List<DeadLetter> lettersAfterARestart(Course slow) throws Exception {
        long hourLaterMillis = TimeUnit.NANOSECONDS.toMillis(Telemetry.ORIGIN) + TimeUnit.HOURS.toMillis(1);
        var ahead = reader(0);
        var behind = reader(1);
        ahead.open();
        behind.open();
        ahead.processWatermark(new Watermark(hourLaterMillis));
        slow.of(behind);
        OperatorSubtaskState checkpoint =
                AbstractStreamOperatorTestHarness.repackageState(ahead.snapshot(1, 1), behind.snapshot(1, 1));
        var restored = reader(1);
        restored.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(checkpoint, READERS, READERS, READERS, 1));
        restored.open();
        for (RawFrame frame : frames.subList(1, frames.size())) {
            restored.processElement(new StreamRecord<>(frame));
        }
        List<DeadLetter> letters = new ArrayList<>();
        if (restored.getSideOutput(LETTERS) != null) {
            restored.getSideOutput(LETTERS).forEach(letter -> letters.add(letter.getValue()));
        }
        return letters;
    }

    private OneInputStreamOperatorTestHarness<RawFrame, SlicePartial> reader(int subtask) throws Exception {
        var reader = new OneInputStreamOperatorTestHarness<>(
                new FoldOperator(LETTERS, EVIDENCE, LATENESS_NANOS, 4), READERS, READERS, subtask);
        started.add(reader);
        return reader;
    }
}
