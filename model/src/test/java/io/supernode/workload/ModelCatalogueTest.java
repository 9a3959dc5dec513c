package io.supernode.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCatalogueTest {
    /** All parameters and those a token meets, in 10^9, and the operations of one token's training at 4K and 8K, 10^9. */
    @ParameterizedTest
    @CsvSource({
        "llama3-8b, 8.0, 7.5, 48, 52",
        "llama3-70b, 70.6, 69.5, 433, 449",
        "llama3-405b, 405.8, 403.8, 2473, 2524",
        "qwen2.5-72b, 72.7, 71.5, 445, 461",
        "qwen3-235b, 235.1, 21.6, 148, 167",
        "deepseek-v3, 671.0, 36.6, 250, 281"
    })
    void everyModelHasThePublishedSize(String name, double all, double met, double at4K, double at8K) {
        TransformerShape model = ModelCatalogue.named(name);
        assertThat(model.parameters() / 1e9).isCloseTo(all, within(0.06 + all * 1e-3));
        assertThat(model.matrixParameters() / 1e9).isCloseTo(met, within(0.06));
        assertThat(perToken(model, 4096) / 1e9).isCloseTo(at4K, within(1.0));
        assertThat(perToken(model, 8192) / 1e9).isCloseTo(at8K, within(1.0));
    }

    @Test
    void theFirstLayersOfDeepSeekAreDense() {
        TransformerShape model = ModelCatalogue.named("deepseek-v3");
        assertThat(model.expertLayers(0, 61)).isEqualTo(58);
        assertThat(model.expertLayers(0, 2)).isZero();
        assertThat(model.expertLayers(2, 4)).isEqualTo(3);
        assertThat(model.expertLayers(10, 10)).isEqualTo(10);
        assertThat(ModelCatalogue.named("llama3-8b").expertLayers(0, 32)).isZero();
    }

    @Test
    void anUnknownModelIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelCatalogue.named("gpt-2"))
                .withMessageContaining("unknown model: gpt-2, known: llama3-405b, llama3-8b");
    }

    private static double perToken(TransformerShape model, int sequence) {
        return 6.0 * model.matrixParameters()
                + 3 * model.layers() * model.attention().flops(sequence / 2.0);
    }
}
