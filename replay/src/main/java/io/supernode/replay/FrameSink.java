package io.supernode.replay;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;

/**
 * Where frames go: a broker, a file, a list in a test. Called by one thread, in the order of intended time.
 * A sink keeps that order per node and kind.
 */
public interface FrameSink extends AutoCloseable {
    /**
     * Takes one frame. May block while the other side cannot keep up; the caller counts that as lateness.
     *
     * @throws SendFailedException when this frame, or one before it, is known not to arrive
     */
    void send(EventKind kind, FrameHeader header, byte[] frame);

    /**
     * Takes a frame without events to every partition of the kind, so that time goes on where no node reports.
     *
     * @throws SendFailedException as in {@link #send}
     */
    void heartbeat(EventKind kind, FrameHeader header, byte[] frame);

    /**
     * Returns when everything taken has arrived.
     *
     * @throws SendFailedException when something has not
     */
    void flush();

    /** The frames from here on belong to another pass over the same recording; 0 is the first. */
    default void startLoop(long number) {}

    /** Wall time that senders have waited so far because the other side could not take more, nanoseconds. */
    default long blockedNanos() {
        return 0;
    }

    @Override
    void close();
}
