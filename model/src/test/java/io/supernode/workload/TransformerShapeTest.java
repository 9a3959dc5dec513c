package io.supernode.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TransformerShapeTest {
    private final TransformerShape llama = ModelCatalogue.named("llama3-405b");

    @Test
    void llama3HasThePublishedNumberOfParameters() {
        assertThat(llama.parameters() / 1e9).isCloseTo(405.8, within(0.1));
        assertThat(llama.matrixParameters() / 1e9).isCloseTo(403.8, within(0.1));
    }

    @Test
    void trainingWorkPerTokenIsSixPerParameterAndAttention() {
        // 2,473 GFLOP at 4K and 2,524 at 8K, recomputed in the model's tables; attention sees half the sequence
        assertThat(perToken(4096) / 1e9).isCloseTo(2473, within(1.0));
        assertThat(perToken(8192) / 1e9).isCloseTo(2524, within(1.0));
    }

    private double perToken(int sequence) {
        return 6.0 * llama.matrixParameters()
                + 3 * llama.layers() * llama.attention().flops(sequence / 2.0);
    }
}
