package io.supernode.schemas;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.nio.ByteBuffer;

/** Windows to and from Avro single-object encoding, byte for byte as Avro's own writer does. Thread-safe. */
public final class WindowCodec {
    private static final SingleObject THROUGHPUT = new SingleObject(WireSchema.THROUGHPUT_WINDOW);
    private static final SingleObject LATENCY = new SingleObject(WireSchema.LATENCY_WINDOW);
    private static final Scope[] SCOPES = Scope.values();
    private static final LatencyMetric[] METRICS = LatencyMetric.values();
    private static final int LAST_BUCKET = LatencySketch.bucket(Long.MAX_VALUE);
    /** run, supernode, scope, entity, startNanos, lengthNanos */
    private static final int KEY_BYTES = 8 + 4 + 1 + 4 + 8 + 8;

    private WindowCodec() {}

    public static byte[] encode(ThroughputWindow w) {
        AvroOutput out = new AvroOutput(32 * AvroOutput.LONG_BYTES);
        out.write(w.run());
        out.write(w.supernode());
        out.write(w.scope().ordinal());
        out.write(w.entity());
        out.write(w.originEpochNanos());
        out.write(w.startNanos());
        out.write(w.lengthNanos());
        out.write(w.revision());
        out.write(w.computeEvents());
        out.write(w.busEvents());
        out.write(w.stepEvents());
        out.write(w.requestEvents());
        out.write(w.lateEvents());
        out.write(w.computeNanos());
        out.write(w.transitNanos());
        out.write(w.waitNanos());
        out.write(w.tokens());
        out.write(w.megaflops());
        out.write(w.hbmBytes());
        out.write(w.sentBytes());
        out.write(w.receivedBytes());
        out.write(w.unknownSizeEvents());
        out.write(w.stepTokens());
        out.write(w.stepMegaflops());
        out.write(w.stepNanos());
        out.write(w.inputTokens());
        out.write(w.outputTokens());
        out.write(w.sampleEvents());
        out.write(w.faultEvents());
        out.write(w.energyMillijoules());
        out.write(w.linkErrors());
        out.write(w.linkDownNanos());
        return single(WireSchema.THROUGHPUT_WINDOW, out);
    }

    public static byte[] encode(LatencyWindow w) {
        AvroOutput out = new AvroOutput(17 * AvroOutput.LONG_BYTES + 8 * w.bucketIndices().length);
        out.write(w.run());
        out.write(w.supernode());
        out.write(w.scope().ordinal());
        out.write(w.entity());
        out.write(w.metric().ordinal());
        out.write(w.originEpochNanos());
        out.write(w.startNanos());
        out.write(w.lengthNanos());
        out.write(w.revision());
        out.write(w.count());
        out.write(w.sumNanos());
        out.write(w.minNanos());
        out.write(w.maxNanos());
        AvroArrays.writeInts(w.bucketIndices(), out);
        AvroArrays.writeLongs(w.bucketCounts(), out);
        return single(WireSchema.LATENCY_WINDOW, out);
    }

    public static ThroughputWindow throughput(byte[] bytes) throws UnreadableException {
        return throughput(bytes, THROUGHPUT);
    }

    static ThroughputWindow throughput(byte[] bytes, SingleObject versions) throws UnreadableException {
        AvroInput in = over(WireSchema.THROUGHPUT_WINDOW, versions.current(bytes));
        ThroughputWindow window = new ThroughputWindow(
                in.readLong("run"),
                in.readInt("supernode"),
                SCOPES[in.readEnum("scope", SCOPES.length)],
                in.readInt("entity"),
                in.readLong("originEpochNanos"),
                in.readLong("startNanos"),
                in.readLong("lengthNanos"),
                in.readInt("revision"),
                in.readLong("computeEvents"),
                in.readLong("busEvents"),
                in.readLong("stepEvents"),
                in.readLong("requestEvents"),
                in.readLong("lateEvents"),
                in.readLong("computeNanos"),
                in.readLong("transitNanos"),
                in.readLong("waitNanos"),
                in.readLong("tokens"),
                in.readLong("megaflops"),
                in.readLong("hbmBytes"),
                in.readLong("sentBytes"),
                in.readLong("receivedBytes"),
                in.readLong("unknownSizeEvents"),
                in.readLong("stepTokens"),
                in.readLong("stepMegaflops"),
                in.readLong("stepNanos"),
                in.readLong("inputTokens"),
                in.readLong("outputTokens"),
                in.readLong("sampleEvents"),
                in.readLong("faultEvents"),
                in.readLong("energyMillijoules"),
                in.readLong("linkErrors"),
                in.readLong("linkDownNanos"));
        in.requireEnd();
        requireKey(in, window.key(), window.revision());
        return window;
    }

