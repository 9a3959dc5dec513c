package io.supernode.exporter;

import java.util.List;

/**
 * What a page or a script may do to the replay whose windows are shown. Implemented by whoever runs one; an exporter
 * alone has none. Times are nanoseconds. Every call returns at once, from any thread.
 *
 * <p>What cannot be meant is an {@link IllegalArgumentException}; what could be, but not of this replay or not now, an
 * {@link IllegalStateException}. Both say in one line what would be accepted.
 */
public interface Controls {
    /** Where the replay is. */
    ReplayView replay();

    /** Stands still; nothing where it does already. */
    void pause();

    /** Goes on; nothing where it does already. */
    void resume();

    /** Plays the next tick that holds events, and stands still again. */
    void step();

    /** @param recordingNanos time in the recording at which to go on */
    void seek(long recordingNanos);

    /** @param speed event time per wall time: {@code 10x}, {@code 0.1x}, {@code max} */
    void speed(String speed);

    /** @param on whether the recording starts again at its end */
    void loop(boolean on);

    /** Disturbances that are active or were, the latest last; at most the last few dozen. */
    List<Disturbed> disturbed();

    /** Kinds of disturbances that mean something to what is replayed; none where it cannot be disturbed while it runs. */
    List<InjectableKind> injectable();

    /** @return what identifies the disturbance in {@link #clear} and in the events */
    long inject(Injection injection);

    /** Ends a disturbance; nothing where it has ended. */
    void clear(long fault);

    /** Ends all disturbances. */
    void clearAll();
}
