package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BusyTimeTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isTheLengthOfTheUnionInAnyOrder(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BitSet expected = new BitSet();
        BusyTime busy = new BusyTime();
        for (int i = 0; i < 500; i++) {
            int start = random.nextInt(20_000);
            int end = start + random.nextInt((int) seed * 20);
            busy.add(start, end);
            expected.set(start, end);
            assertThat(busy.nanos()).isEqualTo(expected.cardinality());
        }
    }

    @Test
    void closesTheEarliestIntervalsInsteadOfGrowing() {
        BusyTime busy = new BusyTime();
        for (int i = 0; i < 300_000; i++) {
            busy.add(i * 10L, i * 10L + 5);
        }
        assertThat(busy.nanos()).isEqualTo(300_000 * 5L);
        busy.add(0, 7); // among what is closed: counted already, as far as can be told
        assertThat(busy.nanos()).isEqualTo(300_000 * 5L);
        busy.add(2_999_980, 3_000_000);
        assertThat(busy.nanos()).isEqualTo(300_000 * 5L + 10);
    }
}
