package io.supernode.disturbance;

import io.supernode.event.FaultKind;

/**
 * What the magnitude of a kind of disturbance means, and which values are accepted. Defaults and what is usual are from
 * published studies of slow and failing jobs (docs/disturbances.md has each with its source); the accepted range is
 * wider, for experiments.
 *
 * @param meaning as messages and docs write it
 * @param usual when nothing is said
 */
public record Magnitude(String meaning, double usual, double least, double most) {
    private static final String FACTOR = "factor on computing";
    private static final String SHARE = "share of frames";

    public static Magnitude of(FaultKind kind) {
        return switch (kind) {
            case SLOW_CARD, THERMAL_RAMP, STAGE_IMBALANCE -> new Magnitude(FACTOR, 1.5, 1, 100);
            case SEQUENCE_IMBALANCE -> new Magnitude("highest factor on a microbatch", 2, 1, 100);
            case EXPERT_HOT_SPOT -> new Magnitude("factor on the tokens routed to a card", 2, 1, 30);
            case LINK_FLAP -> new Magnitude("share of time down", 0.2, 0.01, 0.9);
            // a seventh of a die's bandwidth is one plane of seven
            case LANE_DOWN -> new Magnitude("factor on transit", 7 / 6.0, 1, 100);
            case CRC_STORM -> new Magnitude("factor on transit", 1.2, 1, 100);
            case CONGESTION -> new Magnitude("share of bandwidth lost", 0.3, 0.01, 0.99);
            case HOST_JITTER -> new Magnitude("longest gap in seconds", 0.3, 0.001, 60);
            case CARD_LOST -> new Magnitude("nothing to choose", 1, 1, 1);
            case TELEMETRY_LOSS, TELEMETRY_DUPLICATION -> new Magnitude(SHARE, 0.01, 0.000_001, 1);
            case TELEMETRY_LATENESS -> new Magnitude("lateness in seconds", 5, 0.001, 2000);
            case CLOCK_SKEW -> new Magnitude("seconds that the clock is ahead", 0.005, -60, 60);
            case OTHER -> throw new IllegalArgumentException("must be a kind that can be injected: kind=other");
        };
    }

    /** Whether there is anything to choose. */
    public boolean isChosen() {
        return least < most;
    }

    boolean accepts(double value) {
        return value >= least && value <= most;
    }
}
