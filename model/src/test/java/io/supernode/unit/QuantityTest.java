package io.supernode.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"8192,8192", "0,0", "4Mi,4194304", "4M,4000000", "1.5k,1500", "0.5Ki,512", "2e3,2000", "3 G,3000000000"
    })
    void countsKnowDecimalAndBinaryPrefixes(String text, long expected) {
        assertThat(Quantity.count(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"512,512", "512B,512", "64GiB,68719476736", "128GB,128000000000", "1kB,1000", "1KiB,1024"})
    void aGigabyteIsNotAGibibyte(String text, long expected) {
        assertThat(Quantity.bytes(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"392GB/s,392e9", "200Gb/s,25e9", "1GiB/s,1073741824"})
    void ratesCountBytesEvenWhenWrittenInBits(String text, double expected) {
        assertThat(Quantity.bytesPerSecond(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"200ns,200", "1.9us,1900", "10ms,10000000", "90s,90000000000", "10m,600000000000", "2h,7200000000000"})
    void timesAreWholeNanoseconds(String text, long expected) {
        assertThat(Quantity.nanos(text)).isEqualTo(expected);
    }

    @Test
    void theLargestCountIsThatOfALong() {
        assertThat(Quantity.count("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThatIllegalArgumentException().isThrownBy(() -> Quantity.count("9223372036854775808"));
        assertThatIllegalArgumentException().isThrownBy(() -> Quantity.count("1e999999999"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "4Mib", "4 mi", "1.5", "1..5", "k", "0x10", "NaN", "١"})
    void whatIsNoCountIsRefusedWithItsText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.count(text))
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "10x", "-1s", "0.1ns", "1 minute"})
    void aTimeNeedsItsUnitAndAWholeNanosecond(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.nanos(text))
                .withMessageContaining(text);
    }

    @Test
    void theErrorSaysWhatWouldBeAccepted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.bytesPerSecond("392"))
                .withMessage("must be a rate such as 392GB/s or 200Gb/s: 392");
    }
}
