package io.supernode.schemas;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.Cause;
import java.nio.ByteBuffer;

/** Anomalies to and from Avro single-object encoding, byte for byte as Avro's own writer does. Thread-safe. */
public final class AnomalyCodec {
    private static final int FIELDS = 23;
    private static final SingleObject ANOMALY = new SingleObject(WireSchema.ANOMALY);
    private static final AnomalyKind[] KINDS = AnomalyKind.values();
    private static final Cause[] CAUSES = Cause.values();

    private AnomalyCodec() {}

    public static byte[] encode(Anomaly a) {
        AvroOutput out = new AvroOutput(FIELDS * AvroOutput.LONG_BYTES);
        out.write(a.run());
        out.write(a.supernode());
        out.write(a.originEpochNanos());
        out.write(a.anomaly());
        out.write(a.revision());
        out.write(a.kind().ordinal());
        out.write(a.cause().ordinal());
        out.write(a.card());
        out.write(a.cards());
        out.write(a.peer());
        out.write(a.plane());
        out.write(a.stage());
        out.write(a.startNanos());
        out.write(a.endNanos());
        out.write(a.detectedNanos());
        out.write(a.severityPpm());
        out.write(a.observedNanos());
        out.write(a.expectedNanos());
        out.write(a.events());
        out.write(a.peersWaitNanos());
        out.write(a.linkErrors());
        out.write(a.clockMegahertz());
        out.write(a.temperatureMillicelsius());
        byte[] bytes = new byte[SingleObject.HEADER_BYTES + out.size()];
        SingleObject.writeHeader(WireSchema.ANOMALY, bytes);
        out.copyTo(bytes, SingleObject.HEADER_BYTES);
        return bytes;
    }

    public static Anomaly decode(byte[] encoded) throws UnreadableException {
        byte[] bytes = ANOMALY.current(encoded);
        AvroInput in =
                new AvroInput(WireSchema.ANOMALY.recordName()).over(bytes, SingleObject.HEADER_BYTES, bytes.length);
        Anomaly anomaly = new Anomaly(
                in.readLong("run"),
                in.readInt("supernode"),
                in.readLong("originEpochNanos"),
                in.readLong("anomaly"),
                in.readInt("revision"),
                KINDS[in.readEnum("kind", KINDS.length)],
                CAUSES[in.readEnum("cause", CAUSES.length)],
                in.readInt("card"),
                in.readInt("cards"),
                in.readInt("peer"),
                in.readInt("plane"),
                in.readInt("stage"),
                in.readLong("startNanos"),
                in.readLong("endNanos"),
                in.readLong("detectedNanos"),
                in.readLong("severityPpm"),
                in.readLong("observedNanos"),
                in.readLong("expectedNanos"),
                in.readLong("events"),
                in.readLong("peersWaitNanos"),
                in.readLong("linkErrors"),
                in.readInt("clockMegahertz"),
                in.readInt("temperatureMillicelsius"));
        in.requireEnd();
        if (anomaly.supernode() < 0 || anomaly.anomaly() < 0 || anomaly.revision() < 0) {
            throw in.unreadable(
                    "anomaly",
                    "must be >= 0: supernode=" + anomaly.supernode() + " anomaly=" + anomaly.anomaly() + " revision="
                            + anomaly.revision());
        }
        return anomaly;
    }

    /** The record key under which an anomaly replaces its earlier revisions: run, supernode, anomaly; big-endian. */
    public static byte[] key(Anomaly a) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + Long.BYTES)
                .putLong(a.run())
                .putInt(a.supernode())
                .putLong(a.anomaly())
                .array();
    }
}
