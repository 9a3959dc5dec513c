package io.supernode.window;

/** What a window is about. The order is the wire's: append only. */
public enum Scope {
    /** One card; the entity is its index in the supernode. */
    CARD,
    /** One node; the entity is its index in the supernode. */
    NODE,
    /** All cards of a supernode; the entity is 0. */
    SUPERNODE,
    /** The nodes of one rack; the entity is its index in the supernode. Where it is known which nodes share a rack. */
    RACK,
    /** All bus events of one operation of a supernode; the entity is the ordinal of the {@link io.supernode.event.BusOp}. */
    OPERATION,
    /**
     * One plane of a supernode's bus; the entity is its index. A transfer does not say which planes it took, so nothing is
     * known of a plane but what samples tell of links that are down, and which disturbances concern it.
     */
    PLANE
}
