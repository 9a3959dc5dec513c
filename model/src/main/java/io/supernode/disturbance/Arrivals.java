package io.supernode.disturbance;

import io.supernode.event.FaultKind;
import io.supernode.unit.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Disturbances that come at random: of each kind a Poisson stream at the published rate of a supernode of 384 cards, times
 * a factor and the number of cards; lengths are lognormal, places and magnitudes drawn in the published ranges. What
 * comes in an hour of event time is a function of (seed, hour) alone. Thread-safe.
 */
public final class Arrivals {
    public static final Arrivals NONE = new Arrivals(0, 0, null);

    /** Numbers of those that come at random start here, far above the named ones. */
    public static final long FIRST_ID = 1_000_000_000L;

    private static final int STREAM = 61;
    private static final int GAP = 0;
    private static final int PLACE = 1;
    private static final int SIZE = 2;
    private static final int LENGTH = 3;
    private static final int PLANE = 4;
    private static final long HOUR = 3_600_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    /** No disturbance that comes at random is longer. */
    private static final long LONGEST_HOURS = 4;

    private static final long MOST_PER_HOUR = 1_000_000;

    private final long seed;
    private final double factor;
    private final DisturbanceRules rules;
    private final Draws draws;
    private volatile Hours last = new Hours(0, 0, List.of());

    private record Hours(long from, long until, List<Disturbance> all) {}

    /** @param factor on the published rates; 0 for none */
    public static Arrivals of(long seed, double factor, DisturbanceRules rules) {
        return factor == 0 ? NONE : new Arrivals(seed, factor, rules);
    }

    private Arrivals(long seed, double factor, DisturbanceRules rules) {
        this.seed = seed;
        this.factor = factor;
        this.rules = rules;
        draws = new Draws(seed);
    }

    public boolean isEmpty() {
        return factor == 0;
    }

    Set<FaultKind> kinds() {
        return isEmpty() ? Set.of() : rules.kinds();
    }

    /** Those of which something falls into a stretch of time. */
    List<Disturbance> during(long fromNanos, long untilNanos) {
        if (isEmpty()) {
            return List.of();
        }
        List<Disturbance> during = new ArrayList<>();
        for (Disturbance d : hours(fromNanos / HOUR - LONGEST_HOURS, untilNanos / HOUR + 1)) {
            if (d.fromNanos() < untilNanos && d.untilNanos() > fromNanos) {
                during.add(d);
            }
        }
        return during;
    }

    private List<Disturbance> hours(long from, long until) {
        Hours known = last;
        if (known.from != from || known.until != until) {
            List<Disturbance> all = new ArrayList<>();
            for (long hour = Math.max(0, from); hour < until; hour++) {
                for (FaultKind kind : FaultKind.values()) {
                    if (rules.kinds().contains(kind)) {
                        arrive(kind, hour, all);
                    }
                }
            }
            known = new Hours(from, until, all);
            last = known;
        }
        return known.all;
    }

    private void arrive(FaultKind kind, long hour, List<Disturbance> into) {
        double perHour = perDay(kind) / 24 * factor * rules.cards() / 384;
        double at = 0;
        for (int i = 0; i < MOST_PER_HOUR; i++) {
            // gaps of a Poisson stream are exponential; it forgets, so that each hour can begin by itself
            at -= StrictMath.log(1 - draw(kind, hour, i, GAP)) / perHour;
            if (at >= 1) {
                return;
            }
            into.add(disturbance(kind, hour, i, hour * HOUR + (long) (at * HOUR)));
        }
    }

    private Disturbance disturbance(FaultKind kind, long hour, int i, long from) {
        long id = FIRST_ID + (hour * 16 + kind.ordinal()) * MOST_PER_HOUR + i;
        int nodes = rules.cards() / rules.cardsPerNode();
        double place = draw(kind, hour, i, PLACE);
        double size = draw(kind, hour, i, SIZE);
        boolean node = DisturbanceRules.OF_NODES.contains(kind) || kind == FaultKind.CRC_STORM;
        boolean everywhere = kind == FaultKind.CONGESTION
                || kind == FaultKind.SEQUENCE_IMBALANCE
                || kind == FaultKind.STAGE_IMBALANCE;
        int card = everywhere ? 0 : node ? (int) (place * nodes) * rules.cardsPerNode() : (int) (place * rules.cards());
        int count = everywhere ? 0 : node ? rules.cardsPerNode() : 1;
        int stage = kind == FaultKind.STAGE_IMBALANCE ? rules.stages() - 1 : -1;
        int plane = kind == FaultKind.LANE_DOWN ? (int) (draw(kind, hour, i, PLANE) * rules.planes()) : -1;
        return new Disturbance(
                id, kind, card, count, plane, stage, from, from + length(kind, hour, i), magnitude(kind, size));
    }

