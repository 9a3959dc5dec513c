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
    /** All-to-all at EP64: 81 and 91 of 196 GB/s per die, DeepEP's port to Ascend (sgl-kernel-npu) [P]; their mean. */
    private static final double BUS_ALL_TO_ALL = 0.44;
    /** 40 to 43 of 50 GB/s reached on 400G RDMA networks (arXiv 2505.09343, DeepEP) [S]; the middle of 0.80 to 0.86. */
    private static final double RDMA_EFFICIENCY = 0.83;
    /** 726 of 900 GB/s in DeepEP's all-to-all on NVLink 5 [P]; taken for NVLink 4 and for other collectives too [A]. */
    private static final double NVLINK_EFFICIENCY = 0.81;

    /** A two-tier Clos of 64-port switches joins 2,048 ports; beyond that the latencies here no longer hold [D]. */
    private static final int TWO_TIERS = 2_048;
    /** Cards that the bus machine's RoCE plane joins, product page [P]; whole nodes of 8. */
    private static final int ROCE_PLANE = 165_000;

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
        for (Machine m : new Machine[] {
            cloudMatrix384("cloudmatrix384", "ascend-910c"),
            cloudMatrix384("cloudmatrix384-800tf", "ascend-910c-800tf"),
            server("ethernet-910b", "ascend-910b3", 196e9), // Atlas 800T A2: 7 x 28 GB/s to the 7 others, full mesh [S]
            // a counterfactual [A]: the supernode's card in servers of 8, so that only the network differs
            server("ethernet-samecard", "ascend-910c", 392e9),
            h100Roce(),
            h800InfiniBand(),
            gb200(),
        }) {
            machines.put(m.name(), m);
        }
        return machines;
    }

    /**
     * Huawei CloudMatrix384 / Atlas 900 A3 SuperPoD: 48 nodes of 8 cards on one bus without oversubscription; 4 nodes in
     * each of 12 racks, 4 racks of bus switches, 7 sub-planes, 7 first-level switches in a node and 16 second-level ones
     * in a plane (CloudMatrix384 v2, white paper v07) [P]. Latencies meet measured 512 B reads, v2 Table 1 [P]: 1.2 us
     * in a node, 1.9 us across. More than 384 cards are several supernodes with RoCE between them.
     */
    private static Machine cloudMatrix384(String name, String card) {
        Topology topology = new Topology(
                4,
                4,
                7,
                7,
                7 * 16,
                new Route(1, 0),
                new Route(3, 2), // up to the second level and down again [D]
                1_000, // [D] with 200 and 150 it fits both measured rows
                200, // product page [P]
                150); // [D]
        Network network = new Network(
                // 2 dies x 7 x 224 Gb/s [P]
                new Link(
                        Fabric.BUS,
                        392e9,
                        BUS_EFFICIENCY_SAME_NODE,
                        BUS_ALL_TO_ALL,
                        topology.latencyNanos(topology.sameNode())),
                new Link(
                        Fabric.BUS,
                        392e9,
                        BUS_EFFICIENCY,
                        BUS_ALL_TO_ALL,
                        topology.latencyNanos(topology.acrossNodes())),
                new Link(Fabric.ETHERNET, 50e9, RDMA_EFFICIENCY, 3_600), // RoCE 200 Gb/s per die [P]; 3.6 us same leaf
                384,
                topology.switchNanos());
        return new Machine(
                name,
                384,
                8,
                ROCE_PLANE,
                CardCatalogue.named(card),
                network,
                topology,
                2_500, // [A], with it 384 cards in training come to the published 559 kW
                4 * 14_500, // 4 bus racks, 14.5 kW each at 25 C, white paper [P]
                Collective.DIRECT);
    }

    /**
     * Servers of 8 cards on 200 GbE, two-tier Clos between them. Usable share and latency inside as the bus in its node
     * [A].
     */
    private static Machine server(String name, String card, double insideBytesPerSecond) {
        Link inside = new Link(Fabric.BUS, insideBytesPerSecond, BUS_EFFICIENCY_SAME_NODE, BUS_ALL_TO_ALL, 1_200);
        return conventional(
                name,
                CardCatalogue.named(card),
                new Network(
                        inside,
                        inside, // a wider domain, where one is asked for, is made of the same links [A]
                        new Link(Fabric.ETHERNET, 25e9, RDMA_EFFICIENCY, clos().latencyNanos(clos().acrossNodes())),
                        8,
                        2_000), // Huawei's figure for the conventional hop, 10 x 200 ns [P]
                clos(),
                TWO_TIERS,
                2_500); // [A] as the bus machine's node
    }

    /** Meta's training cluster for Llama 3: servers of 8 H100 on 400G RoCE, three tiers (arXiv 2407.21783, 3.3.1) [P]. */
    private static Machine h100Roce() {
        Link nvlink = new Link(Fabric.BUS, 450e9, NVLINK_EFFICIENCY, 3_300); // NVLink 4, 18 x 25 GB/s [P]; 3.3 us [S]
        return conventional(
                "h100-roce",
                CardCatalogue.named("h100"),
                new Network(
                        nvlink,
                        nvlink,
                        new Link(Fabric.ETHERNET, 50e9, RDMA_EFFICIENCY, clos().latencyNanos(clos().acrossNodes())),
                        8,
                        2_000), // [A] as other Ethernet
                clos(),
                24_576, // 8 pods of 3,072 [P]; the 1:7 oversubscription above a pod is not modelled
                4_600); // 10.2 kW of a DGX H100 - 8 x 0.7 kW [S]
    }

    /** DeepSeek's cluster: servers of 8 H800 on 400G InfiniBand, eight planes (arXiv 2505.09343) [S]. */
    private static Machine h800InfiniBand() {
        Link nvlink = new Link(Fabric.BUS, 200e9, 0.8, 3_330); // 160 of 200 GB/s usable; 3.33 us
        // 2.8 us through one leaf, 3.7 us through leaf, spine, leaf: 0.45 us a switch [D]
        Topology topology = clos(8, 2_350, 450);
        return conventional(
                "h800-ib",
                CardCatalogue.named("h800"),
                new Network(
                        nvlink,
                        nvlink,
                        new Link(Fabric.ETHERNET, 50e9, 0.86, topology.latencyNanos(topology.acrossNodes())), // 43 GB/s
                        8,
                        topology.switchNanos()),
                topology,
                16_384,
                4_600); // [A] as the H100's server
    }

    /** NVIDIA GB200 NVL72: 18 nodes of 4 cards in a rack on NVLink 5, nine trays of two switches; 400G between racks. */
    private static Machine gb200() {
        Topology topology = new Topology(18, 0, 18, 0, 18, new Route(1, 0), new Route(1, 0), 3_000, 300, 0); // [A]
        Link nvlink =
                new Link(Fabric.BUS, 900e9, NVLINK_EFFICIENCY, topology.latencyNanos(topology.sameNode())); // 130 TB/s
        return new Machine(
                "gb200-nvl72",
                72,
                4,
                9_216, // 128 racks [A]
                CardCatalogue.named("gb200"),
                new Network(
                        nvlink,
                        nvlink,
                        new Link(Fabric.ETHERNET, 50e9, RDMA_EFFICIENCY, clos().latencyNanos(clos().acrossNodes())),
                        72,
                        topology.switchNanos()),
                topology,
                1_870, // (120 kW of a rack - 72 x 1.2 kW) / 18 nodes [D]
                0,
                Collective.DIRECT);
    }

    private static Machine conventional(
            String name, Card card, Network network, Topology topology, int mostCards, double nodeWatts) {
        return new Machine(name, 384, 8, mostCards, card, network, topology, nodeWatts, 0, Collective.HIERARCHICAL);
    }

    /** Two tiers of switches: RoCE takes 3.6 us through one leaf and 5.6 us through leaf, spine and leaf [S]. */
    private static Topology clos() {
        return clos(1, 2_600, 1_000);
    }

    private static Topology clos(int planes, long endpointNanos, long switchNanos) {
        return new Topology(2, 0, planes, 0, 0, new Route(0, 0), new Route(3, 0), endpointNanos, switchNanos, 0);
    }
}
