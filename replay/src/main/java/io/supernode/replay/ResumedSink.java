package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;

/**
 * Leaves out what has been sent before: a run that is played again from its beginning goes on where it was, without a
 * gap and without sending anything twice. Frames are known by their numbers; the last one of every node is held against
 * the one that was sent, so that another run is not taken for this one.
 */
public final class ResumedSink implements FrameSink {
    private final FrameSink sink;
    private final RunPosition position;
    private final EventBatch batch = new EventBatch();

    public ResumedSink(FrameSink sink, RunPosition position) {
        this.sink = sink;
        this.position = position;
    }

    @Override
    public void send(EventKind kind, FrameHeader header, byte[] frame) {
        RunPosition.Last last = position.last().get(new RunPosition.Sender(kind, header.node()));
        if (last == null || header.sequence() > last.sequence()) {
            sink.send(kind, header, frame);
        } else if (header.sequence() == last.sequence() && !events(kind, frame).equals(last.events())) {
            throw new SendFailedException(
                    "cannot resume: frame " + header.sequence() + " of node " + header.node() + " ("
                            + kind
                            + ") holds other events than the one that was sent; a run is resumed with the scenario,"
                            + " seed, speed and options that it was begun with",
                    null);
        }
    }

    private String events(EventKind kind, byte[] frame) {
        batch.clear();
        try {
            new FrameReader(kind).read(frame, batch);
        } catch (UnreadableException e) {
            throw new IllegalStateException("a frame of our own must be readable", e);
        }
        return digest(batch);
    }

    /** As {@link RunPosition.Last#events} has it. */
    public static String digest(EventBatch events) {
        EventDigest digest = new EventDigest();
        for (int i = 0; i < events.size(); i++) {
            digest.add(events, i);
        }
        return digest.hex();
    }

    @Override
    public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
        if (header.throughNanos() > position.throughNanos()) {
            sink.heartbeat(kind, header, frame);
        }
    }

    @Override
    public void flush() {
        sink.flush();
    }

    @Override
    public void startLoop(long number) {
        sink.startLoop(number);
    }

    @Override
    public long blockedNanos() {
        return sink.blockedNanos();
    }

    @Override
    public void close() {
        sink.close();
    }
}
