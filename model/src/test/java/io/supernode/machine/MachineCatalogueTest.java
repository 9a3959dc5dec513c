package io.supernode.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.supernode.event.Fabric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MachineCatalogueTest {
    private final Machine supernode = MachineCatalogue.named("cloudmatrix384");
    private final Machine ethernet = MachineCatalogue.named("ethernet-910b");

    @Test
    void theSupernodeHasThePublishedTotals() {
        assertThat(supernode.nodes()).isEqualTo(48);
        // "300 PFLOPS": 384 x 752 TF = 288.768 PF
        assertThat(supernode.peak(Precision.BF16)).isEqualTo(288.768e15);
        assertThat(supernode.peak(Precision.INT8)).isEqualTo(2 * 288.768e15);
        // "48 TB": 384 x 128 GB = 49,152 GB
        assertThat(supernode.memoryBytes()).isEqualTo(49_152_000_000_000L);
        // 1,229 TB/s of memory in all
        assertThat(supernode.cards() * supernode.card().memoryBytesPerSecond()).isCloseTo(1_229e12, within(1e12));
    }

    @Test
    void theClaimsOfFifteenTimesAndTenfoldAreRatiosOfLineRatesAndHops() {
        assertThat(supernode.betweenNodes().bytesPerSecond()
                        / ethernet.betweenNodes().bytesPerSecond())
                .isCloseTo(15.7, within(0.05));
        assertThat((double) ethernet.hopLatencyNanos() / supernode.hopLatencyNanos())
                .isEqualTo(10);
    }

    @Test
    void latenciesComeFromEndpointSwitchesAndOptics() {
        // 1.0 us endpoint + 0.2 us per switch + 0.15 us per optical segment: one switch in a node; three and two across
        assertThat(supernode.sameNode().latencyNanos()).isEqualTo(1_000 + supernode.hopLatencyNanos());
        assertThat(supernode.betweenNodes().latencyNanos())
                .isEqualTo(1_000 + 3 * supernode.hopLatencyNanos() + 2 * 150);
    }

    @Test
    void aTransferTakesTheLinkBetweenItsCards() {
        assertThat(supernode.link(0, 7)).isEqualTo(supernode.sameNode());
        assertThat(supernode.link(7, 8)).isEqualTo(supernode.betweenNodes());
        assertThat(supernode.link(0, 383).fabric()).isEqualTo(Fabric.BUS);
        assertThat(ethernet.link(0, 7).fabric()).isEqualTo(Fabric.BUS);
        assertThat(ethernet.link(0, 383).fabric()).isEqualTo(Fabric.ETHERNET);
        // 196 GB/s x 164/196 = 164 GB/s per die measured, two dies per card: 1.9 us + 1.64 GB / 328 GB/s
        assertThat(supernode.link(0, 383).transferSeconds(1.64e9)).isCloseTo(1.9e-6 + 0.005, within(1e-12));
    }

    @Test
    void powerStaysBetweenIdleAndThePublishedCeiling() {
        Card card = supernode.card();
        assertThat(card.watts(0, 0)).isEqualTo(card.idleWatts());
        // 12 racks x 54 kW + 4 x 14.5 kW = 706 kW
        assertThat(supernode.watts(card.watts(1, 1))).isCloseTo(706e3, within(1e3));
    }

    @ParameterizedTest
    @MethodSource("io.supernode.machine.MachineCatalogue#names")
    void everyMachineIsWhole(String name) {
        Machine machine = MachineCatalogue.named(name);
        assertThat(machine.name()).isEqualTo(name);
        assertThat(machine.cards()).isEqualTo(name.equals("gb200-nvl72") ? 72 : 384);
        Topology topology = machine.topology();
        assertThat(machine.betweenNodes().latencyNanos()).isEqualTo(topology.latencyNanos(topology.acrossNodes()));
        assertThat(CardCatalogue.named(machine.card().name())).isEqualTo(machine.card());
        assertThat(machine.watts(machine.card().maxWatts()))
                .isGreaterThan(machine.watts(machine.card().idleWatts()));
        assertThat(machine.sameNode().usableBytesPerSecond())
                .isGreaterThan(machine.scaleOut().usableBytesPerSecond());
        for (Link link : new Link[] {machine.sameNode(), machine.betweenNodes(), machine.scaleOut()}) {
            assertThat(link.efficiency()).isBetween(0.5, 1.0);
            assertThat(link.latencyNanos()).isPositive();
        }
        assertThat(machine.withCards(16).memoryBytes())
                .isEqualTo(16 * machine.card().memoryBytes());
    }

    @Test
    void impossibleMachinesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MachineCatalogue.named("cloudmatrix"))
                .withMessage("unknown machine: cloudmatrix, known: cloudmatrix384, cloudmatrix384-800tf, ethernet-910b,"
                        + " ethernet-samecard, h100-roce, h800-ib, gb200-nvl72");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> supernode.withCards(12))
                .withMessageContaining("multiple of cardsPerNode=8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> supernode.withCards(165_008))
                .withMessageContaining("at most 165000");
    }

    @Test
    void theFasterCardMakesThreeHundredAndSevenPetaflops() {
        assertThat(MachineCatalogue.named("cloudmatrix384-800tf").peak(Precision.BF16))
                .isEqualTo(307.2e15);
    }

    @Test
    void racksAndSwitchesCloseWithThePublishedPorts() {
        Topology topology = supernode.topology();
        assertThat(topology.nodeRacks(48)).isEqualTo(12);
        assertThat(topology.switchRacks()).isEqualTo(4);
        // 7 switches in a node, one for each sub-plane, with 16 ports up; 48 ports on each second-level switch
        assertThat(topology.firstLevelSwitches(48) * 16).isEqualTo(topology.upperSwitches() * 48);
        assertThat(topology.upperSwitches()).isEqualTo(topology.planes() * 16);
        // 56 boxes of two switches in 4 racks of 14
        assertThat(topology.upperSwitches() / 2).isEqualTo(4 * 14);
        // 14 ports of 224 Gb/s per card; a node's uplinks carry what its cards can send
        assertThat(supernode.sameNode().bytesPerSecond()).isEqualTo(2 * topology.planes() * 224e9 / 8);
        assertThat(topology.planes() * 16 * 28e9)
                .isEqualTo(8 * supernode.sameNode().bytesPerSecond());
    }

    @Test
    void severalSupernodesAreJoinedByTheirNetworkInterfaces() {
        Machine two = supernode.withCards(768);
        assertThat(two.domains()).isEqualTo(2);
        assertThat(two.link(0, 383).fabric()).isEqualTo(Fabric.BUS);
        assertThat(two.link(383, 384)).isEqualTo(two.scaleOut());
        assertThat(two.watts(1_000)).isEqualTo(2 * supernode.watts(1_000));
        Machine racks = MachineCatalogue.named("gb200-nvl72").withCards(144);
        assertThat(racks.link(0, 71).fabric()).isEqualTo(Fabric.BUS);
        assertThat(racks.link(71, 72).fabric()).isEqualTo(Fabric.ETHERNET);
    }
}
