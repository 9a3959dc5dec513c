package io.supernode.analytics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How far time had come in a partition, as a checkpoint keeps it beside the position. A partition that has no more frames
 * after a restart would otherwise never say so, and hold up the windows of all.
 *
 * @param watermarkMillis of the partition, in milliseconds since the epoch; {@link Long#MIN_VALUE} when no frame has told
 * @param latestEpochNanos the latest time that was believed ({@link TimeGuard}); {@link Long#MIN_VALUE} likewise
 */
record FrameTime(long watermarkMillis, long latestEpochNanos) {
    static final FrameTime NONE = new FrameTime(Long.MIN_VALUE, Long.MIN_VALUE);

    boolean isKnown() {
        return watermarkMillis != Long.MIN_VALUE;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(watermarkMillis);
        out.writeLong(latestEpochNanos);
    }

    static FrameTime read(DataInput in) throws IOException {
        return new FrameTime(in.readLong(), in.readLong());
    }
}
