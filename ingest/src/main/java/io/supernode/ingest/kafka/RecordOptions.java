package io.supernode.ingest.kafka;

import java.util.OptionalLong;

/**
 * What is recorded.
 *
 * @param which {@link Which#NEXT} records what is sent from now on; the others what the topics hold of a run that has
 *     been sent, or is being sent, up to now
 * @param run for {@link Which#NAMED}
 * @param durationNanos event time after which the recording ends, counted from its first frame's; whole frames
 * @param wallLimitNanos wall time after which it ends
 */
public record RecordOptions(Which which, OptionalLong run, long durationNanos, long wallLimitNanos) {
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Of the runs in the topics. */
    public enum Which {
        /** The first of which something is sent from now on. */
        NEXT,
        /** The one that event time has come furthest with. */
        LATEST,
        NAMED
    }

    public RecordOptions {
        if (run.isPresent() != (which == Which.NAMED)) {
            throw new IllegalArgumentException("a run is named with NAMED alone: which=" + which + " run=" + run);
        }
        if (durationNanos < 1 || wallLimitNanos < 1) {
            throw new IllegalArgumentException(
                    "must be >= 1: durationNanos=" + durationNanos + " wallLimitNanos=" + wallLimitNanos);
        }
    }

    public static RecordOptions next() {
        return new RecordOptions(Which.NEXT, OptionalLong.empty(), UNLIMITED, UNLIMITED);
    }

    public static RecordOptions latest() {
        return new RecordOptions(Which.LATEST, OptionalLong.empty(), UNLIMITED, UNLIMITED);
    }

    public static RecordOptions of(long run) {
        return new RecordOptions(Which.NAMED, OptionalLong.of(run), UNLIMITED, UNLIMITED);
    }

    public RecordOptions within(long eventNanos, long wallNanos) {
        return new RecordOptions(which, run, eventNanos, wallNanos);
    }
}
