package io.supernode.exporter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What was done to the replay, the last few dozen of it, for people who look. Thread-safe. */
final class ControlLog {
    private static final int KEPT = 50;

    /**
     * @param number counts from 1
     * @param epochMillis wall time
     * @param recordingNanos where the replay was
     * @param what in words
     */
    record Entry(long number, long epochMillis, long recordingNanos, String what) {}

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long number;

    synchronized void add(long epochMillis, long recordingNanos, String what) {
        if (entries.size() == KEPT) {
            entries.removeFirst();
        }
        entries.addLast(new Entry(++number, epochMillis, recordingNanos, what));
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }
}
