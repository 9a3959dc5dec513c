package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefillRunTest {
    private static final String NAME = "deepseek-r1-prefill";
    private static final double LINE_RATE = 392e9;

    /** Tokens/s per card with experts as they are, and perfectly balanced (arXiv 2506.12708, section 5). */
    @ParameterizedTest
    @CsvSource({"0.314, 5655", "0.371, 6688"})
    void theEquationsMeetThePublishedRates(String efficiency, double rate) {
        Answer answer =
                Scenario.of(NAME, Map.of("prefill.efficiency", efficiency)).answer();
        assertThat(answer.cards()).isEqualTo(16);
        assertThat(answer.tokensPerSecondPerCard().orElseThrow()).isCloseTo(rate, withPercentage(5));
        assertThat(answer.partsSeconds().values().stream().mapToDouble(d -> d).sum())
                .isCloseTo(answer.stepSeconds().orElseThrow(), withPercentage(1e-9));
        // 83.5 GFLOP a token at prompts of 4,096: 37.1 % of 1,504 TOPS at 6,688 tokens/s
        assertThat(answer.modelFlopsUtilizationWithAttention().orElseThrow())
                .isCloseTo(83.5e9 * answer.tokensPerSecondPerCard().orElseThrow() / 1504e12, withPercentage(3));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyBatchKeepsTheBooks(long seed) {
        Scenario scenario = Scenario.of(
                NAME,
                Map.of(
                        "seed", String.valueOf(seed),
                        "machine", seed % 2 == 0 ? "cloudmatrix384" : "ethernet-samecard",
                        "prefill.promptTokens", String.valueOf(1000 * seed),
                        "jitter", String.valueOf(seed * 0.02)));
        EventSource run = scenario.events();
        EventBatch events = new EventBatch();
        for (int k = 0; k < 20; k++) {
            long start = run.throughNanos();
            run.next(events);
            long end = run.throughNanos();
            long tokens = 0;
            Map<BusOp, long[]> bytes = new TreeMap<>();
            Map<BusOp, Long> lastArrival = new TreeMap<>();
            for (int i = 0; i < events.size(); i++) {
                assertThat(events.startNanos(i)).isGreaterThanOrEqualTo(start);
                assertThat(events.endNanos(i)).isLessThanOrEqualTo(end);
                if (events.kind(i) == EventKind.BUS) {
                    long transit = events.durationNanos(i) - events.waitNanos(i);
                    assertThat(events.waitNanos(i)).isNotNegative();
                    assertThat(events.sentBytes(i) / (transit * 1e-9)).isLessThan(LINE_RATE);
                    long[] both = bytes.computeIfAbsent(events.busOp(i), op -> new long[2]);
                    both[0] += events.sentBytes(i);
                    both[1] += events.receivedBytes(i);
                    lastArrival.merge(events.busOp(i), events.startNanos(i), Math::max);
                } else if (events.kind(i) == EventKind.STEP) {
                    tokens += events.tokens(i);
                    assertThat(events.durationNanos(i)).isEqualTo(end - start);
                }
            }
            for (int i = 0; i < events.size(); i++) {
                if (events.kind(i) == EventKind.BUS) {
                    // it starts with its last rank
                    assertThat(events.startNanos(i) + events.waitNanos(i))
                            .isGreaterThanOrEqualTo(lastArrival.get(events.busOp(i)));
                }
            }
            // whole prompts, as many as fit the batch
            assertThat(tokens).isEqualTo(16 * 4096 / (1000 * seed) * (1000 * seed));
            bytes.values().forEach(both -> assertThat(both[0]).isEqualTo(both[1]));
        }
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertThat(digest("3")).isEqualTo(digest("3")).isNotEqualTo(digest("4"));
    }

    private static String digest(String seed) {
        EventSource run = Scenario.of(NAME, Map.of("seed", seed)).events();
        EventDigest digest = new EventDigest();
        EventBatch events = new EventBatch();
        for (int k = 0; k < 5; k++) {
            run.next(events);
            for (int i = 0; i < events.size(); i++) {
                digest.add(events, i);
            }
        }
        return digest.hex();
    }

    @Test
    void onEthernetTheExchangeIsWhatTakesLongest() {
        Answer bus = Scenario.of(NAME, Map.of()).answer();
        Answer ethernet =
                Scenario.of(NAME, Map.of("machine", "ethernet-samecard")).answer();
        assertThat(bus.partsSeconds().get("expert_parallel")).isCloseTo(0, within(1e-12));
        assertThat(ethernet.partsSeconds().get("expert_parallel")).isPositive();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prefill.promptTokens | 70000 | must be 1 to prefill.batchTokens=65536: prefill.promptTokens=70000
            prefill.cards        | 32    | must be at most machine.cards=16: prefill.cards=32
            prefill.cards        | 1     | must be at most
            precision            | bf16  | must be int8 for prefill: precision=bf16
            granularity          | operation | must be stage for prefill
            """)
    void aBadSettingNamesItsKey(String key, String value, String message) {
        assertThatExceptionOfType(ScenarioException.class)
                .isThrownBy(() -> Scenario.of(NAME, Map.of(key, value)))
                .withMessageStartingWith(message)
                .satisfies(e -> assertThat(e.key()).isEqualTo(key));
    }
}
