package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeedTest {
    @ParameterizedTest
    @CsvSource({
        "1x, 1, 1, 1x",
        "10x, 10, 1, 10x",
        "0.1x, 1, 10, 0.1x",
        "2.50, 5, 2, 2.5x",
        "7/3x, 7, 3, 7/3x",
        "0.3/0000000002X, 3, 20, 0.15x",
        " 20000x , 20000, 1, 20000x",
        "0.000000001x, 1, 1000000000, 0.000000001x",
        "1000000000, 1000000000, 1, 1000000000x",
        "max, 1, 0, max",
        "MAX, 1, 0, max"
    })
    void readsWhatItWrites(String text, long numerator, long denominator, String written) {
        Speed speed = Speed.parse(text);
        assertThat(speed).isEqualTo(new Speed(numerator, denominator));
        assertThat(speed).hasToString(written);
        assertThat(Speed.parse(speed.toString())).isEqualTo(speed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "0",
                "0x",
                "0.0",
                "-1x",
                "1e3x",
                "fast",
                "1/0x",
                "10xx",
                "1,5x",
                "1000000001x",
                "0.0000000001x",
                "999999999/1000000007x",
                "99999999999x",
                "1.x",
                ".5x"
            })
    void refusesTheRestInOneLine(String text) {
        assertThatThrownBy(() -> Speed.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be a number above 0 such as 10x, 0.1x or 7/3x, or max: speed=" + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1x", "1x", "3x", "7x", "7/3x", "999999937/999999893", "0.000000001x", "1000000000x"})
    void wallTimeIsTheExactQuotientRoundedDown(String text) {
        Speed speed = Speed.parse(text);
        SplittableRandom random = new SplittableRandom(1);
        long most = Long.MAX_VALUE / (speed.denominator() / speed.numerator() + 1); // 292 years of the slower time
        for (int i = 0; i < 10_000; i++) {
            long event = random.nextLong(most);
            BigInteger exact = BigInteger.valueOf(event)
                    .multiply(BigInteger.valueOf(speed.denominator()))
                    .divide(BigInteger.valueOf(speed.numerator()));
            assertThat(speed.wallNanos(event)).isEqualTo(exact.longValueExact());
        }
    }

    @Test
    void atMaxNoWallTimePasses() {
        assertThat(Speed.MAX.isMax()).isTrue();
        assertThat(Speed.MAX.wallNanos(Long.MAX_VALUE)).isZero();
        assertThat(Speed.REAL_TIME.isMax()).isFalse();
    }

    @Test
    void aSmallMultiplierIsNotRoundedToZero() { // tcpreplay 472
        assertThat(Speed.parse("0.000001x").wallNanos(1)).isEqualTo(1_000_000);
    }
}
