package io.supernode.analytics;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.WindowPlan;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Reads from frames how far time has come in one partition: what their senders say they have sent everything up to,
 * less an allowance for senders that run behind each other. Steps in whole slices, because nothing happens in between,
 * and with the frame that carries the news, not by a wall-clock timer: so time depends on the frames alone.
 * What cannot be read, or believed ({@link TimeGuard}), says nothing about time.
 */
final class FrameClock implements WatermarkGenerator<RawFrame> {
    private final long outOfOrdernessNanos;
    private final Map<EventKind, FrameReader> readers = new EnumMap<>(EventKind.class);
    private final TimeGuard guard = new TimeGuard();
    private long latestMillis = Long.MIN_VALUE;

    private FrameClock(long outOfOrdernessNanos) {
        this.outOfOrdernessNanos = outOfOrdernessNanos;
    }

    static WatermarkStrategy<RawFrame> strategy(Duration outOfOrderness) {
        long nanos = outOfOrderness.toNanos();
        return WatermarkStrategy.<RawFrame>forGenerator(context -> new FrameClock(nanos))
                // frames carry event time inside; the record's own timestamp is not used
                .withTimestampAssigner((frame, recordTimestamp) -> recordTimestamp);
    }

    @Override
    public void onEvent(RawFrame frame, long recordTimestamp, WatermarkOutput output) {
        EventKind kind = frame.topic().eventKind();
        FrameHeader header;
        try {
            header = readers.computeIfAbsent(kind, FrameReader::new).header(frame.bytes());
        } catch (UnreadableException e) {
            return; // the same bytes become a dead letter where they are folded
        }
        if (!FrameFolder.isTimely(header) || !guard.believes(header)) {
            return;
        }
        long endSlice = WindowPlan.slice(header.throughNanos() - outOfOrdernessNanos);
        long millis = WindowPlan.watermarkMillis(header.originEpochNanos(), endSlice);
        if (millis > latestMillis) {
            latestMillis = millis;
            output.emitWatermark(new Watermark(millis));
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // every step of time comes with a frame
    }
}
