package io.supernode.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.event.Fabric;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpertExchangeTest {
    /** Bytes of one copy: INT8 or FP8 with scales out, BF16 back. */
    private static final int BUS_DISPATCH = 7_680;

    private static final int DEEP_EP_DISPATCH = 7_392;
    private static final int COMBINE = 14_336;

    /** Published latencies at 128 tokens a die, 8 experts each; microseconds. */
    @ParameterizedTest
    @CsvSource({
        "BUS, 8, 116, 118",
        "BUS, 16, 131, 132",
        "BUS, 32, 133, 146",
        "BUS, 64, 141, 150",
        "BUS, 128, 152, 150",
        "BUS, 256, 152, 149",
        "ETHERNET, 8, 163, 318",
        "ETHERNET, 16, 173, 329",
        "ETHERNET, 32, 182, 350",
        "ETHERNET, 64, 186, 353",
        "ETHERNET, 128, 192, 369",
        "ETHERNET, 256, 194, 360"
    })
    void meetsWhatWasMeasuredWithinTenMicroseconds(Fabric fabric, int ranks, double dispatch, double combine) {
        ExpertExchange exchange = ExpertExchange.over(fabric);
        double rate = fabric == Fabric.BUS ? 196e9 : 50e9;
        double copies = 128 * 8;
        double bytes = copies * (fabric == Fabric.BUS ? BUS_DISPATCH : DEEP_EP_DISPATCH);
        assertThat(exchange.dispatchSeconds(bytes, rate, ranks) * 1e6).isCloseTo(dispatch, within(10.0));
        assertThat(exchange.combineSeconds(copies * COMBINE, rate, ranks) * 1e6).isCloseTo(combine, within(10.0));
    }
}
