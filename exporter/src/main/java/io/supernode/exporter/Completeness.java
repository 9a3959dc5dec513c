package io.supernode.exporter;

import io.supernode.window.ThroughputWindow;
import java.util.OptionalDouble;

/**
 * How much of what a supernode's cards should have told is there. The machine's cards are known, and a card that is
 * sampled tells of itself once a second, whatever it does: so many samples are expected in a window. A run without
 * samples is judged by the cards that report at all.
 *
 * @param samplesPerSecond expected of the whole supernode; 0 when the run has no samples, or the machine is unknown
 */
record Completeness(int samplesPerSecond, SupernodeView supernode, int expectedCards) {
    static Completeness of(SupernodeView supernode, RunInfo info) {
        boolean sampled = supernode.whole().totals().sampleEvents() > 0;
        return new Completeness(sampled ? info.cards() : 0, supernode, info.cards());
    }

    /** Of the newest 10 s window, 0 to 1; empty when nobody knows what to expect, or there is no such window. */
    OptionalDouble newest() {
        if (expectedCards == 0) {
            return OptionalDouble.empty();
        }
        if (samplesPerSecond == 0) {
            return OptionalDouble.of(Math.min(1, (double) supernode.cards().size() / expectedCards));
        }
        return supernode.whole().tenSeconds().stream().mapToDouble(this::of).findFirst();
    }

    /** Of one window of the supernode, by its samples, 0 to 1; only where the run has samples. */
    double of(ThroughputWindow window) {
        double expected = (double) samplesPerSecond * window.lengthNanos() / WindowStore.SECOND;
        return Math.min(1, window.sampleEvents() / expected);
    }
}
