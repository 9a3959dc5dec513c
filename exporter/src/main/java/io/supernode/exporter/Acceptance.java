package io.supernode.exporter;

/** What became of a window that was handed to the store. */
public enum Acceptance {
    /** It is new, or fuller than the result it replaced. */
    TAKEN,
    /** A result at least as full is there already: a duplicate, or an older revision. */
    REPEATED,
    /** Its place in the books has been given up, or its run is older than all that are kept; it counts nowhere. */
    EXPIRED
}
