package io.supernode.cost;

import io.supernode.machine.Card;
import io.supernode.machine.Precision;

/** Time of work on one card: bound by arithmetic or by memory (Williams, Waterman, Patterson 2009). */
public final class Roofline {
    /** Share of the memory's rate that streaming reaches: 84.1 % in the MLA kernel of CloudMatrix384 [P]. */
    public static final double MEMORY_EFFICIENCY = 0.84;

    private Roofline() {}

    /**
     * {@code max(flops / (peak · efficiency), bytes / (rate · 0.84))}. Launches of kernels are in the efficiency, which
     * is that of whole layers.
     *
     * @param efficiency share of the peak that the kernels reach, 0 to 1
     */
    public static double seconds(Card card, Precision precision, double flops, double efficiency, double bytes) {
        return Math.max(flops / (card.peak(precision) * efficiency), memorySeconds(card, bytes));
    }

    public static double memorySeconds(Card card, double bytes) {
        return bytes / (card.memoryBytesPerSecond() * MEMORY_EFFICIENCY);
    }
}
