package io.supernode.replay;

/**
 * When a trace that is being written goes on in another file.
 *
 * @param bytes size of a file after whose next block it does, &gt;= 1; {@link #NEVER} for none
 * @param nanos event time after which it does, &gt;= 1; {@link #NEVER} for none
 */
public record TraceSplit(long bytes, long nanos) {
    public static final long NEVER = Long.MAX_VALUE;

    /** One file, however large. */
    public static final TraceSplit NONE = new TraceSplit(NEVER, NEVER);

    public TraceSplit {
        if (bytes < 1 || nanos < 1) {
            throw new IllegalArgumentException("must be >= 1: bytes=" + bytes + " nanos=" + nanos);
        }
    }

    public static TraceSplit everyBytes(long bytes) {
        return new TraceSplit(bytes, NEVER);
    }

    public static TraceSplit everyNanos(long nanos) {
        return new TraceSplit(NEVER, nanos);
    }

    boolean isNone() {
        return bytes == NEVER && nanos == NEVER;
    }
}
