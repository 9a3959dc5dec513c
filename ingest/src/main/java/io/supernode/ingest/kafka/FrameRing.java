package io.supernode.ingest.kafka;

import io.supernode.event.EventKind;
import io.supernode.replay.TraceMetadata;
import io.supernode.replay.TraceSplit;
import io.supernode.replay.TraceWriter;
import io.supernode.schemas.FrameHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** The frames of the last so much event time, in the order in which they came; fewer where bytes do not allow more. */
final class FrameRing {
    private final long spanNanos;
    private final long mostBytes;
    private final Deque<Held> frames = new ArrayDeque<>();
    private long latestNanos = Long.MIN_VALUE;
    private long bytes;
    private boolean isShort;

    private record Held(EventKind kind, long throughNanos, byte[] frame) {}

    FrameRing(long spanNanos, long mostBytes) {
        this.spanNanos = spanNanos;
        this.mostBytes = mostBytes;
    }

    void add(EventKind kind, FrameHeader header, byte[] frame) {
        frames.addLast(new Held(kind, header.throughNanos(), frame));
        bytes += frame.length;
        latestNanos = Math.max(latestNanos, header.throughNanos());
        while (frames.getFirst().throughNanos < latestNanos - spanNanos) {
            drop();
        }
        while (bytes > mostBytes && frames.size() > 1) {
            drop();
            isShort = true;
        }
    }

    int size() {
        return frames.size();
    }

    /** Whether frames of the span had to go because there were too many bytes. */
    boolean isShort() {
        return isShort;
    }

    /** Writes what it holds to a trace, which appears when it is whole; it goes on holding it. */
    void save(Path trace, TraceMetadata metadata) throws IOException {
        try (TraceWriter writer = TraceWriter.create(trace, metadata, TraceSplit.NONE)) {
            for (Held held : frames) {
                writer.addFrame(held.kind, held.frame);
            }
        }
    }

    private void drop() {
        bytes -= frames.removeFirst().frame.length;
    }
}
