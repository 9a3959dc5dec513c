package io.supernode.schemas;

import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;

/** Windows to and from Avro single-object encoding. Thread-safe. */
public final class WindowCodec {
    private WindowCodec() {}

    public static byte[] encode(ThroughputWindow window) {
        throw new UnsupportedOperationException();
    }

    public static byte[] encode(LatencyWindow window) {
        throw new UnsupportedOperationException();
    }

    public static ThroughputWindow throughput(byte[] bytes) throws UnreadableException {
        throw new UnsupportedOperationException();
    }

    public static LatencyWindow latency(byte[] bytes) throws UnreadableException {
        throw new UnsupportedOperationException();
    }

    /** The record key under which a window replaces its earlier revisions. */
    public static byte[] key(ThroughputWindow window) {
        throw new UnsupportedOperationException();
    }

    /** The record key under which a window replaces its earlier revisions. */
    public static byte[] key(LatencyWindow window) {
        throw new UnsupportedOperationException();
    }
}
