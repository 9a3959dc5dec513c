package io.supernode.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.unit.Draws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StragglingTest {
    @Test
    void oneIsNeverLate() {
        assertThat(Straggling.expectedMaximum(1)).isCloseTo(0, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 16, 384})
    void theExpectationIsThatOfTheDraws(int n) {
        Draws draws = new Draws(5);
        int trials = 400_000 / n;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < trials; i++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < n; j++) {
                largest = Math.max(largest, draws.bell(0, i, j, 0, 0));
            }
            sum += largest;
            squares += largest * largest;
        }
        // the largest of n varies by less than 0.85; three standard errors
        assertThat(Straggling.expectedMaximum(n)).isCloseTo(sum / trials, within(3 * 0.85 / Math.sqrt(trials)));
        double mean = sum / trials;
        assertThat(Straggling.deviationOfMaximum(n)).isCloseTo(Math.sqrt(squares / trials - mean * mean), within(0.04));
    }
}
