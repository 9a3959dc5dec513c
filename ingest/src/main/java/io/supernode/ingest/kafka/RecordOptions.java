package io.supernode.ingest.kafka;

import io.supernode.replay.TraceSplit;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What is recorded.
 *
 * @param which {@link Which#NEXT} records what is sent from now on; the others what the topics hold of a run that has
 *     been sent, or is being sent, up to now
 * @param run for {@link Which#NAMED}
 * @param durationNanos event time after which the recording ends, counted from its first frame's; whole frames
 * @param wallLimitNanos wall time after which it ends
 * @param snapshotNanos event time of which the latest is kept, in memory, and written when asked for and at the end; 0
 *     writes everything as it comes
 * @param split when the trace goes on in another file; then it is a folder
 * @param notes what the trace is to say of itself beside what the topics tell
 */
public record RecordOptions(
        Which which,
        OptionalLong run,
        long durationNanos,
        long wallLimitNanos,
        long snapshotNanos,
        TraceSplit split,
        Map<String, String> notes) {
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
        if (snapshotNanos < 0 || snapshotNanos > 0 && split != TraceSplit.NONE) {
            throw new IllegalArgumentException(
                    "must be >= 0, and 0 with a split: snapshotNanos=" + snapshotNanos + " split=" + split);
        }
        notes = Map.copyOf(notes);
    }

    public static RecordOptions next() {
        return all(Which.NEXT, OptionalLong.empty());
    }

    public static RecordOptions latest() {
        return all(Which.LATEST, OptionalLong.empty());
    }

    public static RecordOptions of(long run) {
        return all(Which.NAMED, OptionalLong.of(run));
    }

    public RecordOptions within(long eventNanos, long wallNanos) {
        return new RecordOptions(which, run, eventNanos, wallNanos, snapshotNanos, split, notes);
    }

    public RecordOptions withSnapshot(long nanos) {
        return new RecordOptions(which, run, durationNanos, wallLimitNanos, nanos, split, notes);
    }

    public RecordOptions withSplit(TraceSplit into) {
        return new RecordOptions(which, run, durationNanos, wallLimitNanos, snapshotNanos, into, notes);
    }

    public RecordOptions withNotes(Map<String, String> more) {
        return new RecordOptions(which, run, durationNanos, wallLimitNanos, snapshotNanos, split, more);
    }

    private static RecordOptions all(Which which, OptionalLong run) {
        return new RecordOptions(which, run, UNLIMITED, UNLIMITED, 0, TraceSplit.NONE, Map.of());
    }
}
