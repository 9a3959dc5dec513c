package io.supernode.exporter;

import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;

/**
 * What the books remember of a window: enough to tell whether another result of the same window replaces it.
 *
 * <p>Of two results the fuller one counts, then the higher revision. Windows only ever grow, so that a higher revision
 * is also the fuller one; but a job that restarts from a checkpoint hands out revision numbers again, bundled
 * differently, and then only fullness tells which result has seen more. The hash makes the order total: the same set of
 * results leaves the same window behind, whatever the order in which they came.
 *
 * @param fullness grows with every event that a window takes in
 */
record WindowMark(long fullness, int revision, WindowHash hash) {
    static WindowMark of(ThroughputWindow w) {
        // time spent in a window grows without a new event when a long event ends in a later window
        long fullness = w.events() + w.computeNanos() + w.transitNanos() + w.waitNanos();
        return new WindowMark(fullness, w.revision(), WindowHash.of(w));
    }

    static WindowMark of(LatencyWindow w) {
        return new WindowMark(w.count(), w.revision(), WindowHash.of(w));
    }

    boolean replaces(long otherFullness, int otherRevision, long otherHigh, long otherLow) {
        if (fullness != otherFullness) {
            return fullness > otherFullness;
        }
        if (revision != otherRevision) {
            return revision > otherRevision;
        }
        return hash.high() != otherHigh ? hash.high() > otherHigh : hash.low() > otherLow;
    }
}
