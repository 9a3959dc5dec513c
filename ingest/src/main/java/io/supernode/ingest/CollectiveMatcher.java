package io.supernode.ingest;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Tells waiting from transfer: a collective starts when its last rank arrives, so what a rank spent in it before that is
 * wait. That takes all ranks of the collective. Where one is missing, or what should be one collective does not overlap
 * in time, the wait stays 0 and it is said: nothing is guessed.
 *
 * <p>Where members are told by a running number of each rank (the n-th collective of the group), one collective that
 * does not fit puts the whole group in doubt, because the ranks may have begun to record at different moments. Where the
 * recording names the collective, only that one is.
 */
final class CollectiveMatcher {
    private static final int MEMBERS_MAX = 1 << 16;
    private static final int REMARKS_MAX = 3;

    private final EventSorter bus;
    private final boolean counted;
    private final EventBatch members = new EventBatch();
    /** What is wrong with a group, by group. */
    private final Map<Integer, String> doubtful = new TreeMap<>();

    private long matched;
    private long unmatched;

    /**
     * @param bus bus events, sorted by {@link EventOrder#COLLECTIVE}
     * @param counted whether a collective is group and microbatch, counted by each rank; else also the step
     */
    CollectiveMatcher(EventSorter bus, boolean counted) {
        this.bus = bus;
        this.counted = counted;
    }

    /** Hands all of them on, with their waits where these can be told. */
    void resolve(EventAssembly to, RecordingOutput out) throws IOException {
        if (counted) {
            each(() -> {
                String problem = problem();
                if (problem != null) {
                    doubtful.putIfAbsent(members.group(0), problem);
                }
            });
        }
        each(() -> hand(to));
        if (unmatched > 0) {
            String why =
                    doubtful.values().stream().distinct().limit(REMARKS_MAX).collect(Collectors.joining("; "));
            String howMany = unmatched + " of " + (matched + unmatched) + "; " + why;
            out.remark("collectives and transfers whose wait cannot be told from their transfer: " + howMany);
            out.note("waitsNotTold", howMany);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void each(Step step) throws IOException {
        members.clear();
        try (EventSorter.Sorted sorted = bus.sorted()) {
            while (sorted.advance()) {
                EventBatch events = sorted.events();
                int i = sorted.index();
                if (!members.isEmpty() && (!isMember(events, i) || members.size() == MEMBERS_MAX)) {
                    step.run();
                    members.clear();
                }
                members.addFrom(events, i, 0);
            }
        }
        if (!members.isEmpty()) {
            step.run();
        }
    }

    private boolean isMember(EventBatch e, int i) {
        return e.group(i) == members.group(0)
                && e.microbatch(i) == members.microbatch(0)
                && (counted || e.step(i) == members.step(0));
    }

    private void hand(EventAssembly to) throws IOException {
        String problem = counted ? doubtful.get(members.group(0)) : problem();
        if (problem == null) {
            matched++;
        } else {
            unmatched++;
            if (!counted) {
                doubtful.putIfAbsent(members.group(0), problem);
            }
        }
        long lastStart = Long.MIN_VALUE;
        int step = Integer.MAX_VALUE;
        for (int i = 0; i < members.size(); i++) {
            lastStart = Math.max(lastStart, members.startNanos(i));
            step = Math.min(step, members.step(i));
        }
        for (int i = 0; i < members.size(); i++) {
            EventBatch m = members;
            long wait = problem == null ? Math.min(m.durationNanos(i), lastStart - m.startNanos(i)) : m.waitNanos(i);
            EventBatch event = to.adding();
            event.addBus(
                    m.card(i),
                    m.busOp(i),
                    m.fabric(i),
                    m.group(i),
                    m.groupSize(i),
                    m.peer(i),
                    m.startNanos(i),
                    m.durationNanos(i),
                    wait,
                    m.sentBytes(i),
                    m.receivedBytes(i),
                    problem == null ? step : m.step(i),
                    m.microbatch(i),
                    m.stage(i));
            to.add(event, 0);
        }
    }

    /** Why the members are no whole collective; null where they are. */
    private String problem() {
        int size = members.groupSize(0);
        if (size == 0) {
            return "how many ranks take part is not told";
        }
        if (members.size() != size) {
            return members.size() + " of " + size + " ranks were recorded";
        }
        long lastStart = Long.MIN_VALUE;
        long firstEnd = Long.MAX_VALUE;
        Set<Integer> cards = new HashSet<>();
        for (int i = 0; i < members.size(); i++) {
            if (!cards.add(members.card(i))) {
                return "a rank takes part twice";
            }
            if (!agree(members.busOp(0), members.busOp(i))) {
                return "ranks are in different operations at the same time";
            }
            lastStart = Math.max(lastStart, members.startNanos(i));
            firstEnd = Math.min(firstEnd, members.endNanos(i));
        }
        return lastStart <= firstEnd ? null : "a rank has ended before another began";
    }

    private static boolean agree(BusOp a, BusOp b) {
        return a == b || a == BusOp.SEND && b == BusOp.RECEIVE || a == BusOp.RECEIVE && b == BusOp.SEND;
    }
}
