package io.supernode.disturbance;

import io.supernode.event.FaultKind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes wrong over the whole of a run: what is named one by one, and what comes at random without end.
 *
 * @param named by schedule or by hand
 * @param arrivals at random
 */
public record DisturbanceSchedule(Disturbances named, Arrivals arrivals) {
    public static final DisturbanceSchedule NONE = new DisturbanceSchedule(Disturbances.NONE, Arrivals.NONE);

    public boolean isEmpty() {
        return named.isEmpty() && arrivals.isEmpty();
    }

    /** Everything of which something falls into a stretch of time. */
    public Disturbances during(long fromNanos, long untilNanos) {
        if (isEmpty()) {
            return Disturbances.NONE;
        }
        return named.between(fromNanos, untilNanos).and(arrivals.during(fromNanos, untilNanos));
    }

    /** Others named instead, the same at random. */
    public DisturbanceSchedule withNamed(Collection<Disturbance> others) {
        return new DisturbanceSchedule(Disturbances.of(others), arrivals);
    }

    /** Whether one of these kinds can be met at all. */
    public boolean holdsAny(Collection<FaultKind> kinds) {
        return kinds.stream()
                .anyMatch(kind -> !named.of(kind).isEmpty() || arrivals.kinds().contains(kind));
    }

    /** Up to when nothing differs from what another schedule does; {@link Long#MAX_VALUE} for the same. */
    public long firstDifferenceNanos(DisturbanceSchedule other) {
        if (!arrivals.equals(other.arrivals)) {
            return 0;
        }
        Map<Long, Disturbance> others = new LinkedHashMap<>();
        other.named.all().forEach(d -> others.put(d.id(), d));
        long first = Long.MAX_VALUE;
        for (Disturbance mine : named.all()) {
            Disturbance its = others.remove(mine.id());
            if (its == null) {
                first = Math.min(first, mine.fromNanos());
            } else if (!its.equals(mine)) {
                boolean endsOnly = its.until(mine.untilNanos()).equals(mine);
                first = Math.min(
                        first,
                        endsOnly
                                ? Math.min(its.untilNanos(), mine.untilNanos())
                                : Math.min(its.fromNanos(), mine.fromNanos()));
            }
        }
        for (Disturbance its : others.values()) {
            first = Math.min(first, its.fromNanos());
        }
        return first;
    }

    /** All that is named. */
    public List<Disturbance> all() {
        return named.all();
    }
}
