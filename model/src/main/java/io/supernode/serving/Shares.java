package io.supernode.serving;

/** Splits a whole among cards so that the parts are whole numbers and add up to it. */
final class Shares {
    private Shares() {}

    /** Part {@code i} of {@code total} in {@code parts} parts that differ by at most 1; larger ones first. */
    static long share(long total, int parts, int i) {
        return total / parts + (i < total % parts ? 1 : 0);
    }
}
