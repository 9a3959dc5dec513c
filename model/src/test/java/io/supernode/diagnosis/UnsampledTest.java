package io.supernode.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cards that tell no gauges: a lost one cannot be told from those that wait for it until it is back. */
class UnsampledTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "llama3-405b, 17, 12",
        "llama3-405b, 240, 40",
        "qwen2.5-72b, 65, 8",
        "qwen3-235b, 36, 15",
        "deepseek-v3, 46, 20"
    })
    void aLostCardIsToldWhenItIsBack(String scenario, int card, int seconds) {
        DiagnosedRun run = DiagnosedRun.unsampled(
                scenario, 500 + card, 30 + seconds, "card_lost card=" + card + " from=14300ms for=" + seconds + "s");
        assertThat(run.anomalies()).singleElement().satisfies(lost -> {
            assertThat(lost.kind()).isEqualTo(AnomalyKind.LOST_CARD);
            assertThat(lost.card()).isEqualTo(card);
            assertThat(lost.lasts()).isFalse();
            assertThat(lost.startNanos()).isBetween(12 * SECOND, 17 * SECOND);
            assertThat(lost.endNanos()).isBetween((14 + seconds) * SECOND, (20 + seconds) * SECOND);
        });
        assertThat(run.score().recall()).hasValue(1);
    }
}
