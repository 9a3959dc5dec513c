package io.supernode.schemas;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;

/**
 * Writes frames of one kind, byte for byte as Avro's own writer does. After a warm-up an event costs no allocation, a
 * frame that of its bytes. Reusable, not thread-safe.
 */
public final class FrameWriter {
    /** Single-object header, eight header fields, the number of events and the array's end. */
    private static final int MOST_HEADER_BYTES = SingleObject.HEADER_BYTES + 10 * AvroOutput.LONG_BYTES;

    private final EventKind kind;
    private final WireSchema wire;
    private final AvroOutput events = new AvroOutput(1 << 16);
    private final AvroOutput header = new AvroOutput(MOST_HEADER_BYTES);
    private long baseNanos;
    private long lastEndNanos;
    private int eventCount;

    public FrameWriter(EventKind kind) {
        this.kind = kind;
        this.wire = WireSchema.of(kind);
    }

    /** Starts a frame whose first event's end is counted from {@code baseNanos}; forgets an unfinished one. */
    public void begin(long baseNanos) {
        begin(baseNanos, 0);
    }

    /**
     * The same, where the node's clock is wrong: all times of the frame are told so much ahead of what they are.
     *
     * @param aheadNanos negative for a clock that is behind
     */
    public void begin(long baseNanos, long aheadNanos) {
        this.baseNanos = baseNanos + aheadNanos;
        lastEndNanos = baseNanos;
        eventCount = 0;
        events.clear();
    }

    /**
     * Appends event {@code i}.
     *
     * @throws IllegalArgumentException where it is not of this writer's kind, ends before the one before it (the first:
     *     before the base) or holds what no reader accepts; the frame is then as it was
     */
    public void append(EventBatch batch, int i) {
        if (batch.kind(i) != kind) {
            throw new IllegalArgumentException("must be " + kind + ": kind=" + batch.kind(i) + " of event " + i);
        }
        long delta = batch.endNanos(i) - lastEndNanos;
        if (delta < 0 || batch.endNanos(i) < lastEndNanos) {
            throw new IllegalArgumentException(
                    "must be >= " + lastEndNanos + ": endNanos=" + batch.endNanos(i) + " of event " + i);
        }
        String problem = EventRules.problem(batch, i);
        if (problem != null) {
            throw new IllegalArgumentException(problem + " of event " + i);
        }
        events.reserve(FrameLayout.fieldCount(kind));
        switch (kind) {
            case COMPUTE -> compute(batch, i, delta);
            case BUS -> bus(batch, i, delta);
            case STEP -> step(batch, i, delta);
            case REQUEST -> request(batch, i, delta);
            case SAMPLE -> sample(batch, i, delta);
            case FAULT -> fault(batch, i, delta);
        }
        lastEndNanos = batch.endNanos(i);
        eventCount++;
    }

    public int eventCount() {
        return eventCount;
    }

    /** Size of the frame if it were finished now, at most; bytes. */
    public int sizeBytes() {
        return MOST_HEADER_BYTES + events.size();
    }

    /**
     * The whole frame: single-object header, fields, events. The writer then waits for {@link #begin}.
     *
     * @throws IllegalArgumentException where {@code header.baseNanos()} is not that of {@link #begin}, or a heartbeat
     *     has events
     */
    public byte[] finish(FrameHeader header) {
        if (header.baseNanos() != baseNanos) {
            throw new IllegalArgumentException("must be " + baseNanos + ": baseNanos=" + header.baseNanos());
        }
        if (header.isHeartbeat() && eventCount > 0) {
            throw new IllegalArgumentException("must be 0 in a heartbeat: events=" + eventCount);
        }
        this.header.clear();
        FrameLayout.writeHeader(header, this.header);
        if (eventCount > 0) {
            this.header.write(eventCount);
        }
        int eventsAt = SingleObject.HEADER_BYTES + this.header.size();
        byte[] frame = new byte[eventsAt + events.size() + 1]; // the last byte, 0, ends the array
        SingleObject.writeHeader(wire, frame);
        this.header.copyTo(frame, SingleObject.HEADER_BYTES);
        events.copyTo(frame, eventsAt);
        begin(baseNanos);
        return frame;
    }

    private void compute(EventBatch b, int i, long delta) {
        events.write(b.card(i));
        events.write(b.computeOp(i).ordinal());
        events.write(delta);
        events.write(b.durationNanos(i));
        events.write(b.tokens(i));
        events.write(b.megaflops(i));
        events.write(b.hbmBytes(i));
        events.write(b.step(i));
        events.write(b.microbatch(i));
        events.write(b.stage(i));
    }

    private void bus(EventBatch b, int i, long delta) {
        events.write(b.card(i));
        events.write(b.busOp(i).ordinal());
        events.write(b.fabric(i).ordinal());
        events.write(b.group(i));
        events.write(b.groupSize(i));
        events.write(b.peer(i));
        events.write(delta);
        events.write(b.durationNanos(i));
        events.write(b.waitNanos(i));
        events.write(b.sentBytes(i));
        events.write(b.receivedBytes(i));
        events.write(b.step(i));
        events.write(b.microbatch(i));
        events.write(b.stage(i));
    }

    private void step(EventBatch b, int i, long delta) {
        events.write(b.card(i));
        events.write(b.step(i));
        events.write(delta);
        events.write(b.durationNanos(i));
        events.write(b.waitNanos(i));
        events.write(b.tokens(i));
        events.write(b.megaflops(i));
    }

    private void request(EventBatch b, int i, long delta) {
        events.write(b.card(i));
        events.write(b.request(i));
        events.write(delta);
        events.write(b.durationNanos(i));
        events.write(b.firstTokenNanos(i));
        events.write(b.inputTokens(i));
        events.write(b.outputTokens(i));
    }

    private void sample(EventBatch b, int i, long delta) {
        events.write(b.card(i));
        events.write(delta);
        events.write(b.durationNanos(i));
        events.write(b.computePpm(i));
        events.write(b.hbmPpm(i));
        events.write(b.clockMegahertz(i));
        events.write(b.temperatureMillicelsius(i));
        events.write(b.powerMilliwatts(i));
        events.write(b.hbmUsedBytes(i));
        events.write(b.sentBytes(i));
        events.write(b.receivedBytes(i));
        events.write(b.linkErrors(i));
        events.write(b.planesDown(i));
    }

    private void fault(EventBatch b, int i, long delta) {
        events.write(b.card(i));
        events.write(delta);
        events.write(b.durationNanos(i));
        events.write(b.fault(i));
        events.write(b.faultKind(i).ordinal());
        events.write(b.active(i) ? 1 : 0);
        events.write(b.cards(i));
        events.write(b.plane(i));
        events.write(b.stage(i));
        events.write(b.magnitudePpm(i));
    }
}
