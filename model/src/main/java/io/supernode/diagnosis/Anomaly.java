package io.supernode.diagnosis;

import java.util.Locale;

/**
 * Something that is not as it should be, from when to when, how bad and why, with the figures it was concluded from. A
 * higher revision replaces an earlier one of the same {@code run}, {@code supernode} and {@code anomaly}. Times are event
 * time, nanoseconds from the run's start.
 *
 * @param anomaly counts the anomalies of a run and supernode, from 0
 * @param originEpochNanos wall time that event time 0 stands for, nanoseconds since 1970 UTC
 * @param card first card concerned; -1 where no card is
 * @param cards number of cards concerned, consecutive from {@code card} where there is one; 0 the whole supernode
 * @param peer the other card of a pair; -1 none
 * @param plane plane of the bus; -1 none or all
 * @param stage pipeline stage; -1 none
 * @param startNanos start of the first second that shows it
 * @param endNanos end of the last second that shows it; {@link #LASTS} while it goes on
 * @param detectedNanos end of the second with which it was concluded
 * @param severityPpm observed over expected, parts per million: 1,500,000 is one and a half times as long; for what has
 *     no such ratio, the share that is missing
 * @param observedNanos mean length of what was observed: of computing, of transit or of lateness
 * @param expectedNanos mean length of the same work among peers, or before
 * @param events number of events that were compared
 * @param peersWaitNanos mean wait of the group's other cards for one event, as far as it is longer than the card's own
 * @param linkErrors errors reported by the card while it lasted
 * @param clockMegahertz clock of the card; 0 unknown
 * @param temperatureMillicelsius temperature of the card; 0 unknown
 */
public record Anomaly(
        long run,
        int supernode,
        long originEpochNanos,
        long anomaly,
        int revision,
        AnomalyKind kind,
        Cause cause,
        int card,
        int cards,
        int peer,
        int plane,
        int stage,
        long startNanos,
        long endNanos,
        long detectedNanos,
        long severityPpm,
        long observedNanos,
        long expectedNanos,
        long events,
        long peersWaitNanos,
        long linkErrors,
        int clockMegahertz,
        int temperatureMillicelsius) {
    /** The end of an anomaly that goes on. */
    public static final long LASTS = -1;

    public boolean lasts() {
        return endNanos == LASTS;
    }

    /** What, where, how much and why: "card 17 computes 1.50 times as long as its peers, likely cause: low clock". */
    public String inWords() {
        String factor = String.format(Locale.ROOT, "%.2f", severityPpm / 1e6);
        String what =
                switch (kind) {
                    case SLOW_CARD -> who() + " computes " + factor + " times as long as its peers";
                    case SLOW_LINK ->
                        (peer >= 0 ? "the link from " + who() + " to card " + peer : "the links of " + who())
                                + (plane >= 0 ? " to plane " + plane : "") + ": transit " + factor
                                + " times as long as elsewhere";
                    case STAGE_IMBALANCE ->
                        "stage " + stage + " computes " + factor + " times as long as the other stages";
                    case SEQUENCE_IMBALANCE -> "the same work varies on all cards, up to " + factor + " times its mean";
                    case LOST_CARD -> who() + " is silent, and its groups stand still";
                    case MISSING_TELEMETRY -> "telemetry of " + who() + " is missing";
                    case EXPERT_HOT_SPOT ->
                        "the experts of " + who() + " get " + factor + " times the tokens of others";
                    case HOST_JITTER -> who() + " comes late to its group now and then";
                    case CONGESTION -> "transfers of one network take " + factor + " times as long as before";
                };
        return cause == Cause.UNKNOWN
                ? what
                : what + ", likely cause: "
                        + cause.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private String who() {
        if (card < 0 || cards == 0) {
            return "all cards";
        }
        return cards == 1 ? "card " + card : "cards " + card + " to " + (card + cards - 1);
    }
}
