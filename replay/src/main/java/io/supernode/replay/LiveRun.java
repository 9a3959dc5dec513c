package io.supernode.replay;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.LiveDisturbances;
import io.supernode.disturbance.TruthTold;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What is replayed, and what disturbs it meanwhile: opened anew, it holds what has been injected and not what was undone.
 * Where a seek or a loop leaves a disturbance behind, or comes into the midst of one, that is told first, so that the truth
 * about what has been played stays whole.
 */
public final class LiveRun implements ReplaySource {
    /** Opens the run at a moment, under what goes wrong. */
    public interface Opener {
        EventSource from(long nanos, DisturbanceSchedule schedule) throws IOException;
    }

    private final Opener opener;
    private final LiveDisturbances disturbances;

    public LiveRun(Opener opener, LiveDisturbances disturbances) {
        this.opener = opener;
        this.disturbances = disturbances;
    }

    /** What disturbs it; a change takes effect when the run is opened anew. */
    public LiveDisturbances live() {
        return disturbances;
    }

    @Override
    public DisturbanceSchedule disturbances() {
        return disturbances.snapshot();
    }

    @Override
    public Pass pass(long fromNanos) throws IOException {
        EventSource run = opener.from(fromNanos, disturbances.snapshot());
        return new OpenedPass(run);
    }

    @Override
    public Pass goOn(long leftNanos, long fromNanos) throws IOException {
        DisturbanceSchedule schedule = disturbances.snapshot();
        EventBatch first = new EventBatch();
        Set<Disturbance> left = goingOn(schedule, leftNanos);
        Set<Disturbance> met = goingOn(schedule, fromNanos);
        for (Disturbance d : left) {
            if (!met.contains(d)) {
                TruthTold.tell(d, false, fromNanos, 0, first);
            }
        }
        for (Disturbance d : met) {
            if (!left.contains(d)) {
                TruthTold.tell(d, true, fromNanos, 0, first);
            }
        }
        EventSource run = opener.from(fromNanos, schedule);
        return new OpenedPass(first.isEmpty() ? run : new ToldFirst(first, fromNanos, run));
    }

    /** Those whose beginning ends before a moment and whose end does not: told to have begun, and nothing else. */
    private static Set<Disturbance> goingOn(DisturbanceSchedule schedule, long nanos) {
        Set<Disturbance> goingOn = new HashSet<>();
        for (Disturbance d : schedule.during(Math.max(0, nanos - 1), nanos + 1).all()) {
            if (d.fromNanos() < nanos && d.untilNanos() >= nanos) {
                goingOn.add(d);
            }
        }
        return goingOn;
    }

    /** Some events, and then a run. */
    private static final class ToldFirst implements EventSource, Closeable {
        private final EventBatch first;
        private final long firstNanos;
        private final EventSource run;
        private boolean told;

        ToldFirst(EventBatch first, long firstNanos, EventSource run) {
            this.first = first;
            this.firstNanos = firstNanos;
            this.run = run;
        }

        @Override
        public boolean next(EventBatch batch) {
            if (told) {
                return run.next(batch);
            }
            told = true;
            batch.clear();
            for (int i = 0; i < first.size(); i++) {
                batch.addFrom(first, i, 0);
            }
            return true;
        }

        @Override
        public long throughNanos() {
            return Math.max(firstNanos, run.throughNanos());
        }

        @Override
        public void close() throws IOException {
            if (run instanceof Closeable closeable) {
                closeable.close();
            }
        }
    }
}
