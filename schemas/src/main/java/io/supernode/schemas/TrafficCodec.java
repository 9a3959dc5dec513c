package io.supernode.schemas;

import io.supernode.event.BusOp;
import io.supernode.window.TrafficWindow;
import java.nio.ByteBuffer;

/** Windows of traffic to and from Avro single-object encoding, byte for byte as Avro's own writer does. Thread-safe. */
public final class TrafficCodec {
    private static final int NUMBERS = 6;
    private static final int COLUMNS = 6;
    private static final SingleObject TRAFFIC = new SingleObject(WireSchema.TRAFFIC_WINDOW);
    private static final int OPS = BusOp.values().length;

    private TrafficCodec() {}

    public static byte[] encode(TrafficWindow w) {
        AvroOutput out = new AvroOutput((NUMBERS + 2 * COLUMNS) * AvroOutput.LONG_BYTES + 16 * w.rows());
        out.write(w.run());
        out.write(w.supernode());
        out.write(w.originEpochNanos());
        out.write(w.startNanos());
        out.write(w.lengthNanos());
        out.write(w.revision());
        AvroArrays.writeInts(w.cards(), out);
        AvroArrays.writeInts(w.ops(), out);
        AvroArrays.writeInts(w.groups(), out);
        AvroArrays.writeInts(w.groupSizes(), out);
        AvroArrays.writeInts(w.peers(), out);
        AvroArrays.writeLongs(w.sentBytes(), out);
        byte[] bytes = new byte[SingleObject.HEADER_BYTES + out.size()];
        SingleObject.writeHeader(WireSchema.TRAFFIC_WINDOW, bytes);
        out.copyTo(bytes, SingleObject.HEADER_BYTES);
        return bytes;
    }

    /** @throws UnreadableException also where columns differ in length, or name what cannot be */
    public static TrafficWindow decode(byte[] encoded) throws UnreadableException {
        byte[] bytes = TRAFFIC.current(encoded);
        AvroInput in = new AvroInput(WireSchema.TRAFFIC_WINDOW.recordName())
                .over(bytes, SingleObject.HEADER_BYTES, bytes.length);
        TrafficWindow window = new TrafficWindow(
                in.readLong("run"),
                in.readInt("supernode"),
                in.readLong("originEpochNanos"),
                in.readLong("startNanos"),
                in.readLong("lengthNanos"),
                in.readInt("revision"),
                AvroArrays.readInts(in, "cards"),
                AvroArrays.readInts(in, "ops"),
                AvroArrays.readInts(in, "groups"),
                AvroArrays.readInts(in, "groupSizes"),
                AvroArrays.readInts(in, "peers"),
                AvroArrays.readLongs(in, "sentBytes"));
        in.requireEnd();
        requireWindow(in, window);
        for (int i = 0; i < window.rows(); i++) {
            requireRow(in, window, i);
        }
        return window;
    }

    /** The record key under which a window replaces its earlier revisions: run, supernode, start; big-endian. */
    public static byte[] key(TrafficWindow w) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + Long.BYTES)
                .putLong(w.run())
                .putInt(w.supernode())
                .putLong(w.startNanos())
                .array();
    }

    private static void requireWindow(AvroInput in, TrafficWindow w) throws UnreadableException {
        if (w.supernode() < 0 || w.revision() < 0) {
            throw in.unreadable("window", "must be >= 0: supernode=" + w.supernode() + " revision=" + w.revision());
        }
        if (w.lengthNanos() <= 0 || w.endNanos() < w.startNanos()) {
            throw in.unreadable(
                    "window",
                    "must be > 0 and end within 64 bits: lengthNanos=" + w.lengthNanos() + " startNanos="
                            + w.startNanos());
        }
        int rows = w.rows();
        if (w.ops().length != rows
                || w.groups().length != rows
                || w.groupSizes().length != rows
                || w.peers().length != rows
                || w.sentBytes().length != rows) {
            throw in.unreadable("cards", "must be as long as every other column: " + rows);
        }
    }

    private static void requireRow(AvroInput in, TrafficWindow w, int i) throws UnreadableException {
        if (w.cards()[i] < 0 || w.groupSizes()[i] < 0 || w.sentBytes()[i] < 0 || w.peers()[i] < -1) {
            throw in.unreadable(
                    "row",
                    "must be >= 0, a peer >= -1: card=" + w.cards()[i] + " groupSize=" + w.groupSizes()[i]
                            + " sentBytes=" + w.sentBytes()[i] + " peer=" + w.peers()[i]);
        }
        if (w.ops()[i] < 0 || w.ops()[i] >= OPS) {
            throw in.unreadable("ops", "must be 0 to " + (OPS - 1) + ", found " + w.ops()[i]);
        }
    }
}
