package io.supernode.diagnosis;

/** The most likely reason for an anomaly, as far as the evidence tells. The order is the wire's: append only. */
public enum Cause {
    /** The evidence does not tell. */
    UNKNOWN,
    /** The card's clock is below that of its peers, and it is hotter. */
    HEAT,
    /** The card's clock is below that of its peers, and it is no hotter. */
    LOW_CLOCK,
    /** The card's clock is that of its peers: its memory, its cores or what runs beside the work. */
    CARD,
    /** More tokens reach the card's experts. */
    EXPERT_LOAD,
    /** Links to a plane of the bus are down. */
    LINK_DOWN,
    /** Checksum errors and retries. */
    LINK_ERRORS,
    /** Transfers take longer, without errors. */
    LINK,
    /** The layout gives the stage more work, or work that it does not tell. */
    LAYOUT,
    /** Microbatches differ in work. */
    SEQUENCES,
    /** The host launches work late. */
    HOST,
    /** The card has stopped. */
    CARD_STOPPED,
    /** Telemetry does not arrive. */
    TELEMETRY,
    /** The network has less bandwidth to give. */
    NETWORK
}
