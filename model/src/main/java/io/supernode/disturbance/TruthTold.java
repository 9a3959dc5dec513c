package io.supernode.disturbance;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.io.Closeable;
import java.io.IOException;

/**
 * A run with the truth about what disturbs it: a fault event when a disturbance begins, another when it ends, whatever the
 * run is made of. Closes the run, if that can be closed.
 */
public final class TruthTold implements EventSource, Closeable {
    private final EventSource run;
    private final DisturbanceSchedule schedule;
    private long toldNanos;

    /** @param fromNanos event time before which nothing is told */
    public TruthTold(EventSource run, DisturbanceSchedule schedule, long fromNanos) {
        this.run = run;
        this.schedule = schedule;
        toldNanos = fromNanos;
    }

    @Override
    public boolean next(EventBatch batch) {
        if (!run.next(batch)) {
            return false;
        }
        if (!schedule.isEmpty() && run.throughNanos() > toldNanos) {
            tell(run.throughNanos(), batch);
            toldNanos = run.throughNanos();
        }
        return true;
    }

    @Override
    public long throughNanos() {
        return run.throughNanos();
    }

    @Override
    public void close() throws IOException {
        if (run instanceof Closeable closeable) {
            closeable.close();
        }
    }

    private void tell(long untilNanos, EventBatch into) {
        for (Disturbance d : schedule.during(toldNanos - 1, untilNanos).all()) {
            if (d.fromNanos() >= toldNanos && d.fromNanos() < untilNanos) {
                tell(d, true, d.fromNanos(), 0, into);
            }
            if (d.untilNanos() >= toldNanos && d.untilNanos() < untilNanos) {
                tell(d, false, d.untilNanos(), d.untilNanos() - d.fromNanos(), into);
            }
        }
    }

    /**
     * Tells that a disturbance begins, or that it ends.
     *
     * @param nanos when this is told
     * @param durationNanos how long it lasted, when it ends; 0 where a player leaves it behind
     */
    public static void tell(Disturbance d, boolean begins, long nanos, long durationNanos, EventBatch into) {
        into.addFault(
                d.card(),
                nanos,
                durationNanos,
                d.id(),
                d.kind(),
                begins,
                d.cards(),
                d.plane(),
                d.stage(),
                d.magnitudePpm());
    }
}
