package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneForwardOneBackwardTest {
    @Test
    void theOrderIsThatOfTheBook() {
        // 4 stages, 6 microbatches, second stage: F0 F1 | F2 B0 F3 B1 F4 B2 F5 B3 | B4 B5
        assertThat(order(4, 1, 6)).isEqualTo("F0 F1 F2 B0 F3 B1 F4 B2 F5 B3 B4 B5");
        assertThat(order(4, 3, 3)).isEqualTo("F0 B0 F1 B1 F2 B2");
        assertThat(order(4, 0, 2)).isEqualTo("F0 F1 B0 B1");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,5", "2,1", "4,2", "4,3", "4,4", "4,12", "8,170", "8,7"})
    void everyMicrobatchGoesForwardThenBackwardOnce(int stages, int microbatches) {
        for (int stage = 0; stage < stages; stage++) {
            int warmup = OneForwardOneBackward.warmup(stages, stage, microbatches);
            int[] forward = new int[microbatches];
            int[] backward = new int[microbatches];
            Arrays.fill(forward, -1);
            Arrays.fill(backward, -1);
            int kept = 0;
            int mostKept = 0;
            for (int pass = 0; pass < 2 * microbatches; pass++) {
                int m = OneForwardOneBackward.microbatch(pass, warmup, microbatches);
                boolean isForward = OneForwardOneBackward.isForward(pass, warmup, microbatches);
                int[] seen = isForward ? forward : backward;
                assertThat(seen[m]).isEqualTo(-1);
                seen[m] = pass;
                kept += isForward ? 1 : -1;
                mostKept = Math.max(mostKept, kept);
            }
            for (int m = 0; m < microbatches; m++) {
                assertThat(backward[m]).isGreaterThan(forward[m]);
                assertThat(OneForwardOneBackward.forwardPosition(m, warmup)).isEqualTo(forward[m]);
                assertThat(OneForwardOneBackward.backwardPosition(m, warmup, microbatches))
                        .isEqualTo(backward[m]);
            }
            // what 1F1B is for: a stage keeps no more microbatches than there are stages from it to the end
            assertThat(mostKept).isEqualTo(Math.min(stages - stage, microbatches));
        }
    }

    private static String order(int stages, int stage, int microbatches) {
        int warmup = OneForwardOneBackward.warmup(stages, stage, microbatches);
        StringBuilder order = new StringBuilder();
        for (int pass = 0; pass < 2 * microbatches; pass++) {
            order.append(OneForwardOneBackward.isForward(pass, warmup, microbatches) ? "F" : "B")
                    .append(OneForwardOneBackward.microbatch(pass, warmup, microbatches))
                    .append(' ');
        }
        return order.toString().strip();
    }
}
