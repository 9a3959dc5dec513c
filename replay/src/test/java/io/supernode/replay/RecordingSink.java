package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.UnreadableException;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it was sent, in order, and when. */
final class RecordingSink implements FrameSink {
    /** @param elapsedNanos wall time from the start at which the frame came */
    record Sent(EventKind kind, FrameHeader header, byte[] frame, long elapsedNanos) {
        boolean isHeartbeat() {
            return header.isHeartbeat();
        }

        EventBatch events() {
            EventBatch events = new EventBatch();
            try {
                FrameHeader read = new FrameReader(kind).read(frame, events);
                if (!read.equals(header)) {
                    throw new AssertionError("told " + header + " but wrote " + read);
                }
            } catch (UnreadableException e) {
                throw new AssertionError(e);
            }
            return events;
        }
    }

    /** What a test makes of one send, before it is recorded: let time pass, throw, stop the engine. */
    interface Trouble {
        void before(int frame);
    }

    final List<Sent> all = new ArrayList<>();
    final List<Long> loops = new ArrayList<>();
    private final VirtualClock clock;
    private Trouble trouble = frame -> {};
    private int sent;
    private boolean keepsHeartbeats = true;
    int flushedAt = -1;
    boolean closed;

    RecordingSink(VirtualClock clock) {
        this.clock = clock;
    }

    RecordingSink with(Trouble trouble) {
        this.trouble = trouble;
        return this;
    }

    /** For runs of days: a heartbeat every 100 ms is not worth keeping. */
    RecordingSink withoutHeartbeats() {
        keepsHeartbeats = false;
        return this;
    }

    List<Sent> frames() {
        return all.stream().filter(s -> !s.isHeartbeat()).toList();
    }

    List<Sent> heartbeats() {
        return all.stream().filter(Sent::isHeartbeat).toList();
    }

    @Override
    public void send(EventKind kind, FrameHeader header, byte[] frame) {
        trouble.before(sent++);
        all.add(new Sent(kind, header, frame, clock.elapsed()));
    }

    @Override
    public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
        if (!keepsHeartbeats) {
            return;
        }
        all.add(new Sent(kind, header, frame, clock.elapsed()));
    }

    @Override
    public void startLoop(long number) {
        loops.add(number);
    }

    @Override
    public void flush() {
        flushedAt = all.size();
    }

    @Override
    public void close() {
        closed = true;
    }
}
