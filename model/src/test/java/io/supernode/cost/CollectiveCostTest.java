package io.supernode.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.event.Fabric;
import io.supernode.machine.Collective;
import io.supernode.machine.Link;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CollectiveCostTest {
    private static final double T0 = CollectiveCost.LAUNCH_SECONDS;
    private static final Link FAST = new Link(Fabric.BUS, 200e9, 0.5, 1_000); // 100 GB/s usable, 1 us
    private static final Link SLOW = new Link(Fabric.ETHERNET, 20e9, 0.5, 5_000); // 10 GB/s usable, 5 us
    private static final Ranks ONE_NODE = new Ranks(8, 8, FAST, SLOW);
    private static final Ranks TWO_NODES = new Ranks(16, 8, FAST, SLOW);
    private static final Ranks ON_THE_BUS = new Ranks(16, 8, FAST, FAST);

    @Test
    void aRingPassesEveryByteTwiceOverItsSlowestLink() {
        // 14 steps of 1 us, 2 x 7/8 x 0.8 GB over 100 GB/s
        assertThat(CollectiveCost.allReduce(Collective.RING, ONE_NODE, 0.8e9).seconds())
                .isCloseTo(T0 + 14e-6 + 0.014, within(1e-12));
        // 30 steps of 5 us, 2 x 15/16 x 1.6 GB over 10 GB/s
        assertThat(CollectiveCost.allReduce(Collective.RING, TWO_NODES, 1.6e9).seconds())
                .isCloseTo(T0 + 150e-6 + 0.3, within(1e-12));
    }

    @Test
    void aTreeHasTheLatencyOfItsDepth() {
        // 2 x log2(16) x 5 us, 2 x 1 GB over 10 GB/s
        assertThat(CollectiveCost.allReduce(Collective.TREE, TWO_NODES, 1e9).seconds())
                .isCloseTo(T0 + 40e-6 + 0.2, within(1e-12));
    }

    @Test
    void aHierarchySendsAcrossNodesOnlyItsShare() {
        // in the node twice 1 us + 7/8 x 0.8 GB over 100 GB/s; across 2 x 5 us + 2 x 1/2 x 0.1 GB over 10 GB/s; 3
        // launches
        assertThat(CollectiveCost.allReduce(Collective.HIERARCHICAL, TWO_NODES, 0.8e9)
                        .seconds())
                .isCloseTo(3 * T0 + 2 * (1e-6 + 0.007) + 10e-6 + 0.01, within(1e-12));
    }

    @Test
    void directUsesTwoNetworksSideBySideAndOneOnlyOnce() {
        // two phases; 8/16 x 1.6 GB over 10 GB/s hides 7/16 x 1.6 GB over 100 GB/s
        assertThat(CollectiveCost.allReduce(Collective.DIRECT, TWO_NODES, 1.6e9).seconds())
                .isCloseTo(T0 + 2 * (5e-6 + 0.08), within(1e-12));
        // the same ports carry both: 15/16 x 1.6 GB over 100 GB/s
        assertThat(CollectiveCost.allReduce(Collective.DIRECT, ON_THE_BUS, 1.6e9)
                        .seconds())
                .isCloseTo(T0 + 2 * (1e-6 + 0.015), within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(Collective.class)
    void anAllReduceSendsNoLessThanTheTheoremAllows(Collective algorithm) {
        // each rank sends at least 2(n-1)/n of the size (Patarasuk, Yuan 2009); a hierarchy sends exactly that too:
        // 2 x 7/8 inside + 2 x 1/2 x 1/8 across = 2 x 15/16
        assertThat(CollectiveCost.allReduce(algorithm, TWO_NODES, 1.6e9).bytes())
                .isEqualTo(3_000_000_000L);
    }

    @ParameterizedTest
    @EnumSource(Collective.class)
    void nothingIsFasterThanTheLineRate(Collective algorithm) {
        for (Ranks ranks : new Ranks[] {ONE_NODE, TWO_NODES, ON_THE_BUS}) {
            Transfer transfer = CollectiveCost.allReduce(algorithm, ranks, 1e9);
            assertThat(transfer.floorSeconds()).isLessThan(transfer.seconds());
            double allPorts = 200e9 + (ranks.oneNode() || ranks == ON_THE_BUS ? 0 : 20e9);
            assertThat(transfer.bytes() / transfer.floorSeconds()).isLessThanOrEqualTo(allPorts);
        }
    }

    @ParameterizedTest
    @EnumSource(Collective.class)
    void halvesOfAnAllReduceMoveHalfOfItsBytes(Collective algorithm) {
        Transfer whole = CollectiveCost.allReduce(algorithm, TWO_NODES, 1.6e9);
        Transfer scatter = CollectiveCost.reduceScatter(algorithm, TWO_NODES, 1.6e9);
        Transfer gather = CollectiveCost.allGather(algorithm, TWO_NODES, 1.6e9);
        assertThat(scatter.bytes() + gather.bytes()).isEqualTo(whole.bytes());
    }

    @ParameterizedTest
    @EnumSource(Collective.class)
    void oneRankHasNothingToDo(Collective algorithm) {
        Ranks alone = new Ranks(1, 1, FAST, SLOW);
        assertThat(CollectiveCost.allReduce(algorithm, alone, 1e9).seconds()).isZero();
        assertThat(CollectiveCost.allGather(algorithm, alone, 1e9).bytes()).isZero();
    }

    @Test
    void ranksKnowTheirNodes() {
        Machine machine = MachineCatalogue.named("ethernet-910b");
        assertThat(Ranks.of(machine, 0, 1, 8).oneNode()).isTrue();
        assertThat(Ranks.of(machine, 8, 1, 16))
                .extracting(Ranks::perNode, Ranks::nodes)
                .containsExactly(8, 2);
        assertThat(Ranks.of(machine, 0, 128, 3))
                .extracting(Ranks::perNode, Ranks::nodes)
                .containsExactly(1, 3);
        // cards 6 and 7 in one node, 8 in the next: the smaller part decides
        assertThat(Ranks.of(machine, 6, 1, 3).perNode()).isEqualTo(1);
        assertThat(Ranks.of(machine, 0, 1, 8).widest().fabric()).isEqualTo(Fabric.BUS);
        assertThat(Ranks.of(machine, 0, 1, 16).widest().fabric()).isEqualTo(Fabric.ETHERNET);
        // beyond the supernode, the supernode takes the place of the node
        Machine supernodes = MachineCatalogue.named("cloudmatrix384").withCards(768);
        assertThat(Ranks.of(supernodes, 0, 1, 16).widest().fabric()).isEqualTo(Fabric.BUS);
        assertThat(Ranks.of(supernodes, 0, 96, 8))
                .extracting(Ranks::perNode, Ranks::nodes)
                .containsExactly(4, 2);
        assertThat(Ranks.of(supernodes, 0, 96, 8).widest()).isEqualTo(supernodes.scaleOut());
    }

    @Test
    void severalInARowCostTheirSum() {
        Transfer one = CollectiveCost.allReduce(Collective.DIRECT, TWO_NODES, 1.6e9);
        assertThat(one.times(3).seconds()).isEqualTo(3 * one.seconds());
        assertThat(one.times(3).bytes()).isEqualTo(3 * one.bytes());
    }

    @Test
    void anAllToAllTakesItsOwnShareOfTheRateOverOneNetworkOrTwo() {
        Link slowAtIt = new Link(Fabric.BUS, 200e9, 0.5, 0.25, 1_000); // 50 GB/s
        // 15/16 x 1.6 GB through the same ports
        assertThat(CollectiveCost.allToAll(new Ranks(16, 8, slowAtIt, slowAtIt), 1.6e9, 1)
                        .seconds())
                .isCloseTo(T0 + 1e-6 + 1.5e9 / 50e9, within(1e-12));
        // 8/16 x 1.6 GB over 10 GB/s, beside 7/16 over 100 GB/s
        assertThat(CollectiveCost.allToAll(TWO_NODES, 1.6e9, 1).seconds()).isCloseTo(T0 + 5e-6 + 0.08, within(1e-12));
        // half of the copies cross, the others are made behind the crossing
        Transfer limited = CollectiveCost.allToAll(TWO_NODES, 1.6e9, 0.5);
        assertThat(limited.seconds()).isCloseTo(T0 + 5e-6 + 0.04, within(1e-12));
        assertThat(limited.bytes()).isEqualTo(1_500_000_000L);
        // one rank of each node has nobody to copy for it
        Ranks spread = new Ranks(2, 1, FAST, SLOW);
        assertThat(CollectiveCost.allToAll(spread, 1e9, 0.5).seconds()).isCloseTo(T0 + 5e-6 + 0.05, within(1e-12));
    }
}
