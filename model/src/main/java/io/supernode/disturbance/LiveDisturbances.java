package io.supernode.disturbance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Disturbances that are injected and cleared while a run is played. It knows nothing of the player: whoever changes
 * something here has the run pulled anew from the moment of the change, and what is pulled holds it. Because a simulation
 * is causal, what has been played stays true. Thread-safe.
 */
public final class LiveDisturbances {
    private final DisturbanceRules rules;
    private DisturbanceSchedule schedule;
    private long nextId;

    /** @param scheduled what the scenario has without anybody's doing */
    public LiveDisturbances(DisturbanceRules rules, DisturbanceSchedule scheduled) {
        this.rules = rules;
        schedule = scheduled;
        nextId = scheduled.all().stream().mapToLong(Disturbance::id).max().orElse(-1) + 1;
    }

    /** What can be injected. */
    public DisturbanceRules rules() {
        return rules;
    }

    /**
     * Reads what is to be injected, such as {@code slow_card card=17 for=60s magnitude=1.5}, and gives it a number. Its times
     * count from the moment at which it will {@link #begin}.
     *
     * @throws IllegalArgumentException with one line, when the line does not say what can be
     */
    public synchronized Disturbance read(String line) {
        Disturbance read = rules.parse(nextId, line);
        nextId++;
        return read;
    }

    /**
     * Injects what was read.
     *
     * @param nowNanos event time of the run
     * @return the same, at that time
     */
    public synchronized Disturbance begin(Disturbance read, long nowNanos) {
        Disturbance placed = new Disturbance(
                read.id(),
                read.kind(),
                read.card(),
                read.cards(),
                read.plane(),
                read.stage(),
                Math.addExact(read.fromNanos(), nowNanos),
                read.untilNanos() == Disturbance.LASTING
                        ? Disturbance.LASTING
                        : Math.addExact(read.untilNanos(), nowNanos),
                read.magnitude());
        List<Disturbance> all = new ArrayList<>(schedule.all());
        all.add(placed);
        schedule = schedule.withNamed(all);
        return placed;
    }

    /**
     * Ends a disturbance, scheduled or injected: one that goes on ends now, one to come does not come.
     *
     * @return what it was; empty when there is none of that number that has not ended
     */
    public synchronized Optional<Disturbance> clear(long id, long nowNanos) {
        Optional<Disturbance> found = schedule.all().stream()
                .filter(d -> d.id() == id && d.untilNanos() > nowNanos)
                .findFirst();
        found.ifPresent(d -> replace(d, nowNanos));
        return found;
    }

    /** Ends all that has not ended. @return what there was */
    public synchronized List<Disturbance> clear(long nowNanos) {
        List<Disturbance> open =
                schedule.all().stream().filter(d -> d.untilNanos() > nowNanos).toList();
        open.forEach(d -> replace(d, nowNanos));
        return open;
    }

    /** All that is and was, and what comes at random: what to simulate with from now on. */
    public synchronized DisturbanceSchedule snapshot() {
        return schedule;
    }

    private void replace(Disturbance old, long nowNanos) {
        List<Disturbance> all = new ArrayList<>(schedule.all());
        all.remove(old);
        if (old.fromNanos() < nowNanos) {
            all.add(old.until(nowNanos));
        }
        schedule = schedule.withNamed(all);
    }
}
