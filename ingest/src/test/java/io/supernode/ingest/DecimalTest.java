package io.supernode.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "1736408883811190.541, 3, 1736408883811190541", // as a double it would end in 500
                "'1736408883704643.212\t', 3, 1736408883704643212",
                "848671.6747283936, 3, 848671675",
                "1777144890.5122073, 9, 1777144890512207300",
                "28.647232000000002, 6, 28647232",
                "-0.0005, 3, -1",
                "1.5E3, 0, 1500",
            })
    void aNumberIsScaledWithoutADouble(String text, String power, String expected) {
        assertThat(Decimal.scaled(text, Integer.parseInt(power.strip()))).isEqualTo(Long.parseLong(expected.strip()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "x", "NaN", "Infinity", "1e999999999", "1e-999999999", "9999999999999999999", "0x10"})
    void whatIsNoNumberOrDoesNotFitIsRefused(String text) {
        assertThatThrownBy(() -> Decimal.scaled(text, 3)).isInstanceOf(NumberFormatException.class);
    }
}
