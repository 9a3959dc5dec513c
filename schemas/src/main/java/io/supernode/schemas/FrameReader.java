package io.supernode.schemas;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Reads frames of one kind, of this and of every older version. Whatever the bytes, it answers or throws
 * {@link UnreadableException}, and asks for no more memory than a small multiple of their number. Reusable, not
 * thread-safe.
 */
public final class FrameReader {
    private static final ComputeOp[] COMPUTE_OPS = ComputeOp.values();
    private static final BusOp[] BUS_OPS = BusOp.values();
    private static final Fabric[] FABRICS = Fabric.values();
    private static final FaultKind[] FAULT_KINDS = FaultKind.values();

    private final EventKind kind;
    private final SingleObject singleObject;
    private final AvroInput in;

    public FrameReader(EventKind kind) {
        this(kind, WireSchema.of(kind).versions());
    }

    FrameReader(EventKind kind, List<Schema> readable) {
        this.kind = kind;
        WireSchema wire = WireSchema.of(kind);
        this.singleObject = new SingleObject(wire, readable);
        this.in = new AvroInput(wire.recordName());
    }

    /** Reads the header alone; cheap. Says nothing of what follows the header. */
    public FrameHeader header(byte[] frame) throws UnreadableException {
        byte[] current = singleObject.current(frame);
        return FrameLayout.readHeader(in.over(current, SingleObject.HEADER_BYTES, current.length));
    }

    /**
     * Appends the frame's events to {@code into} and returns its header. Where it throws, {@code into} is as it was.
     */
    public FrameHeader read(byte[] frame, EventBatch into) throws UnreadableException {
        int size = into.size();
        try {
            byte[] current = singleObject.current(frame);
            in.over(current, SingleObject.HEADER_BYTES, current.length);
            FrameHeader header = FrameLayout.readHeader(in);
            readEvents(header.baseNanos(), into);
            in.requireEnd();
            if (header.isHeartbeat() && into.size() > size) {
                throw in.unreadable("events", "must be 0 in a heartbeat, found " + (into.size() - size));
            }
            return header;
        } catch (UnreadableException e) {
            into.truncate(size);
            throw e;
        }
    }

    private void readEvents(long baseNanos, EventBatch into) throws UnreadableException {
        int fields = FrameLayout.fieldCount(kind);
        long end = baseNanos;
        for (int n = in.readBlock("events", fields); n > 0; n = in.readBlock("events", fields)) {
            for (int i = 0; i < n; i++) {
                switch (kind) {
                    case COMPUTE -> readCompute(end, into);
                    case BUS -> readBus(end, into);
                    case STEP -> readStep(end, into);
                    case REQUEST -> readRequest(end, into);
                    case SAMPLE -> readSample(end, into);
                    case FAULT -> readFault(end, into);
                }
                int last = into.size() - 1;
                String problem = EventRules.problem(into, last);
                if (problem != null) {
                    throw in.unreadable("event", problem);
                }
                end = into.endNanos(last);
            }
            in.endBlock("events");
        }
    }

    private long readEnd(long previous) throws UnreadableException {
        long delta = in.readLong("endDeltaNanos");
        long end = previous + delta;
        if (delta < 0 || end < previous) {
            throw in.unreadable("endDeltaNanos", "must be 0 to " + (Long.MAX_VALUE - previous) + ", found " + delta);
        }
        return end;
    }

    private void readCompute(long previous, EventBatch into) throws UnreadableException {
        int card = in.readInt("card");
        ComputeOp op = COMPUTE_OPS[in.readEnum("op", COMPUTE_OPS.length)];
        long end = readEnd(previous);
        long duration = in.readLong("durationNanos");
        into.addCompute(
                card,
                op,
                end - duration,
                duration,
                in.readLong("tokens"),
                in.readLong("megaflops"),
                in.readLong("hbmBytes"),
                in.readInt("step"),
                in.readInt("microbatch"),
                in.readInt("stage"));
    }

    private void readBus(long previous, EventBatch into) throws UnreadableException {
        int card = in.readInt("card");
        BusOp op = BUS_OPS[in.readEnum("op", BUS_OPS.length)];
        Fabric fabric = FABRICS[in.readEnum("fabric", FABRICS.length)];
        int group = in.readInt("group");
        int groupSize = in.readInt("groupSize");
        int peer = in.readInt("peer");
        long end = readEnd(previous);
        long duration = in.readLong("durationNanos");
        into.addBus(
                card,
                op,
                fabric,
                group,
                groupSize,
                peer,
                end - duration,
                duration,
                in.readLong("waitNanos"),
                in.readLong("sentBytes"),
                in.readLong("receivedBytes"),
                in.readInt("step"),
                in.readInt("microbatch"),
                in.readInt("stage"));
    }

    private void readStep(long previous, EventBatch into) throws UnreadableException {
        int card = in.readInt("card");
        int step = in.readInt("step");
        long end = readEnd(previous);
        long duration = in.readLong("durationNanos");
        into.addStep(
                card,
                step,
                end - duration,
                duration,
                in.readLong("waitNanos"),
                in.readLong("tokens"),
                in.readLong("megaflops"));
    }

    private void readRequest(long previous, EventBatch into) throws UnreadableException {
        int card = in.readInt("card");
        long request = in.readLong("request");
        long end = readEnd(previous);
        long duration = in.readLong("durationNanos");
        into.addRequest(
                card,
                request,
                end - duration,
                in.readLong("firstTokenNanos"),
                end,
                in.readLong("inputTokens"),
                in.readLong("outputTokens"));
    }

    private void readSample(long previous, EventBatch into) throws UnreadableException {
        int card = in.readInt("card");
        into.addSample(
                card,
                readEnd(previous),
                in.readLong("durationNanos"),
                in.readInt("computePpm"),
                in.readInt("hbmPpm"),
                in.readInt("clockMegahertz"),
                in.readInt("temperatureMillicelsius"),
                in.readLong("powerMilliwatts"),
                in.readLong("hbmUsedBytes"),
                in.readLong("sentBytes"),
                in.readLong("receivedBytes"),
                in.readInt("linkErrors"),
                in.readInt("planesDown"));
    }

    private void readFault(long previous, EventBatch into) throws UnreadableException {
        int card = in.readInt("card");
        into.addFault(
                card,
                readEnd(previous),
                in.readLong("durationNanos"),
                in.readLong("fault"),
                FAULT_KINDS[in.readEnum("kind", FAULT_KINDS.length)],
                in.readEnum("active", 2) == 1,
                in.readInt("cards"),
                in.readInt("plane"),
                in.readInt("stage"),
                in.readInt("magnitudePpm"));
    }
}
