package io.supernode.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeRunTest {
    private static final double LINE_RATE = 392e9;

    /** Published rows of batch 96 and 24 (arXiv 2506.12708, table 5): time per output token, and tokens/s per card. */
    @ParameterizedTest
    @CsvSource({"96, 0.0494, 1943", "24, 0.0246, 974"})
    void theEquationsAndTheRunMeetThePublishedRows(String batch, double seconds, double rate) {
        Scenario scenario = Scenario.of("deepseek-r1-decode", Map.of("decode.batch", batch));
        Answer answer = scenario.answer();
        assertThat(answer.cards()).isEqualTo(160);
        assertThat(answer.timePerOutputTokenSeconds().orElseThrow()).isCloseTo(seconds, withPercentage(5));
        assertThat(answer.tokensPerSecondPerCard().orElseThrow()).isCloseTo(rate, withPercentage(5));
        assertThat(answer.partsSeconds().values().stream().mapToDouble(d -> d).sum())
                .isCloseTo(answer.stepSeconds().orElseThrow(), withPercentage(1e-9));
        long tokens = 0;
        long nanos = 0;
        EventSource run = scenario.events();
        EventBatch events = new EventBatch();
        for (int k = 0; k < 200; k++) {
            run.next(events);
            for (int i = 0; i < events.size(); i++) {
                if (events.kind(i) == EventKind.STEP) {
                    tokens += events.tokens(i);
                    nanos += events.durationNanos(i);
                }
            }
        }
        assertThat(tokens * 1e9 / nanos)
                .isCloseTo(answer.tokensPerSecondPerCard().orElseThrow(), withPercentage(0.5));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyIterationKeepsTheBooks(long seed) {
        Scenario scenario = Scenario.of(
                "deepseek-r1-decode", Map.of("seed", String.valueOf(seed), "decode.batch", String.valueOf(9 * seed)));
        EventSource run = scenario.events();
        EventBatch events = new EventBatch();
        for (int k = 0; k < 20; k++) {
            long start = run.throughNanos();
            run.next(events);
            long end = run.throughNanos();
            assertThat(events.size()).isEqualTo(4 * 160);
            long computeTokens = 0;
            long stepTokens = 0;
            long sent = 0;
            long received = 0;
            long[] busy = new long[160];
            long waitLeast = Long.MAX_VALUE;
            for (int i = 0; i < events.size(); i++) {
                switch (events.kind(i)) {
                    case COMPUTE -> {
                        computeTokens += events.tokens(i);
                        busy[events.card(i)] += events.durationNanos(i);
                        assertThat(events.tokens(i)).isBetween(9 * seed, 18 * seed);
                    }
                    case BUS -> {
                        long transit = events.durationNanos(i) - events.waitNanos(i);
                        busy[events.card(i)] += transit;
                        sent += events.sentBytes(i);
                        received += events.receivedBytes(i);
                        assertThat(events.sentBytes(i) / (transit * 1e-9)).isLessThan(LINE_RATE);
                        if (events.busOp(i) == BusOp.COMBINE) {
                            waitLeast = Math.min(waitLeast, events.waitNanos(i));
                        }
                    }
                    case STEP -> {
                        stepTokens += events.tokens(i);
                        assertThat(busy[events.card(i)] + events.waitNanos(i)).isEqualTo(end - start);
                        assertThat(events.endNanos(i)).isEqualTo(end);
                    }
                    case REQUEST, SAMPLE, FAULT -> throw new AssertionError(events.record(i));
                }
            }
            assertThat(stepTokens).isEqualTo(computeTokens);
            assertThat(sent).isEqualTo(received);
            assertThat(waitLeast).as("the slowest card waits for nobody").isZero();
        }
    }

    @Test
    void theSameSeedGivesTheSameEventsAndAnotherOthers() {
        assertThat(digest("1")).isEqualTo(digest("1")).isNotEqualTo(digest("2"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            decode.cards | 168  | must be at most machine.cards=160: decode.cards=168
            decode.batch | 4000 | sequences of 4352 tokens that a card has memory for beside its weights: decode.batch=4000
            precision    | bf16 | must be int8 for decode: precision=bf16
            decode.burst | 1s   | unknown key: decode.burst
            layout.tp    | 2    | unknown key: layout.tp
            jitter       | 0.5  | must be 0 to 0.2: jitter=0.5
            """)
    void aSettingThatCannotBeIsNamed(String key, String value, String message) {
        assertThatExceptionOfType(ScenarioException.class)
                .isThrownBy(() -> Scenario.of("deepseek-r1-decode", Map.of(key, value)))
                .withMessageContaining(message);
    }

    private static String digest(String seed) {
        EventSource run =
                Scenario.of("deepseek-r1-decode", Map.of("seed", seed)).events();
        EventDigest digest = new EventDigest();
        EventBatch events = new EventBatch();
        for (int k = 0; k < 10; k++) {
            run.next(events);
            for (int i = 0; i < events.size(); i++) {
                digest.add(events, i);
            }
        }
        return digest.hex();
    }
}
