package io.supernode.machine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The cards known by name. Each figure has its source beside it; [P] is a primary source, [S] a secondary one, [D]
 * derived from others, [A] an assumption.
 */
public final class CardCatalogue {
    private static final Map<String, Card> CARDS = cards();

    private CardCatalogue() {}

    public static Set<String> names() {
        return CARDS.keySet();
    }

    /** @throws IllegalArgumentException when no card has the name; the message lists those that exist */
    public static Card named(String name) {
        Card card = CARDS.get(name);
        if (card == null) {
            throw new IllegalArgumentException(
                    "unknown card: " + name + ", known: " + String.join(", ", CARDS.keySet()));
        }
        return card;
    }

    private static Map<String, Card> cards() {
        Map<String, Card> cards = new LinkedHashMap<>();
        for (Card card : new Card[] {
            // two dies of 376 TF: 288.7 PF / 384, product page [P]; 1,504 TOPS INT8: CloudMatrix384 Table 3 [D]
            ascend910c("ascend-910c", 752e12, 1_504e12),
            // the faster of the two that the product page lists: 307.2 PF / 384 [P]; INT8 twice that [A]
            ascend910c("ascend-910c-800tf", 800e12, 1_600e12),
            // 313 TF BF16, 64 GB at 1.6 TB/s [S]; INT8 twice that, 400 W class [A]
            new Card("ascend-910b3", 313e12, 626e12, 64_000_000_000L, 1.6e12, 100, 400),
            // one die of the 910C in a card of its own: the upper reading of "previous generation" [D]
            new Card("ascend-910b-376tf", 376e12, 752e12, 64_000_000_000L, 1.6e12, 100, 400),
            // NVIDIA data sheet: 989 TF BF16, 1,979 TOPS INT8, 80 GB at 3.35 TB/s, 700 W [P]; idle [A]
            new Card("h100", 989e12, 1_979e12, 80_000_000_000L, 3.35e12, 100, 700),
            // the H100 with slower NVLink (arXiv 2505.09343) [S]
            new Card("h800", 989e12, 1_979e12, 80_000_000_000L, 3.35e12, 100, 700),
            // NVIDIA GB200 NVL72: 180 PF BF16 and 360 POPS INT8 per rack of 72, 13.4 TB at 576 TB/s [P]; 1.2 kW [S]
            new Card("gb200", 2_500e12, 5_000e12, 186_000_000_000L, 8e12, 150, 1_200),
        }) {
            cards.put(card.name(), card);
        }
        return cards;
    }

    private static Card ascend910c(String name, double bf16Flops, double int8Ops) {
        return new Card(
                name,
                bf16Flops,
                int8Ops,
                128_000_000_000L, // 8 x 16 GB [P]
                3.2e12, // 1.6 TB/s per die [P]
                200, // [A]
                1_375); // (54 kW of a compute rack under stress - 4 nodes x 2.5 kW) / 32 cards [D]
    }
}
