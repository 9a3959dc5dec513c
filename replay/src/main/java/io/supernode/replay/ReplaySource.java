package io.supernode.replay;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** What can be played from any moment, and again: the model of a run, a recording. */
public interface ReplaySource {
    /** One pass over it. Used by one thread at a time. */
    interface Pass extends EventSource, Closeable {}

    /**
     * Starts over. The pass before has been closed.
     *
     * @param fromNanos a hint: what ends earlier is not wanted, and may be left out
     * @throws IOException where it cannot be read
     */
    Pass pass(long fromNanos) throws IOException;

    /**
     * Goes on after a pass that was left before its end.
     *
     * @param leftNanos the place at which it was left: what ends earlier has been played
     * @param fromNanos as in {@link #pass}; the same place when what is to come has changed
     */
    default Pass goOn(long leftNanos, long fromNanos) throws IOException {
        return pass(fromNanos);
    }

    /** What goes wrong in what is played, of which what concerns the frames themselves is left to the player. */
    default DisturbanceSchedule disturbances() {
        return DisturbanceSchedule.NONE;
    }

    /** Opens a source of events. */
    interface Opener {
        EventSource open() throws IOException;
    }

    /** A source that is opened anew for each pass, and closed where it can be. */
    static ReplaySource of(Opener opener) {
        return fromNanos -> new OpenedPass(opener.open());
    }

    /** The events of a trace, each pass from where they are wanted. */
    static ReplaySource ofTrace(Path trace) {
        return fromNanos -> new OpenedPass(TraceEvents.open(trace, fromNanos));
    }

    /** A source that cannot start over: a loop or a seek fails. It stays the caller's to close. */
    static ReplaySource once(EventSource source) {
        boolean[] taken = {false};
        return fromNanos -> {
            if (taken[0]) {
                throw new IOException("this source plays once: no loop and no seek");
            }
            taken[0] = true;
            return new OpenedPass(new EventSource() {
                @Override
                public boolean next(EventBatch batch) {
                    return source.next(batch);
                }

                @Override
                public long throughNanos() {
                    return source.throughNanos();
                }
            });
        };
    }
}
