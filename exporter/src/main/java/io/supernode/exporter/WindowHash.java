package io.supernode.exporter;

import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;

/**
 * 128 bits that depend on what a window says and on nothing else: all its fields but run, origin, revision and late
 * events, which differ between two runs of the same work. Hashes of the windows of a run are added, so that their order
 * does not matter and a replaced revision is taken away again. Guards against mistakes, not against an adversary.
 */
record WindowHash(long high, long low) {
    private static final long THROUGHPUT = 0x3C6EF372FE94F82BL;
    private static final long LATENCY = 0xA54FF53A5F1D36F1L;

    static WindowHash of(ThroughputWindow w) {
        long a = mix(THROUGHPUT, w.supernode());
        a = mix(a, w.scope().ordinal());
        a = mix(a, w.entity());
        a = mix(a, w.startNanos());
        a = mix(a, w.lengthNanos());
        a = mix(a, w.computeEvents());
        a = mix(a, w.busEvents());
        a = mix(a, w.stepEvents());
        a = mix(a, w.requestEvents());
        a = mix(a, w.computeNanos());
        a = mix(a, w.transitNanos());
        a = mix(a, w.waitNanos());
        a = mix(a, w.tokens());
        a = mix(a, w.megaflops());
        a = mix(a, w.hbmBytes());
        a = mix(a, w.sentBytes());
        a = mix(a, w.receivedBytes());
        a = mix(a, w.unknownSizeEvents());
        a = mix(a, w.stepTokens());
        a = mix(a, w.stepMegaflops());
        a = mix(a, w.stepNanos());
        a = mix(a, w.inputTokens());
        a = mix(a, w.outputTokens());
        a = mix(a, w.sampleEvents());
        a = mix(a, w.faultEvents());
        a = mix(a, w.energyMillijoules());
        a = mix(a, w.linkErrors());
        a = mix(a, w.linkDownNanos());
        return finished(a);
    }

    static WindowHash of(LatencyWindow w) {
        long a = mix(LATENCY, w.supernode());
        a = mix(a, w.scope().ordinal());
        a = mix(a, w.entity());
        a = mix(a, w.metric().ordinal());
        a = mix(a, w.startNanos());
        a = mix(a, w.lengthNanos());
        a = mix(a, w.count());
        a = mix(a, w.sumNanos());
        a = mix(a, w.minNanos());
        a = mix(a, w.maxNanos());
        for (int i = 0; i < w.bucketIndices().length; i++) {
            a = mix(a, w.bucketIndices()[i]);
            a = mix(a, w.bucketCounts()[i]);
        }
        return finished(a);
    }

    private static WindowHash finished(long a) {
        return new WindowHash(finish(a ^ 0x5851F42D4C957F2DL), finish(a));
    }

    private static long mix(long state, long value) {
        long x = (state ^ value) * 0xBF58476D1CE4E5B9L;
        return Long.rotateLeft(x, 29) * 0x94D049BB133111EBL + 0x2545F4914F6CDD1DL;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long finish(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
