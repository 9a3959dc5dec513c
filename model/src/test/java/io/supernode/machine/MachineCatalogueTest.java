package io.supernode.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.supernode.event.Fabric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(supernode.acrossNodes().bytesPerSecond()
                        / ethernet.acrossNodes().bytesPerSecond())
                .isCloseTo(15.7, within(0.05));
        assertThat((double) ethernet.hopLatencyNanos() / supernode.hopLatencyNanos())
                .isEqualTo(10);
    }

    @Test
    void latenciesComeFromEndpointSwitchesAndOptics() {
        // 1.0 us endpoint + 0.2 us per switch + 0.15 us per optical segment: one switch in a node; three and two across
        assertThat(supernode.sameNode().latencyNanos()).isEqualTo(1_000 + supernode.hopLatencyNanos());
        assertThat(supernode.acrossNodes().latencyNanos()).isEqualTo(1_000 + 3 * supernode.hopLatencyNanos() + 2 * 150);
    }

    @Test
    void aTransferTakesTheLinkBetweenItsCards() {
        assertThat(supernode.link(0, 7)).isEqualTo(supernode.sameNode());
        assertThat(supernode.link(7, 8)).isEqualTo(supernode.acrossNodes());
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
    @ValueSource(strings = {"cloudmatrix384", "ethernet-910b", "ethernet-samecard"})
    void everyMachineIsWhole(String name) {
        Machine machine = MachineCatalogue.named(name);
        assertThat(machine.name()).isEqualTo(name);
        assertThat(machine.cards()).isEqualTo(384);
        for (Link link : new Link[] {machine.sameNode(), machine.acrossNodes(), machine.scaleOut()}) {
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
                .withMessage("unknown machine: cloudmatrix, known: cloudmatrix384, ethernet-910b, ethernet-samecard");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> supernode.withCards(12))
                .withMessageContaining("multiple of cardsPerNode=8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> supernode.withCards(392))
                .withMessageContaining("at most 384");
    }
}
