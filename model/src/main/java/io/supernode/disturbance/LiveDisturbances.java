package io.supernode.disturbance;

import io.supernode.event.FaultKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Disturbances that are injected and cleared while a run is played. It knows nothing of the player: whoever changes
 * something here has the run pulled anew from the moment of the change, and what is pulled holds it
 * ({@code ReplayEngine.refresh} hands over that moment). Because a simulation is causal, what has been played stays
 * true. Thread-safe.
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
     * Injects what a line says, such as {@code slow_card card=17 for=60s magnitude=1.5}, from now on.
     *
     * @param nowNanos event time of the run; a {@code from} in the line counts from it
     * @return the disturbance, with its number
     * @throws IllegalArgumentException with one line, when the line does not say what can be
     */
    public synchronized Disturbance inject(String line, long nowNanos) {
        Disturbance read = rules.parse(nextId, line);
        long until = read.untilNanos() == Disturbance.LASTING
                ? Disturbance.LASTING
                : Math.addExact(read.untilNanos(), nowNanos);
        return add(new Disturbance(
                read.id(),
                read.kind(),
                read.card(),
                read.cards(),
                read.plane(),
                read.stage(),
                Math.addExact(read.fromNanos(), nowNanos),
                until,
                read.magnitude()));
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

    private Disturbance add(Disturbance d) {
        rules.require(d);
        List<Disturbance> all = new ArrayList<>(schedule.all());
        all.add(d);
        schedule = schedule.withNamed(all);
        nextId++;
        return d;
    }

    private void replace(Disturbance old, long nowNanos) {
        List<Disturbance> all = new ArrayList<>(schedule.all());
        all.remove(old);
        if (old.fromNanos() < nowNanos) {
            all.add(old.until(nowNanos));
        }
        schedule = schedule.withNamed(all);
    }

    /** Kinds that can be injected, for a list to choose from. */
    public List<FaultKind> kinds() {
        return List.of(FaultKind.values()).stream()
                .filter(rules.kinds()::contains)
                .toList();
    }
}
