package io.supernode.schemas;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;

/** Reads frames of one kind, of this and of every older version. Reusable, not thread-safe. */
public final class FrameReader {
    public FrameReader(EventKind kind) {
        throw new UnsupportedOperationException();
    }

    /** Reads the header alone; cheap. */
    public FrameHeader header(byte[] frame) throws UnreadableException {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends the frame's events to {@code into} and returns its header. Where it throws, {@code into} is as it was.
     */
    public FrameHeader read(byte[] frame, EventBatch into) throws UnreadableException {
        throw new UnsupportedOperationException();
    }
}
