package io.supernode.serving;

import io.supernode.cost.ExpertLoad;
import io.supernode.disturbance.Disturbances;

/**
 * How many tokens the experts on each card of an instance get: the same, but for cards whose experts are hot. Who gets more
 * computes longer, and all wait for its dispatch and combine.
 */
final class HotExperts {
    private final int firstCard;
    private final int cards;
    private final ExpertLoad load;
    private boolean any;

    HotExperts(int firstCard, int cards) {
        this.firstCard = firstCard;
        this.cards = cards;
        load = ExpertLoad.balanced(cards);
    }

    /** As it is at a moment. */
    void look(Disturbances disturbances, long nanos) {
        if (any) {
            load.balance();
            any = false;
        }
        if (disturbances.isEmpty()) {
            return;
        }
        for (int i = 0; i < cards; i++) {
            double heat = disturbances.heatOfExperts(firstCard + i, nanos);
            load.favour(i, heat);
            any |= heat != 1;
        }
        if (any) {
            load.level();
        }
    }

    /** A card's tokens over the mean; 1 where all are alike. */
    double of(int i) {
        return load.of(i);
    }

    double fullest() {
        return load.fullest();
    }

    /** What of {@code total} bytes to all experts, or back from them, is a card's. */
    long part(int i, long total) {
        return any ? load.part(i, total) : Shares.share(total, cards, i);
    }
}
