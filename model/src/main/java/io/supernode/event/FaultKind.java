package io.supernode.event;

/** What was injected into a run. The order is the wire's: append only. */
public enum FaultKind {
    /** Something of a kind that the source does not name. */
    OTHER,
    /** A card computes slower, steadily. */
    SLOW_CARD,
    /** A card grows hot and its clock falls, little by little. */
    THERMAL_RAMP,
    /** The link of a card goes down and comes back, again and again. */
    LINK_FLAP,
    /** A card has lost its link to one plane of the bus. */
    LANE_DOWN,
    /** Transfers of a group of cards are repeated because of checksum errors. */
    CRC_STORM,
    /** The network between scale-up domains has less bandwidth. */
    CONGESTION,
    /** One pipeline stage has more work than the others. */
    STAGE_IMBALANCE,
    /** Microbatches differ in work, on no fixed card. */
    SEQUENCE_IMBALANCE,
    /** One card's experts are asked for more often than the others'. */
    EXPERT_HOT_SPOT,
    /** The host of a card starts work late now and then. */
    HOST_JITTER,
    /** A card is silent until it has been restarted; its groups stand still. */
    CARD_LOST,
    /** A node's telemetry loses frames. */
    TELEMETRY_LOSS,
    /** A node's telemetry sends frames twice. */
    TELEMETRY_DUPLICATION,
    /** A node's telemetry sends frames late. */
    TELEMETRY_LATENESS,
    /** A node's clock is off. */
    CLOCK_SKEW
}
