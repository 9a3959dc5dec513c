package io.supernode.replay;

/**
 * Which part of a recording is played, how often, and at which event times.
 *
 * @param fromNanos time in the recording at which the part begins, &gt;= 0: what ends earlier is not played
 * @param untilNanos time in the recording at which the part ends: what ends at it or later is not played;
 *     {@link ReplayOptions#UNLIMITED} for the recording's end
 * @param loops whether it starts again when it has ended, for ever; with {@link EventTime#MONOTONE} only
 * @param startsPaused whether nothing is played until {@link ReplayEngine#resume()} or {@link ReplayEngine#step()}
 */
public record Playback(long fromNanos, long untilNanos, boolean loops, boolean startsPaused, EventTime eventTime) {
    /** All of it, once, at once. */
    public static final Playback WHOLE = new Playback(0, ReplayOptions.UNLIMITED, false, false, EventTime.MONOTONE);

    public Playback {
        if (fromNanos < 0) {
            throw new IllegalArgumentException("must be >= 0: fromNanos=" + fromNanos);
        }
        if (untilNanos <= fromNanos) {
            throw new IllegalArgumentException("must be > fromNanos=" + fromNanos + ": untilNanos=" + untilNanos);
        }
        if (loops && eventTime != EventTime.MONOTONE) {
            throw new IllegalArgumentException("a loop needs event time MONOTONE: a second pass with the times of the"
                    + " first would come late to every window: eventTime=" + eventTime);
        }
    }

    public Playback from(long nanos) {
        return new Playback(nanos, untilNanos, loops, startsPaused, eventTime);
    }

    public Playback until(long nanos) {
        return new Playback(fromNanos, nanos, loops, startsPaused, eventTime);
    }

    public Playback looping() {
        return new Playback(fromNanos, untilNanos, true, startsPaused, eventTime);
    }

    public Playback paused() {
        return new Playback(fromNanos, untilNanos, loops, true, eventTime);
    }

    public Playback with(EventTime policy) {
        return new Playback(fromNanos, untilNanos, loops, startsPaused, policy);
    }

    /** Event time that the replay starts at. */
    long startNanos() {
        return eventTime == EventTime.KEEP ? fromNanos : 0;
    }

    /** Whether what is played after a seek goes on in time. */
    boolean isContinuous() {
        return eventTime == EventTime.MONOTONE;
    }
}
