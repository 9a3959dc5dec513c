package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import io.supernode.cost.Transfer;
import io.supernode.event.Fabric;
import io.supernode.machine.Collective;
import io.supernode.scenario.Scenario;
import io.supernode.workload.Layout;
import io.supernode.workload.Overlap;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StageCostTest {
    private final TrainingCost llama = Jobs.llama("cloudmatrix384");

    @Test
    void theEndsOfThePipelineHaveOneLayerLess() {
        assertThat(IntStream.range(0, 8).map(s -> StageCost.layers(126, 8, s)))
                .containsExactly(15, 16, 16, 16, 16, 16, 16, 15);
        // the layout that Llama 3 describes: 16 stages, 7 layers at the ends
        assertThat(IntStream.range(0, 16).map(s -> StageCost.layers(126, 16, s)))
                .containsExactly(7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7);
    }

    @ParameterizedTest
    @CsvSource({"126,1", "126,2", "126,7", "10,3", "10,4", "11,4", "8,8", "9,8", "15,8"})
    void noLayerIsLost(int layers, int stages) {
        int[] each = IntStream.range(0, stages)
                .map(s -> StageCost.layers(layers, stages, s))
                .toArray();
        assertThat(IntStream.of(each).sum()).isEqualTo(layers);
        assertThat(IntStream.of(each).max().orElseThrow()
                        - IntStream.of(each).min().orElseThrow())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aStageTakesItsWorkOverTheEfficientPartOfThePeak() {
        // 16 layers x (2 x 3.1877e9 + 2 x 4096 x 128 x 256) FLOP x 8192 tokens / 16 cards = 54.43 TF, over 0.58 x 752
        // TF
        assertThat(llama.stage(1).forwardSeconds()).isCloseTo(0.1248, within(0.0001));
        assertThat(llama.stage(1).backwardSeconds())
                .isCloseTo(2 * llama.stage(1).forwardSeconds(), within(1e-12));
    }

    @Test
    void parametersOfAllCardsAreTheModel() {
        double sum = 0;
        for (int s = 0; s < 8; s++) {
            sum += llama.stage(s).parameters() * 16;
        }
        // all but the norms, which are 4 million of 405 thousand million
        assertThat(sum / llama.workload().shape().parameters()).isCloseTo(1, within(2e-5));
    }

    @Test
    void workOfAllStagesIsSixPerParameterAndToken() {
        double flops = 0;
        for (int s = 0; s < 8; s++) {
            flops += (llama.stage(s).forwardFlops() + llama.stage(s).backwardFlops()) * 16;
        }
        double stepFlops = flops * llama.workload().microbatches() * 3;
        assertThat(stepFlops / llama.stepFlops()).isCloseTo(1, within(1e-12));
        assertThat(llama.stepFlopsWithAttention() / llama.stepFlops()).isCloseTo(2524.0 / 2422.8, within(0.001));
    }

    @Test
    void tensorParallelTrafficIsWhatTheModelPrints() {
        // 246 KB per token, layer and card at TP16: 4 all-reduces x 2 x 15/16 x 2 bytes x 16384
        Transfer both = llama.forwardReductions(0, 1);
        double perTokenLayerPass = (double) both.bytes() / 8192 / 16;
        assertThat(2 * perTokenLayerPass / 1000).isCloseTo(246, within(1.0));
        assertThat(both.fabric()).isEqualTo(Fabric.BUS);
        assertThat(Jobs.llama("ethernet-910b").forwardReductions(0, 1).fabric()).isEqualTo(Fabric.ETHERNET);
    }

    @Test
    void expertLayersReachTheirOwnShareOfThePeak() {
        // all ten layers on one card: 2 dense ones and the head at 0.5, 8 with experts at 0.32 of the peak
        TrainingCost cost =
                Jobs.experts("cloudmatrix384", Collective.DIRECT, new Layout(1, 1, 8, 8, 1), 4, Overlap.NONE);
        TransformerShape shape = cost.workload().shape();
        double attention = shape.attention().flops(500);
        double dense = 2 * (2.0 * shape.denseLayerParameters() + attention) + 2.0 * shape.headParameters();
        double met = shape.commonParameters() + 2.0 * shape.expertParameters();
        double experts = 8 * (2 * met + attention);
        StageCost stage = cost.stage(0);
        assertThat(stage.forwardSeconds())
                .isCloseTo(1000 * (dense / 0.5 + experts / 0.32) / 752e12, withPercentage(1e-6));
        // forward again before backward
        assertThat(stage.backwardSeconds()).isCloseTo(3 * stage.forwardSeconds(), withPercentage(1e-6));
        assertThat(stage.expertParameters()).isEqualTo(8.0 * shape.expertParameters());
        double routed = 8 * 2.0 * 2 * shape.expertParameters() * 1000 / (0.32 * 752e12);
        assertThat(stage.routedShare()).isCloseTo(routed / stage.forwardSeconds(), withPercentage(1e-6));
    }

    @Test
    void dispatchesMoveWhatTheModelPrints() {
        // 23 to 27 MB per token forward and backward: DeepSeek-V3 58 layers x 4 x 8 copies x 2 bytes x 7168 x 63/64
        Scenario scenario = Scenario.of("deepseek-v3", Map.of());
        TrainingCost cost = new TrainingCost(scenario.machine(), (TrainingWorkload) scenario.workload());
        double bytes = 0;
        for (int stage = 0; stage < 6; stage++) {
            bytes += 4.0 * cost.exchanges(0, stage).bytes();
        }
        assertThat(bytes / 4096 / 1e6).isCloseTo(58 * 4 * 8 * 2 * 7168 * 63.0 / 64 / 1e6, within(1e-3));
        assertThat(bytes / 4096 / 1e6).isBetween(23.0, 27.0);
    }
}
