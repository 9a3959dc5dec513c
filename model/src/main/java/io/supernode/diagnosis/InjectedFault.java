package io.supernode.diagnosis;

import io.supernode.event.FaultKind;

/**
 * What was really wrong, as the truth about a run tells it: what a detector is scored against. Times are event time,
 * nanoseconds from the run's start.
 *
 * @param fault identifies it in its run and supernode
 * @param card first card concerned
 * @param cards number of cards concerned, consecutive from {@code card}; 0 the whole supernode
 * @param plane plane of the bus; -1 all or none
 * @param stage pipeline stage; -1 none
 * @param endNanos {@link Anomaly#LASTS} while it goes on
 * @param magnitudePpm in the terms of its kind: a factor of 1.5 is 1,500,000, a share of 1 % is 10,000
 */
public record InjectedFault(
        int supernode,
        long fault,
        FaultKind kind,
        int card,
        int cards,
        int plane,
        int stage,
        long startNanos,
        long endNanos,
        int magnitudePpm) {
    public boolean lasts() {
        return endNanos == Anomaly.LASTS;
    }

    /** The same, which has ended. */
    public InjectedFault endedAt(long nanos) {
        return new InjectedFault(supernode, fault, kind, card, cards, plane, stage, startNanos, nanos, magnitudePpm);
    }

    /** Whether it is of a kind that cards, links or stages show; what is done to frames alone, the books tell. */
    public boolean isToBeFound() {
        return switch (kind) {
            case SLOW_CARD,
                    THERMAL_RAMP,
                    LINK_FLAP,
                    LANE_DOWN,
                    CRC_STORM,
                    CONGESTION,
                    STAGE_IMBALANCE,
                    SEQUENCE_IMBALANCE,
                    EXPERT_HOT_SPOT,
                    HOST_JITTER,
                    CARD_LOST,
                    TELEMETRY_LOSS -> true;
            case OTHER, TELEMETRY_DUPLICATION, TELEMETRY_LATENESS, CLOCK_SKEW -> false;
        };
    }

    /** Whether an anomaly names this: the right kind, at the right place, while it was there or has just been. */
    boolean isNamedBy(Anomaly anomaly) {
        boolean meets = anomaly.supernode() == supernode
                && (lasts() || anomaly.startNanos() <= endNanos + DetectionScore.AFTERMATH_NANOS)
                && (anomaly.lasts() || anomaly.endNanos() > startNanos);
        return meets
                && switch (kind) {
                    case SLOW_CARD, THERMAL_RAMP -> anomaly.kind() == AnomalyKind.SLOW_CARD && concerns(anomaly);
                    case LINK_FLAP, LANE_DOWN, CRC_STORM ->
                        anomaly.kind() == AnomalyKind.SLOW_LINK && concerns(anomaly);
                    case CONGESTION -> anomaly.kind() == AnomalyKind.CONGESTION;
                    case STAGE_IMBALANCE -> anomaly.kind() == AnomalyKind.STAGE_IMBALANCE && anomaly.stage() == stage;
                    case SEQUENCE_IMBALANCE -> anomaly.kind() == AnomalyKind.SEQUENCE_IMBALANCE;
                    case EXPERT_HOT_SPOT -> anomaly.kind() == AnomalyKind.EXPERT_HOT_SPOT && concerns(anomaly);
                    case HOST_JITTER -> anomaly.kind() == AnomalyKind.HOST_JITTER && concerns(anomaly);
                    case CARD_LOST -> anomaly.kind() == AnomalyKind.LOST_CARD && concerns(anomaly);
                    // what comes after its second has been judged was missing then, or dated into another
                    case TELEMETRY_LOSS, TELEMETRY_LATENESS, CLOCK_SKEW ->
                        anomaly.kind() == AnomalyKind.MISSING_TELEMETRY && concerns(anomaly);
                    case OTHER, TELEMETRY_DUPLICATION -> false;
                };
    }

    private boolean concerns(Anomaly anomaly) {
        return anomaly.card() >= 0
                && (cards == 0
                        || anomaly.card() < card + cards && card < anomaly.card() + Math.max(1, anomaly.cards())
                        || anomaly.peer() >= card && anomaly.peer() < card + cards);
    }
}
