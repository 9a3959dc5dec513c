package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioException;
import io.supernode.workload.ServingWorkload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServingScenarioTest {
    @Test
    void theNamedScenarioIsThePublishedDeployment() {
        Scenario scenario = Scenario.of("deepseek-r1-serving", Map.of());
        assertThat(scenario.workload()).isEqualTo(ServingWorkload.deepSeekR1(384));
    }

    @Test
    void everySettingIsRead() {
        Map<String, String> settings = Map.ofEntries(
                Map.entry("decode.cards", "96"),
                Map.entry("decode.batch", "24"),
                Map.entry("decode.promptTokens", "1Ki"),
                Map.entry("decode.outputTokens", "100"),
                Map.entry("decode.draftAcceptance", "0.9"),
                Map.entry("decode.efficiency", "0.25"),
                Map.entry("decode.overhead", "200us"),
                Map.entry("decode.burst", "1s"),
                Map.entry("prefill.instances", "3"),
                Map.entry("prefill.cards", "32"),
                Map.entry("prefill.batchTokens", "1000"),
                Map.entry("prefill.efficiency", "0.371"),
                Map.entry("prefill.prefixCache", "0"),
                Map.entry("jitter", "0.01"));
        ServingWorkload w =
                (ServingWorkload) Scenario.of("deepseek-r1-serving", settings).workload();
        assertThat(w.decode())
                .hasToString("DecodeSettings[cards=96, batch=24, promptTokens=1024, outputTokens=100,"
                        + " draftAcceptance=0.9, matrixEfficiency=0.25, overheadNanos=200000,"
                        + " burstNanos=1000000000]");
        assertThat(w.prefill())
                .hasToString("PrefillSettings[instances=3, cards=32, batchTokens=1000, efficiency=0.371,"
                        + " prefixCacheBytes=0]");
        assertThat(w.jitter()).isEqualTo(0.01);
    }

    @Test
    void prefillTakesTheCardsThatDecodeLeaves() {
        Scenario scenario = Scenario.of("deepseek-r1-serving", Map.of("decode.cards", "320"));
        assertThat(((ServingWorkload) scenario.workload()).prefill().instances())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"96, 0.0494", "24, 0.0246"})
    void theAnswerIsThePublishedOperatingPoint(String batch, double seconds) {
        Answer answer = Scenario.of("deepseek-r1-serving", Map.of("decode.batch", batch))
                .answer();
        assertThat(answer.timePerOutputTokenSeconds().getAsDouble()).isCloseTo(seconds, withPercentage(5));
        assertThat(answer.tokensPerSecondPerCard().getAsDouble())
                .isCloseTo(Integer.parseInt(batch) / seconds, withPercentage(5));
        assertThat(answer.partsSeconds().values().stream().mapToDouble(d -> d).sum())
                .isCloseTo(answer.stepSeconds().getAsDouble(), withPercentage(1e-9));
        assertThat(answer.powerWatts()).isBetween(200_000.0, 706_000.0);
        assertThat(answer.modelFlopsUtilization().getAsDouble())
                .isPositive()
                .isLessThan(answer.modelFlopsUtilizationWithAttention().getAsDouble());
        assertThat(answer.modelFlopsUtilizationWithAttention().getAsDouble()).isLessThan(1);
    }

    @Test
    void aScenarioServesRequests() {
        Scenario scenario = Scenario.of("deepseek-r1-serving", Map.of());
        EventSource source =
                scenario.events(List.of(new Request(0, 0, 100, 10, new int[0])).iterator());
        EventBatch batch = new EventBatch();
        int events = 0;
        while (source.next(batch)) {
            events += batch.size();
        }
        assertThat(events).isGreaterThan(480);
        assertThatThrownBy(scenario::events).isInstanceOf(ScenarioException.class);
        assertThatThrownBy(() -> Scenario.of("llama3-405b", Map.of())
                        .events(List.<Request>of().iterator()))
                .isInstanceOf(ScenarioException.class)
                .hasMessage("must be one that serves requests: workload=llama3-405b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "decode.batch|0|decode.batch",
                "decode.draftAcceptance|1.5|must be 0 to 1: decode.draftAcceptance=1.5",
                "prefill.efficiency|0|prefill.efficiency",
                "decode.burst|1us|must be at least 1ms",
                "jitter|0.5|must be 0 to 0.2: jitter=0.5",
                "decode.cards|400|must be at most machine.cards=384: decode.cards=400",
                "prefill.instances|15|prefill.instances=15 x prefill.cards=16",
                "decode.cards|4|must be enough to hold deepseek-r1",
                "machine|ethernet-910b|weights per die",
                "decode.bach|96|decode.batch"
            })
    void aSettingThatCannotBeIsNamed(String key, String value, String message) {
        assertThatThrownBy(() -> Scenario.of("deepseek-r1-serving", Map.of(key, value)))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
