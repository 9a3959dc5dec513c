package io.supernode.replay;

/** What becomes of the event times of a recording. Whatever is chosen, event time never goes back within a run. */
public enum EventTime {
    /** As recorded: an event carries the time that it carried then. Nothing is played twice. */
    KEEP,
    /** Moved as a whole, so that what is played first happens when the replay starts. Nothing is played twice. */
    SHIFT,
    /**
     * As {@link #SHIFT}, and what is played after a loop or a seek goes on in time where the replay was, so that
     * windows, retention and dashboards see one run that grows.
     */
    MONOTONE
}