    public static LatencyWindow latency(byte[] bytes) throws UnreadableException {
        return latency(bytes, LATENCY);
    }

    static LatencyWindow latency(byte[] bytes, SingleObject versions) throws UnreadableException {
        AvroInput in = over(WireSchema.LATENCY_WINDOW, versions.current(bytes));
        LatencyWindow window = new LatencyWindow(
                in.readLong("run"),
                in.readInt("supernode"),
                SCOPES[in.readEnum("scope", SCOPES.length)],
                in.readInt("entity"),
                METRICS[in.readEnum("metric", METRICS.length)],
                in.readLong("originEpochNanos"),
                in.readLong("startNanos"),
                in.readLong("lengthNanos"),
                in.readInt("revision"),
                in.readLong("count"),
                in.readLong("sumNanos"),
                in.readLong("minNanos"),
                in.readLong("maxNanos"),
                AvroArrays.readInts(in, "bucketIndices"),
                AvroArrays.readLongs(in, "bucketCounts"));
        in.requireEnd();
        requireKey(in, window.key(), window.revision());
        requireDistribution(in, window);
        return window;
    }

    /** The record key under which a window replaces its earlier revisions: {@link WindowKey}, 33 bytes big-endian. */
    public static byte[] key(ThroughputWindow window) {
        return keyInto(ByteBuffer.allocate(KEY_BYTES), window.key()).array();
    }

    /**
     * The record key under which a window replaces its earlier revisions: {@link WindowKey} and metric, 34 bytes
     * big-endian.
     */
    public static byte[] key(LatencyWindow window) {
        return keyInto(ByteBuffer.allocate(KEY_BYTES + 1), window.key())
                .put((byte) window.metric().ordinal())
                .array();
    }

    private static ByteBuffer keyInto(ByteBuffer to, WindowKey key) {
        return to.putLong(key.run())
                .putInt(key.supernode())
                .put((byte) key.scope().ordinal())
                .putInt(key.entity())
                .putLong(key.startNanos())
                .putLong(key.lengthNanos());
    }

    private static byte[] single(WireSchema wire, AvroOutput out) {
        byte[] bytes = new byte[SingleObject.HEADER_BYTES + out.size()];
        SingleObject.writeHeader(wire, bytes);
        out.copyTo(bytes, SingleObject.HEADER_BYTES);
        return bytes;
    }

    private static AvroInput over(WireSchema wire, byte[] bytes) {
        return new AvroInput(wire.recordName()).over(bytes, SingleObject.HEADER_BYTES, bytes.length);
    }

    private static void requireKey(AvroInput in, WindowKey key, int revision) throws UnreadableException {
        if (key.supernode() < 0 || key.entity() < 0 || revision < 0) {
            throw in.unreadable(
                    "window",
                    "must be >= 0: supernode=" + key.supernode() + " entity=" + key.entity() + " revision=" + revision);
        }
        if (key.lengthNanos() <= 0 || key.endNanos() < key.startNanos()) {
            throw in.unreadable(
                    "window",
                    "must be > 0 and end within 64 bits: lengthNanos=" + key.lengthNanos() + " startNanos="
                            + key.startNanos());
        }
    }

    /** What {@link LatencyWindow#sketch()} relies on. */
    private static void requireDistribution(AvroInput in, LatencyWindow w) throws UnreadableException {
        int[] indices = w.bucketIndices();
        long[] counts = w.bucketCounts();
        if (indices.length != counts.length) {
            throw in.unreadable("bucketCounts", "must be " + indices.length + " numbers, found " + counts.length);
        }
        int previous = -1;
        long sum = 0;
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] <= previous || indices[i] > LAST_BUCKET) {
                throw in.unreadable("bucketIndices", "must ascend from 0 to " + LAST_BUCKET + ", found " + indices[i]);
            }
            if (counts[i] <= 0 || (sum += counts[i]) < 0) {
                throw in.unreadable("bucketCounts", "must be > 0 with a sum of 63 bits, found " + counts[i]);
            }
            previous = indices[i];
        }
        if (sum != w.count()) {
            throw in.unreadable("count", "must be " + sum + ", the sum of bucketCounts, found " + w.count());
        }
        if (sum > 0 && (w.minNanos() < 0 || w.minNanos() > w.maxNanos())) {
            throw in.unreadable("minNanos", "must be 0 to " + w.maxNanos() + ", found " + w.minNanos());
        }
    }
}
