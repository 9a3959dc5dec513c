package io.supernode.event;

/**
 * A fingerprint of a set of events that depends on every field of every event and on nothing else: not on their order,
 * not on frames, partitions or speed. Each event is hashed to 128 bits and the hashes are added, so that digests of
 * parts add up to the digest of the whole. It guards against mistakes, not against an adversary. Not thread-safe.
 */
public final class EventDigest {
    private long count;
    private long high;
    private long low;

    public void add(EventBatch b, int i) {
        long a = mix(0x9E3779B97F4A7C15L, b.kind(i).ordinal());
        a = mix(a, b.card(i));
        a = mix(a, b.endNanos(i));
        a = mix(a, b.durationNanos(i));
        switch (b.kind(i)) {
            case COMPUTE -> {
                a = mix(a, b.computeOp(i).ordinal());
                a = mix(a, b.tokens(i));
                a = mix(a, b.megaflops(i));
                a = mix(a, b.hbmBytes(i));
                a = mix(a, b.step(i));
                a = mix(a, b.microbatch(i));
                a = mix(a, b.stage(i));
            }
            case BUS -> {
                a = mix(a, b.busOp(i).ordinal());
                a = mix(a, b.fabric(i).ordinal());
                a = mix(a, b.group(i));
                a = mix(a, b.groupSize(i));
                a = mix(a, b.peer(i));
                a = mix(a, b.waitNanos(i));
                a = mix(a, b.sentBytes(i));
                a = mix(a, b.receivedBytes(i));
                a = mix(a, b.step(i));
                a = mix(a, b.microbatch(i));
                a = mix(a, b.stage(i));
            }
            case STEP -> {
                a = mix(a, b.step(i));
                a = mix(a, b.waitNanos(i));
                a = mix(a, b.tokens(i));
                a = mix(a, b.megaflops(i));
            }
            case REQUEST -> {
                a = mix(a, b.request(i));
                a = mix(a, b.firstTokenNanos(i));
                a = mix(a, b.inputTokens(i));
                a = mix(a, b.outputTokens(i));
            }
            case SAMPLE -> {
                a = mix(a, b.computePpm(i));
                a = mix(a, b.hbmPpm(i));
                a = mix(a, b.clockMegahertz(i));
                a = mix(a, b.temperatureMillicelsius(i));
                a = mix(a, b.powerMilliwatts(i));
                a = mix(a, b.hbmUsedBytes(i));
                a = mix(a, b.sentBytes(i));
                a = mix(a, b.receivedBytes(i));
                a = mix(a, b.linkErrors(i));
                a = mix(a, b.planesDown(i));
            }
            case FAULT -> {
                a = mix(a, b.fault(i));
                a = mix(a, b.faultKind(i).ordinal());
                a = mix(a, b.active(i) ? 1 : 0);
                a = mix(a, b.cards(i));
                a = mix(a, b.plane(i));
                a = mix(a, b.stage(i));
                a = mix(a, b.magnitudePpm(i));
            }
        }
        addHash(a);
    }

    /** Adds all events of another digest. */
    public void merge(EventDigest other) {
        count += other.count;
        high += other.high;
        low += other.low;
    }

    public long count() {
        return count;
    }

    /** 32 hexadecimal digits. */
    public String hex() {
        return String.format("%016x%016x", high, low);
    }

    private void addHash(long a) {
        count++;
        high += finish(a ^ 0x5851F42D4C957F2DL);
        low += finish(a);
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
