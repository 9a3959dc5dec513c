package io.supernode.diagnosis;

/** What a detector can find. The order is the wire's: append only. */
public enum AnomalyKind {
    /** A card computes longer than others do for the same work. */
    SLOW_CARD,
    /** Transfers of one card, of one pair of cards or of one group take longer than like ones, or report errors. */
    SLOW_LINK,
    /** All cards of one pipeline stage compute longer than the other stages do for as much work. */
    STAGE_IMBALANCE,
    /** The same work varies much from one time to the next, everywhere and on no fixed card. */
    SEQUENCE_IMBALANCE,
    /** A card is silent and nothing that needs it goes on. */
    LOST_CARD,
    /** A card is silent, or tells only a part, while the work that needs it goes on. */
    MISSING_TELEMETRY,
    /** A card computes longer because more tokens are sent to its experts. */
    EXPERT_HOT_SPOT,
    /** A card comes late to its group now and then, although its work takes no longer. */
    HOST_JITTER,
    /** Transfers of one network take longer everywhere than they did before. */
    CONGESTION
}
