package io.supernode.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawsTest {
    private static final int N = 200_000;

    @Test
    void theSameQuestionHasTheSameAnswerForEver() {
        // pinned: a change of these bits changes every recorded digest
        assertThat(new Draws(1).bits(2, 3, 4, 5, 6)).isEqualTo(new Draws(1).bits(2, 3, 4, 5, 6));
        assertThat(new Draws(1).bits(0, 0, 0, 0, 0)).isEqualTo(-8952859841503196196L);
    }

    @Test
    void neighbouringQuestionsHaveDifferentAnswers() {
        Set<Long> seen = new HashSet<>();
        int asked = 0;
        for (int seed = 0; seed < 4; seed++) {
            Draws draws = new Draws(seed);
            for (int stream = 0; stream < 4; stream++) {
                for (int a = 0; a < 8; a++) {
                    for (int b = 0; b < 8; b++) {
                        for (int c = 0; c < 8; c++) {
                            for (int d = 0; d < 8; d++) {
                                seen.add(draws.bits(stream, a, b, c, d));
                                asked++;
                            }
                        }
                    }
                }
            }
        }
        assertThat(seen).hasSize(asked);
    }

    @Test
    void bellHasMeanZeroAndVarianceOneAndIsBounded() {
        Draws draws = new Draws(7);
        double sum = 0;
        double squares = 0;
        double most = 0;
        for (int i = 0; i < N; i++) {
            double x = draws.bell(1, i, 2, 3, 4);
            sum += x;
            squares += x * x;
            most = Math.max(most, Math.abs(x));
        }
        // standard errors: 1/sqrt(N) = 0.0022 of the mean, sqrt(1.7/N) = 0.0029 of the variance (excess kurtosis -0.3)
        assertThat(sum / N).isCloseTo(0, within(0.01));
        assertThat(squares / N).isCloseTo(1, within(0.015));
        assertThat(most).isLessThan(3.47).isGreaterThan(3);
    }

    @Test
    void drawsOfNeighboursAreNotCorrelated() {
        Draws draws = new Draws(7);
        double byFirst = 0;
        double byLast = 0;
        double byStream = 0;
        for (int i = 0; i < N; i++) {
            double x = draws.bell(1, i, 0, 0, 0);
            byFirst += x * draws.bell(1, i + 1, 0, 0, 0);
            byLast += x * draws.bell(1, i, 0, 0, 1);
            byStream += x * draws.bell(2, i, 0, 0, 0);
        }
        assertThat(byFirst / N).isCloseTo(0, within(0.01));
        assertThat(byLast / N).isCloseTo(0, within(0.01));
        assertThat(byStream / N).isCloseTo(0, within(0.01));
    }

    @Test
    void uniformStaysInItsRangeWithTheRightMean() {
        Draws draws = new Draws(3);
        double sum = 0;
        for (int i = 0; i < N; i++) {
            double x = draws.uniform(1, 0, i, 0, 0);
            assertThat(x >= 0 && x < 1).isTrue();
            sum += x;
        }
        assertThat(sum / N).isCloseTo(0.5, within(0.005));
    }
}
