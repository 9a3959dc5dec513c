package io.supernode.analytics;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/**
 * A {@link FrameClock} for every partition of a reader. Flink's own generators of watermarks forget with the process how
 * far time had come; these are told by the checkpoint. Not thread-safe.
 */
final class FrameClocks {
    private final long outOfOrdernessNanos;
    private final Map<String, FrameClock> clocks = new HashMap<>();
    /** Partitions whose time came out of a checkpoint and has not been told yet. */
    private final Queue<String> untold = new ArrayDeque<>();

    private ReaderOutput<RawFrame> output;
    private ReaderOutput<RawFrame> clocked;

    FrameClocks(Duration outOfOrderness) {
        outOfOrdernessNanos = outOfOrderness.toNanos();
    }

    /** A partition that is read from now on. */
    void add(String splitId, FrameTime time) {
        clocks.put(splitId, new FrameClock(outOfOrdernessNanos, time));
        if (time.isKnown()) {
            untold.add(splitId);
        }
    }

    /** How far time has come in a partition that is read. */
    FrameTime time(String splitId) {
        return clocks.get(splitId).time();
    }

    /** The output, with the time of every frame told behind it, and first what the checkpoint knew. */
    ReaderOutput<RawFrame> over(ReaderOutput<RawFrame> out) {
        if (output != out) {
            output = out;
            clocked = new Clocked(out);
        }
        for (String splitId = untold.poll(); splitId != null; splitId = untold.poll()) {
            out.createOutputForSplit(splitId)
                    .emitWatermark(new Watermark(clocks.get(splitId).watermarkMillis()));
        }
        return clocked;
    }

    /** What says something of time beside the frames goes through as it is. */
    private abstract static class Passing implements SourceOutput<RawFrame> {
        private final SourceOutput<RawFrame> out;

        Passing(SourceOutput<RawFrame> out) {
            this.out = out;
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            out.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            out.markIdle();
        }

        @Override
        public void markActive() {
            out.markActive();
        }
    }

    /** Frames of one partition. */
    private static final class ClockedSplit extends Passing {
        private final SourceOutput<RawFrame> out;
        private final FrameClock clock;

        ClockedSplit(SourceOutput<RawFrame> out, FrameClock clock) {
            super(out);
            this.out = out;
            this.clock = clock;
        }

        @Override
        public void collect(RawFrame frame) {
            out.collect(frame);
            tell(frame);
        }

        @Override
        public void collect(RawFrame frame, long timestamp) {
            out.collect(frame, timestamp);
            tell(frame);
        }

        private void tell(RawFrame frame) {
            if (clock.advance(frame)) {
                out.emitWatermark(new Watermark(clock.watermarkMillis()));
            }
        }
    }

    private final class Clocked extends Passing implements ReaderOutput<RawFrame> {
        private final ReaderOutput<RawFrame> out;

        Clocked(ReaderOutput<RawFrame> out) {
            super(out);
            this.out = out;
        }

        @Override
        public SourceOutput<RawFrame> createOutputForSplit(String splitId) {
            return new ClockedSplit(out.createOutputForSplit(splitId), clocks.get(splitId));
        }

        @Override
        public void releaseOutputForSplit(String splitId) {
            clocks.remove(splitId);
            out.releaseOutputForSplit(splitId);
        }

        @Override
        public void collect(RawFrame frame) {
            throw new UnsupportedOperationException("a frame is of a partition");
        }

        @Override
        public void collect(RawFrame frame, long timestamp) {
            throw new UnsupportedOperationException("a frame is of a partition");
        }
    }
}
