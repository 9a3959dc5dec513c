package io.supernode.event;

/** The kind of network that a transfer took. The order is the wire's: append only. */
public enum Fabric {
    UNKNOWN,
    /** The scale-up bus: every card of the supernode (or of the server) to every other. */
    BUS,
    /** The scale-out network: RoCE or InfiniBand through a card's network interface. */
    ETHERNET
}
