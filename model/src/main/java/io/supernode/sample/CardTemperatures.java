package io.supernode.sample;

import io.supernode.disturbance.DisturbanceSchedule;
import java.util.Map;
import java.util.TreeMap;

/**
 * Temperatures of the cards of a run at whole minutes of event time: they lag behind, so that a run that goes on elsewhere
 * would have to begin with its start to know them. 3 KB for a minute of 384 cards. Thread-safe.
 */
public final class CardTemperatures {
    private static final long EVERY_SECONDS = 60;
    /** A piece of work that a lost card has to do again is shorter [A]: it counts for the seconds before the loss. */
    private static final long PIECE_NANOS = 60_000_000_000L;

    private final TreeMap<Long, double[]> bySecond = new TreeMap<>();
    private DisturbanceSchedule schedule = DisturbanceSchedule.NONE;

    /** Keeps what is the same under other disturbances. */
    public synchronized void follow(DisturbanceSchedule other) {
        long nanos = Math.max(0, schedule.firstDifferenceNanos(other) - PIECE_NANOS);
        bySecond.tailMap(nanos / CardSamples.SECOND, false).clear();
        schedule = other;
    }

    /** The last second, at most that one, with whose beginning a run can go on; 0 is its start. */
    public synchronized long lastUpTo(long second) {
        Map.Entry<Long, double[]> known = bySecond.floorEntry(second);
        return known == null ? 0 : known.getKey();
    }

    /** Degrees Celsius at the beginning of a second that {@link #lastUpTo} named, by card. */
    synchronized double[] celsius(long second) {
        return bySecond.get(second).clone();
    }

    /** Notes how warm the cards are at the beginning of a second, under the disturbances last followed. */
    synchronized void note(long second, double[] celsius, DisturbanceSchedule under) {
        if (second % EVERY_SECONDS == 0 && under == schedule) {
            bySecond.putIfAbsent(second, celsius.clone());
        }
    }
}
