package io.supernode.exporter;

/**
 * Where a replay is, as seen at one moment. Times are nanoseconds.
 *
 * @param paused whether it stands still
 * @param ended whether it has come to its end
 * @param speed event time per wall time as asked for, such as {@code 10x} or {@code max}
 * @param recordingNanos the place in the recording
 * @param spanNanos length of the recording; 0 where it has no end
 * @param lagNanos how far it is behind its schedule; 0 while it keeps up, is paused and at the highest speed
 * @param loop passes that had begun before this one
 * @param loops whether it starts again at the end
 * @param seeksBack whether it can go to a place that has been played
 * @param sentEvents events sent, of all kinds
 */
public record ReplayView(
        boolean paused,
        boolean ended,
        String speed,
        long recordingNanos,
        long spanNanos,
        long lagNanos,
        long loop,
        boolean loops,
        boolean seeksBack,
        long sentEvents) {}
