package io.supernode.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadableTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "200e-9, 200 ns",
        "1.9e-6, 1.900 µs",
        "0.0494, 49.40 ms",
        "0.25, 250 ms",
        "87.25, 87.25 s",
        "599.96, 600.0 s",
        "600, 10 min",
        "2397, 39 min 57 s",
        "3599.6, 1 h 00 min",
        "5400, 1 h 30 min"
    })
    void times(double seconds, String text) {
        assertThat(Readable.seconds(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"288.768e15, 288.8 PFLOPS", "1000, 1 kFLOPS", "999, 999 FLOPS", "0, 0 FLOPS"})
    void powersOfAThousand(double value, String text) {
        assertThat(Readable.scaled(value, "FLOPS")).isEqualTo(text);
    }

    @Test
    void countsAndShares() {
        assertThat(Readable.count(3_643_221)).isEqualTo("3,643,221");
        assertThat(Readable.percent(0.4124)).isEqualTo("41.2 %");
    }
}
