package io.supernode.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.disturbance.Disturbance;
import io.supernode.event.FaultKind;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisturbanceSettingsTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void aLineSaysWhatWhereAndWhen() {
        Scenario scenario = Scenario.of(
                "llama3-405b",
                Map.of(
                        "disturbance.b", "slow_card card=17 from=30s for=60s magnitude=1.5",
                        "disturbance.a", "stage_imbalance"));
        assertThat(scenario.disturbances().all())
                .containsExactly(
                        new Disturbance(0, FaultKind.STAGE_IMBALANCE, 0, 0, -1, 7, 0, Disturbance.LASTING, 1.5),
                        new Disturbance(1, FaultKind.SLOW_CARD, 17, 1, -1, -1, 30 * SECOND, 90 * SECOND, 1.5));
    }

    @Test
    void theSameCanBeSaidKeyByKey() {
        Map<String, String> keys = Map.of(
                "disturbance.hot.kind", "thermal_ramp",
                "disturbance.hot.node", "3",
                "disturbance.hot.until", "2m",
                "disturbance.hot.magnitude", "2");
        assertThat(Scenario.of("llama3-405b", keys).disturbances().all())
                .containsExactly(new Disturbance(0, FaultKind.THERMAL_RAMP, 24, 8, -1, -1, 0, 120 * SECOND, 2));
    }

    @Test
    void nothingGoesWrongUnlessItIsAskedFor() {
        assertThat(Scenario.of("llama3-405b", Map.of()).disturbances().isEmpty())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "melting card=1 | must be one of slow_card, thermal_ramp, link_flap,",
                "slow_card card=384 | must be 0 to 383: card=384",
                "slow_card card=1 strength=2 | unknown: strength=2, accepted: card=, cards=, node=,",
                "slow_card magnitude=0.5 | must be 1 to 100 (factor on computing): magnitude=0.5",
                "slow_card from=30 | from: ",
                "slow_card from=30s until=20s | must be after its begin (from=30s): until=20s",
                "slow_card for=1s until=2s | must be for or until, not both: for=1s until=2s",
                "slow_card card=1 node=0 | must be card or node, not both: card=1 node=0",
                "slow_card stage=1 | only stage_imbalance has a stage: stage=1",
                "stage_imbalance stage=8 | must be 0 to 7: stage=8",
                "expert_hot_spot | expert_hot_spot does not apply to llama3-405b on cloudmatrix384, accepted: slow_card,",
                "lane_down plane=7 | must be -1 to 6: plane=7"
            })
    void whatCannotBeIsNamedWithWhatWouldBeAccepted(String line, String message) {
        assertThatThrownBy(() -> Scenario.of("llama3-405b", Map.of("disturbance.d1", line)))
                .isInstanceOf(ScenarioException.class)
                .hasMessageStartingWith("disturbance.d1 = " + line + ": ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "deepseek-r1-decode, cloudmatrix384, false",
        "deepseek-r1-prefill, cloudmatrix384, false",
        "deepseek-r1-decode, ethernet-samecard, true",
        "deepseek-r1-serving, cloudmatrix384, true"
    })
    void servingHasExpertsButNoStages(String name, String machine, boolean scaleOut) {
        Set<FaultKind> kinds =
                Scenario.of(name, Map.of("machine", machine)).disturbanceRules().kinds();
        assertThat(kinds).contains(FaultKind.EXPERT_HOT_SPOT, FaultKind.SLOW_CARD, FaultKind.CARD_LOST);
        assertThat(kinds.contains(FaultKind.CONGESTION)).isEqualTo(scaleOut);
        assertThatThrownBy(() -> Scenario.of(name, Map.of("machine", machine, "disturbance.d1", "stage_imbalance")))
                .hasMessageContaining("stage_imbalance does not apply to " + name + " on " + machine)
                .hasMessageContaining("accepted: slow_card, thermal_ramp, link_flap,");
    }

    @Test
    void aFactorOnPublishedRatesIsAtLeastZero() {
        assertThatThrownBy(() -> Scenario.of("llama3-405b", Map.of("disturbances.random", "-1")))
                .hasMessage("must be 0 to 100000 times the published rates: disturbances.random=-1");
    }
}
