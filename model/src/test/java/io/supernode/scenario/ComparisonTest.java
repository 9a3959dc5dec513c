package io.supernode.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    private static final Map<String, String> TP8 = Map.of("layout.tp", "8", "layout.pp", "16", "layout.dp", "3");

    @ParameterizedTest
    @CsvSource({
        "llama3-405b, llama3-405b-ethernet-910b",
        "llama3-405b-ethernet-910b, llama3-405b",
        "qwen2.5-72b, llama3-405b-ethernet-samecard",
        "deepseek-v3, qwen3-235b",
        "deepseek-r1-decode, deepseek-r1-serving",
        "llama3-405b, deepseek-r1-decode"
    })
    void theFactorsMultiplyUpToTheRatio(String left, String right) {
        Comparison c = Comparison.of(Scenario.of(left, Map.of()), Scenario.of(right, Map.of()));
        assertThat(c.decomposition()).containsOnlyKeys("silicon", "network", "layout");
        double product = c.decomposition().values().stream().reduce(1.0, (a, b) -> a * b);
        assertThat(product).isCloseTo(c.ratio().get("tokens_per_second_per_card"), withPercentage(1e-9));
        assertThat(c.ratio().get("tokens_per_second_per_card"))
                .isEqualTo(c.left().tokensPerSecondPerCard().orElseThrow()
                        / c.right().tokensPerSecondPerCard().orElseThrow());
    }

    @Test
    void theSameTwiceIsOne() {
        Scenario scenario = Scenario.of("llama3-405b", Map.of());
        Comparison c = Comparison.of(scenario, scenario);
        assertThat(List.of(c.ratio(), c.decomposition()))
                .allSatisfy(figures -> assertThat(figures.values()).containsOnly(1.0));
    }

    @Test
    void aConventionalClusterLosesToItsCardTwiceAndToItsNetworkAQuarter() {
        Comparison c =
                Comparison.of(Scenario.of("llama3-405b", Map.of()), Scenario.of("llama3-405b-ethernet-910b", Map.of()));
        assertThat(c.ratio().get("tokens_per_second_per_card")).isBetween(2.1, 2.8);
        assertThat(c.decomposition().get("silicon")).isBetween(1.8, 752.0 / 313);
        assertThat(c.decomposition().get("network")).isBetween(1.1, 1.4);
        assertThat(c.decomposition().get("layout")).isCloseTo(1, within(1e-9));
    }

    @Test
    void onTheSameCardOnlyTheNetworkAndTheLayoutAreLeft() {
        Scenario bus = Scenario.of("llama3-405b", Map.of());
        Comparison same = Comparison.of(bus, Scenario.of("llama3-405b-ethernet-samecard", Map.of()));
        assertThat(same.decomposition().get("silicon")).isEqualTo(1);
        assertThat(same.decomposition().get("network"))
                .isCloseTo(same.ratio().get("tokens_per_second_per_card"), within(1e-9));
        Comparison inServer = Comparison.of(bus, Scenario.of("llama3-405b-ethernet-samecard", TP8));
        assertThat(inServer.ratio().get("tokens_per_second_per_card")).isBetween(0.85, 1.05);
        assertThat(inServer.decomposition().get("layout")).isLessThan(1);
    }

    @Test
    void machinesOfOtherNodesAndSizesCompare() {
        Scenario bus = Scenario.of("llama3-405b", Map.of());
        Scenario racks = Scenario.of(
                "mine",
                Map.of(
                        "workload", "llama3-405b",
                        "machine", "gb200-nvl72",
                        "machine.cards", "288",
                        "layout.tp", "8",
                        "layout.pp", "9",
                        "layout.dp", "4"));
        Comparison c = Comparison.of(bus, racks);
        assertThat(c.decomposition().get("silicon")).isBetween(752.0 / 2500, 0.6);
        assertThat(Comparison.of(racks, bus).decomposition().get("silicon")).isBetween(1.5, 2500.0 / 752);
        // 72 cards are no multiple of 16: every fifth tensor-parallel group leaves its rack
        assertThat(Comparison.of(racks, bus).decomposition().get("network")).isLessThan(1);
    }
}