    /** Arrivals a day on 384 cards. */
    private static double perDay(FaultKind kind) {
        return switch (kind) {
            case CARD_LOST -> 0.07; // one unexpected interruption in 5.5 days and 0.4 of them a card's (2407.21783)
            case SLOW_CARD, THERMAL_RAMP -> 0.01; // 0.02 together: 6 of 392 jobs of one node (2410.12588)
            case LINK_FLAP -> 0.5; // 0.05 to 1
            case LANE_DOWN, CRC_STORM -> 0.05;
            case CONGESTION -> 0.4; // 42 of 107 jobs of four nodes (2410.12588)
            case STAGE_IMBALANCE -> 0.17; // 39 % of the 42.5 % of jobs that straggle (2505.05713)
            case SEQUENCE_IMBALANCE, EXPERT_HOT_SPOT, HOST_JITTER -> 24; // "common", "always with experts": hourly [A]
            case TELEMETRY_LOSS, TELEMETRY_DUPLICATION, TELEMETRY_LATENESS, CLOCK_SKEW -> 1; // [A]
            case OTHER -> 0;
        };
    }

    private long length(FaultKind kind, long hour, int i) {
        return switch (kind) {
            case CARD_LOST -> lognormal(kind, hour, i, 5 * MINUTE, 3 * MINUTE, 10 * MINUTE);
            case SLOW_CARD, THERMAL_RAMP -> lognormal(kind, hour, i, 10 * MINUTE, MINUTE, LONGEST_HOURS * HOUR);
            case LINK_FLAP, LANE_DOWN, CRC_STORM -> lognormal(kind, hour, i, 15 * SECOND, SECOND, MINUTE);
            case CONGESTION -> lognormal(kind, hour, i, 24 * MINUTE, MINUTE, LONGEST_HOURS * HOUR);
            case STAGE_IMBALANCE -> lognormal(kind, hour, i, HOUR, 10 * MINUTE, LONGEST_HOURS * HOUR);
            case SEQUENCE_IMBALANCE,
                    EXPERT_HOT_SPOT,
                    HOST_JITTER,
                    TELEMETRY_LOSS,
                    TELEMETRY_DUPLICATION,
                    TELEMETRY_LATENESS,
                    CLOCK_SKEW,
                    OTHER -> lognormal(kind, hour, i, 3 * MINUTE, 30 * SECOND, 30 * MINUTE);
        };
    }

    /** Of that median; its logarithm deviates by 0.7, so that two of three are between half of it and twice it. */
    private long lognormal(FaultKind kind, long hour, int i, long median, long least, long most) {
        double bell = draws.bell(STREAM, kind.ordinal(), hour, i, LENGTH);
        return Math.max(least, Math.min(most, Math.round(median * StrictMath.exp(0.7 * bell))));
    }

    private static double magnitude(FaultKind kind, double drawn) {
        return switch (kind) {
            case SLOW_CARD, THERMAL_RAMP -> 1.1 + 1.4 * drawn;
            case LINK_FLAP -> 0.05 + 0.35 * drawn;
            case LANE_DOWN -> 7.0 / (6 - (int) (3 * drawn)); // one, two or three planes of seven
            case CRC_STORM -> 1.05 + 0.35 * drawn;
            case CONGESTION -> 0.15 + 0.35 * drawn;
            case STAGE_IMBALANCE -> 1.3 + 0.7 * drawn;
            case SEQUENCE_IMBALANCE -> 1.2 + 0.8 * drawn;
            case EXPERT_HOT_SPOT -> 1.1 + 1.9 * drawn;
            case HOST_JITTER -> 0.3;
            case CARD_LOST -> 1;
            case TELEMETRY_LOSS, TELEMETRY_DUPLICATION -> 0.001 + 0.009 * drawn;
            case TELEMETRY_LATENESS -> 1 + 9 * drawn;
            case CLOCK_SKEW -> 0.002 + 0.018 * drawn;
            case OTHER -> throw new IllegalArgumentException("must be a kind that can be injected: kind=other");
        };
    }

    private double draw(FaultKind kind, long hour, int i, int what) {
        return draws.uniform(STREAM, kind.ordinal(), hour, i, what);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arrivals a && a.seed == seed && a.factor == factor && Objects.equals(a.rules, rules);
    }

    @Override
    public int hashCode() {
        return Objects.hash(seed, factor, rules);
    }
}
