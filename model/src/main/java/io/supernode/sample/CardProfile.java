package io.supernode.sample;

import io.supernode.event.EventBatch;
import java.util.Arrays;

/** What gauges of cards depend on beside the length of their work. */
public interface CardProfile {
    /** Of the time in which a card computes, that in which its matrix units do; 0 to 1. */
    double matrixShare(int card);

    /** Memory in use, after the events taken so far. */
    long hbmUsedBytes(int card);

    /** Takes an event of the run, in the order of its seconds. */
    default void take(EventBatch events, int i) {}

    /** Of work that stays as it is, on some cards of a machine; the others idle. */
    static CardProfile steady(int cards, double matrixShare, long hbmUsedBytes) {
        long[] used = new long[cards];
        Arrays.fill(used, hbmUsedBytes);
        return steady(used, matrixShare);
    }

    /** @param hbmUsedBytes by card, as far as cards work */
    static CardProfile steady(long[] hbmUsedBytes, double matrixShare) {
        return new CardProfile() {
            @Override
            public double matrixShare(int card) {
                return matrixShare;
            }

            @Override
            public long hbmUsedBytes(int card) {
                return card < hbmUsedBytes.length ? hbmUsedBytes[card] : 0;
            }
        };
    }
}
