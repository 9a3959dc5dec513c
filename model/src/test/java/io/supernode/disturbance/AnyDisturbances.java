package io.supernode.disturbance;

import io.supernode.event.FaultKind;
import io.supernode.unit.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Disturbances to test with: one to six of any kinds, any strength and any length, as a seed gives them. */
public final class AnyDisturbances {
    private AnyDisturbances() {}

    /**
     * @param from when the first begins; the others follow within {@code spanNanos}
     * @param spanNanos what ends lasts about as long
     */
    public static DisturbanceSchedule of(long seed, int cards, Set<FaultKind> kinds, long from, long spanNanos) {
        Draws draws = new Draws(seed);
        List<FaultKind> all = kinds.stream().sorted().toList();
        List<Disturbance> named = new ArrayList<>();
        int count = 1 + (int) (6 * draws.uniform(2, 0, 0, 0, 0));
        for (int i = 0; i < count; i++) {
            FaultKind kind = all.get((int) ((seed + i * 7) % all.size()));
            int card = (int) (cards * draws.uniform(3, i, 0, 0, 0));
            double size = draws.uniform(5, i, 0, 0, 0);
            double magnitude =
                    switch (kind) {
                        case LINK_FLAP, CONGESTION, HOST_JITTER -> 0.5 * size + 0.1;
                        case CARD_LOST -> 1;
                        default -> 1 + size;
                    };
            long start = from + (i == 0 ? 0 : (long) (spanNanos * draws.uniform(6, i, 0, 0, 0)));
            long until = kind == FaultKind.CARD_LOST || size < 0.5
                    ? start + spanNanos / 4 + (long) (size * spanNanos)
                    : Disturbance.LASTING;
            named.add(new Disturbance(i, kind, card, 1, -1, -1, start, until, magnitude));
        }
        return new DisturbanceSchedule(Disturbances.of(named), Arrivals.NONE);
    }
}
