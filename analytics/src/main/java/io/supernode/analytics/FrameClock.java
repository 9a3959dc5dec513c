package io.supernode.analytics;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import io.supernode.window.WindowPlan;
import java.util.EnumMap;
import java.util.Map;

/**
 * Reads from frames how far time has come in one partition: what their senders say they have sent everything up to,
 * less an allowance for senders that run behind each other. Steps in whole slices, because nothing happens in between,
 * and with the frame that carries the news, not by a wall-clock timer: so time depends on the frames alone.
 * What cannot be read, or believed ({@link TimeGuard}), says nothing about time. Not thread-safe.
 */
final class FrameClock {
    private final long outOfOrdernessNanos;
    private final Map<EventKind, FrameReader> readers = new EnumMap<>(EventKind.class);
    private final TimeGuard guard;
    private long watermarkMillis;

    /** @param begin where a checkpoint left the partition, or {@link FrameTime#NONE} */
    FrameClock(long outOfOrdernessNanos, FrameTime begin) {
        this.outOfOrdernessNanos = outOfOrdernessNanos;
        guard = new TimeGuard(begin.latestEpochNanos());
        watermarkMillis = begin.watermarkMillis();
    }

    /** @return whether time has come further with this frame */
    boolean advance(RawFrame frame) {
        EventKind kind = frame.topic().eventKind();
        FrameHeader header;
        try {
            header = readers.computeIfAbsent(kind, FrameReader::new).header(frame.bytes());
        } catch (UnreadableException e) {
            return false; // the same bytes become a dead letter where they are folded
        }
        if (!FrameFolder.isTimely(header) || !guard.believes(header)) {
            return false;
        }
        long endSlice = WindowPlan.slice(header.throughNanos() - outOfOrdernessNanos);
        long millis = WindowPlan.watermarkMillis(header.originEpochNanos(), endSlice);
        if (millis <= watermarkMillis) {
            return false;
        }
        watermarkMillis = millis;
        return true;
    }

    FrameTime time() {
        return new FrameTime(watermarkMillis, guard.latestEpochNanos());
    }

    long watermarkMillis() {
        return watermarkMillis;
    }
}
