package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateNumberTest {
    private static String written(double value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            StateJson.number(out, value);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "0.25, 0.25",
        "127.4449, 127.4",
        "999.96, 1000",
        "2094123456789, 2094000000000",
        "0.0000123456, 0.00001235",
        "-5.55555, -5.556",
        "1e-30, 1.000E-30"
    })
    void fourDigitsAreWritten(double value, String text) throws IOException {
        assertThat(written(value)).isEqualTo(text);
    }

    @Test
    void nothingIsFurtherOffThanItsLastDigit() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(36) - 18);
            double exact = new BigDecimal(value).round(new MathContext(4)).doubleValue();
            assertThat(Double.parseDouble(written(value)))
                    .as("%s", value)
                    .satisfies(
                            told -> assertThat(Math.abs(told - exact)).isLessThanOrEqualTo(1.1e-3 * Math.abs(exact)));
        }
    }
}
