package io.supernode.unit;

/**
 * Randomness without a state: a draw is a function of the seed and of what it is for (a stream and up to four
 * coordinates such as step, card and microbatch), so that it is the same in any order and on any thread. Counter-based
 * in the sense of Salmon et al. (SC 2011); each coordinate passes the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
 */
public final class Draws {
    private static final double UNIT = 0x1.0p-53;
    private final long seed;

    public Draws(long seed) {
        this.seed = mix(seed + 0x9E3779B97F4A7C15L);
    }

    /** 64 random bits. Streams and coordinates that differ give independent draws. */
    public long bits(int stream, long a, long b, long c, long d) {
        long x = mix(seed ^ stream * 0xD1B54A32D192ED03L);
        x = mix(x ^ a * 0x9E3779B97F4A7C15L);
        x = mix(x ^ b * 0xBF58476D1CE4E5B9L + 1);
        x = mix(x ^ c * 0x94D049BB133111EBL + 2);
        return mix(x ^ d * 0x2545F4914F6CDD1DL + 3);
    }

    /** Uniform in [0, 1). */
    public double uniform(int stream, long a, long b, long c, long d) {
        return (bits(stream, a, b, c, d) >>> 11) * UNIT;
    }

    /**
     * Of mean 0 and variance 1, bell-shaped, never beyond 3.47: the sum of four uniforms (Irwin-Hall). Bounded on
     * purpose: a factor {@code 1 + cv * bell} stays positive for every cv below 0.28. No logarithm, no cosine: the same
     * bits on every machine, at the price of one hash.
     */
    public double bell(int stream, long a, long b, long c, long d) {
        long bits = bits(stream, a, b, c, d);
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        // four uniforms on 0..65535 have mean 4 * 32767.5 and variance 4 * (65536^2 - 1) / 12
        return (sum - 131_070.0) * BELL_SCALE;
    }

    private static final double BELL_SCALE = 1 / StrictMath.sqrt(4 * (65_536.0 * 65_536.0 - 1) / 12);

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
