package io.supernode.ingest;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.Fabric;
import io.supernode.event.FaultKind;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Events as they lie in a temporary file while an import runs; gone with it, so without version or checks. */
final class SpilledEvents {
    private static final EventKind[] KINDS = EventKind.values();
    private static final FaultKind[] FAULT_KINDS = FaultKind.values();
    private static final ComputeOp[] COMPUTE_OPS = ComputeOp.values();
    private static final BusOp[] BUS_OPS = BusOp.values();
    private static final Fabric[] FABRICS = Fabric.values();

    private SpilledEvents() {}

    static void write(EventBatch b, int i, DataOutputStream out) throws IOException {
        out.writeByte(b.kind(i).ordinal());
        out.writeInt(b.card(i));
        out.writeLong(b.startNanos(i));
        out.writeLong(b.durationNanos(i));
        switch (b.kind(i)) {
            case COMPUTE -> {
                out.writeByte(b.computeOp(i).ordinal());
                out.writeLong(b.tokens(i));
                out.writeLong(b.megaflops(i));
                out.writeLong(b.hbmBytes(i));
                writePlace(b, i, out);
            }
            case BUS -> {
                out.writeByte(b.busOp(i).ordinal());
                out.writeByte(b.fabric(i).ordinal());
                out.writeInt(b.group(i));
                out.writeInt(b.groupSize(i));
                out.writeInt(b.peer(i));
                out.writeLong(b.waitNanos(i));
                out.writeLong(b.sentBytes(i));
                out.writeLong(b.receivedBytes(i));
                writePlace(b, i, out);
            }
            case STEP -> {
                out.writeInt(b.step(i));
                out.writeLong(b.waitNanos(i));
                out.writeLong(b.tokens(i));
                out.writeLong(b.megaflops(i));
            }
            case REQUEST -> {
                out.writeLong(b.request(i));
                out.writeLong(b.firstTokenNanos(i));
                out.writeLong(b.inputTokens(i));
                out.writeLong(b.outputTokens(i));
            }
            case SAMPLE -> {
                out.writeInt(b.computePpm(i));
                out.writeInt(b.hbmPpm(i));
                out.writeInt(b.clockMegahertz(i));
                out.writeInt(b.temperatureMillicelsius(i));
                out.writeLong(b.powerMilliwatts(i));
                out.writeLong(b.hbmUsedBytes(i));
                out.writeLong(b.sentBytes(i));
                out.writeLong(b.receivedBytes(i));
                out.writeInt(b.linkErrors(i));
                out.writeInt(b.planesDown(i));
            }
            case FAULT -> {
                out.writeLong(b.fault(i));
                out.writeByte(b.faultKind(i).ordinal());
                out.writeBoolean(b.active(i));
                out.writeInt(b.cards(i));
                out.writeInt(b.plane(i));
                out.writeInt(b.stage(i));
                out.writeInt(b.magnitudePpm(i));
            }
        }
    }

    /** Appends the next event. */
    static void read(DataInputStream in, EventBatch b) throws IOException {
        EventKind kind = KINDS[in.readByte()];
        int card = in.readInt();
        long start = in.readLong();
        long duration = in.readLong();
        switch (kind) {
            case COMPUTE ->
                b.addCompute(
                        card,
                        COMPUTE_OPS[in.readByte()],
                        start,
                        duration,
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt());
            case BUS ->
                b.addBus(
                        card,
                        BUS_OPS[in.readByte()],
                        FABRICS[in.readByte()],
                        in.readInt(),
                        in.readInt(),
                        in.readInt(),
                        start,
                        duration,
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt());
            case STEP -> b.addStep(card, in.readInt(), start, duration, in.readLong(), in.readLong(), in.readLong());
            case REQUEST ->
                b.addRequest(card, in.readLong(), start, in.readLong(), start + duration, in.readLong(), in.readLong());
            case SAMPLE ->
                b.addSample(
                        card,
                        start + duration,
                        duration,
                        in.readInt(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readInt(),
                        in.readInt());
            case FAULT ->
                b.addFault(
                        card,
                        start + duration,
                        duration,
                        in.readLong(),
                        FAULT_KINDS[in.readByte()],
                        in.readBoolean(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt(),
                        in.readInt());
        }
    }

    private static void writePlace(EventBatch b, int i, DataOutputStream out) throws IOException {
        out.writeInt(b.step(i));
        out.writeInt(b.microbatch(i));
        out.writeInt(b.stage(i));
    }
}
