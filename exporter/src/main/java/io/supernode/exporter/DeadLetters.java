package io.supernode.exporter;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what the job put aside. A frame put aside twice, as happens when the job restarts, counts once: it is known by
 * the topic, partition and offset it came from. Thread-safe.
 */
public final class DeadLetters {
    /** Frames remembered for telling repeats; a job that restarts repeats the last few seconds. */
    private static final int REMEMBERED = 65_536;

    /** Where frames came from and which part of the job put them aside. */
    public record Source(String topic, String stage) implements Comparable<Source> {
        @Override
        public int compareTo(Source other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : stage.compareTo(other.stage);
        }
    }

    /**
     * @param frames frames put aside
     * @param events events in them, as far as their number is known
     */
    public record Count(long frames, long events) {
        static final Count NONE = new Count(0, 0);

        Count plus(Count other) {
            return new Count(frames + other.frames, events + other.events);
        }
    }

    private final Map<Source, Count> counts = new TreeMap<>();
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * @param place topic, partition and offset of the frame, in any form that names it
     * @param events events in the frame; 0 when unknown
     */
    public synchronized void add(Source source, String place, long events) {
        if (seen.put(place, Boolean.TRUE) == null) {
            counts.merge(source, new Count(1, events), Count::plus);
        }
    }

    public synchronized Map<Source, Count> bySource() {
        return Collections.unmodifiableMap(new TreeMap<>(counts));
    }

    public synchronized Count total() {
        return counts.values().stream().reduce(Count.NONE, Count::plus);
    }
}
