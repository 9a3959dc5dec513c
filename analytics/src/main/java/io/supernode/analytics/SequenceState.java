package io.supernode.analytics;

/**
 * What a checkpoint holds of a {@link FrameSequence}.
 *
 * @param kind ordinal of the {@link io.supernode.event.EventKind}
 * @param frames frames seen, repetitions not counted
 * @param next the number that comes next
 * @param touchedMillis how far time had come when a frame was last seen
 * @param gaps numbers below {@code next} that did not come, {@code [from, to)} pairs, ascending
 */
public record SequenceState(
        long run, int supernode, int node, int kind, long frames, long next, long touchedMillis, long[] gaps) {}
