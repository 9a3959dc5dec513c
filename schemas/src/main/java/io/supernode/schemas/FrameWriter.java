package io.supernode.schemas;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;

/** Writes frames of one kind. Reusable, not thread-safe. */
public final class FrameWriter {
    public FrameWriter(EventKind kind) {
        throw new UnsupportedOperationException();
    }

    /** Starts a frame whose first event's end is counted from {@code baseNanos}; forgets an unfinished one. */
    public void begin(long baseNanos) {
        throw new UnsupportedOperationException();
    }

    /** Appends event {@code i}, which must be of this writer's kind and end no earlier than the one before it. */
    public void append(EventBatch events, int i) {
        throw new UnsupportedOperationException();
    }

    public int eventCount() {
        throw new UnsupportedOperationException();
    }

    /** Size of the frame if it were finished now, at most; bytes. */
    public int sizeBytes() {
        throw new UnsupportedOperationException();
    }

    /** The whole frame: single-object header, fields, events. {@code header.baseNanos()} must be that of begin. */
    public byte[] finish(FrameHeader header) {
        throw new UnsupportedOperationException();
    }
}
