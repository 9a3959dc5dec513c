package io.supernode.machine;

import io.supernode.event.Fabric;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The machines known by name. Each figure has its source beside it; [P] is a primary source, [S] a secondary one, [D]
 * derived from others, [A] an assumption.
 */
public final class MachineCatalogue {
    /**
     * Share of bus line rate that bulk reads reach across nodes: 164 of 196 GB/s per die, CloudMatrix384 v2 Table 1 [P].
     * Reads, because a rank of a collective can fetch what it needs from its peers' memory; writes reach 135 [P].
     */
    private static final double BUS_EFFICIENCY = 164.0 / 196;
    /** The same within a node: 167 of 196 GB/s per die, same table [P]. */
    private static final double BUS_EFFICIENCY_SAME_NODE = 167.0 / 196;
    /** 40 to 43 of 50 GB/s reached on 400G RDMA networks (arXiv 2505.09343, DeepEP) [S]; the middle of 0.80 to 0.86. */
    private static final double RDMA_EFFICIENCY = 0.83;

    /** A two-tier Clos of 64-port switches joins 2,048 ports; beyond that the latencies here no longer hold [D]. */
    private static final int MANY = 2_048;

    /** 752 TF BF16: 288.7 PF / 384, product page [P]; 1,504 TOPS INT8: CloudMatrix384 Table 3 [D]. */
    private static final Card ASCEND_910C = new Card(
            "Ascend 910C",
            752e12,
            1_504e12,
            128_000_000_000L, // 8 x 16 GB [P]
            3.2e12, // 1.6 TB/s per die [P]
            200, // [A]
            1_375); // (54 kW of a compute rack under stress - 4 nodes x 2.5 kW) / 32 cards [D]

    /** Previous generation: 313 TF BF16, 64 GB at 1.6 TB/s [S]; INT8 twice that [A]. */
    private static final Card ASCEND_910B3 =
            new Card("Ascend 910B3", 313e12, 626e12, 64_000_000_000L, 1.6e12, 100, 400); // power: [A], 400 W class

    private static final Map<String, Machine> MACHINES = machines();

    private MachineCatalogue() {}

    public static Set<String> names() {
        return MACHINES.keySet();
    }

    /** @throws IllegalArgumentException when no machine has the name; the message lists those that exist */
    public static Machine named(String name) {
        Machine machine = MACHINES.get(name);
        if (machine == null) {
            throw new IllegalArgumentException(
                    "unknown machine: " + name + ", known: " + String.join(", ", MACHINES.keySet()));
        }
        return machine;
    }

    private static Map<String, Machine> machines() {
        Map<String, Machine> machines = new LinkedHashMap<>();
        for (Machine m : new Machine[] {cloudMatrix384(), ethernet910b(), ethernetSameCard()}) {
            machines.put(m.name(), m);
        }
        return machines;
    }

    /**
     * Huawei CloudMatrix384 / Atlas 900 A3 SuperPoD: 48 nodes of 8 cards on one bus without oversubscription.
     * Latencies are measured 512 B reads, CloudMatrix384 v2 Table 1 [P]: 1.0 us endpoint + 0.2 us per switch (one in a
     * node, three across) + 0.15 us per optical segment.
     */
    private static Machine cloudMatrix384() {
        return new Machine(
                "cloudmatrix384",
                384,
                8,
                384, // more are several supernodes, with RoCE between them
                ASCEND_910C,
                new Link(Fabric.BUS, 392e9, BUS_EFFICIENCY_SAME_NODE, 1_200), // 2 dies x 7 x 224 Gb/s [P]
                new Link(Fabric.BUS, 392e9, BUS_EFFICIENCY, 1_900),
                new Link(Fabric.ETHERNET, 50e9, RDMA_EFFICIENCY, 3_600), // RoCE 200 Gb/s per die [P]; 3.6 us same leaf
                200, // product page [P]
                2_500, // [A], with it 384 cards in training come to the published 559 kW
                4 * 14_500, // 4 bus racks, 14.5 kW each at 25 C, white paper [P]
                Collective.DIRECT);
    }

    /** Atlas 800T A2 servers on 200 GbE: the previous card, full mesh in the server, two-tier Clos between servers. */
    private static Machine ethernet910b() {
        return new Machine(
                "ethernet-910b",
                384,
                8,
                MANY,
                ASCEND_910B3,
                // 7 x 28 GB/s to the 7 others [S]; usable share and latency as the bus in its node [A]
                new Link(Fabric.BUS, 196e9, BUS_EFFICIENCY_SAME_NODE, 1_200),
                new Link(Fabric.ETHERNET, 25e9, RDMA_EFFICIENCY, 5_600), // 200 GbE; 5.6 us cross leaf [S]
                new Link(Fabric.ETHERNET, 25e9, RDMA_EFFICIENCY, 5_600),
                2_000, // Huawei's figure for the conventional hop, 10 x 200 ns [P]
                2_500, // [A] as above
                0,
                Collective.HIERARCHICAL);
    }

    /** A counterfactual [A]: the supernode's card in servers of 8 on 200 GbE, so that only the network differs. */
    private static Machine ethernetSameCard() {
        Machine conventional = ethernet910b();
        return new Machine(
                "ethernet-samecard",
                384,
                8,
                conventional.mostCards(),
                ASCEND_910C,
                new Link(Fabric.BUS, 392e9, BUS_EFFICIENCY_SAME_NODE, 1_200),
                conventional.acrossNodes(),
                conventional.scaleOut(),
                conventional.hopLatencyNanos(),
                conventional.nodeWatts(),
                conventional.fabricWatts(),
                Collective.HIERARCHICAL);
    }
}
