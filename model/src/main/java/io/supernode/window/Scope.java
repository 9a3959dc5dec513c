package io.supernode.window;

/** What a window is about. The order is the wire's: append only. */
public enum Scope {
    /** One card; the entity is its index in the supernode. */
    CARD,
    /** One node; the entity is its index in the supernode. */
    NODE,
    /** All cards of a supernode; the entity is 0. */
    SUPERNODE
}
