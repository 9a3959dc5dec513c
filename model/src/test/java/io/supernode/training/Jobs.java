package io.supernode.training;

import io.supernode.machine.Collective;
import io.supernode.machine.MachineCatalogue;
import io.supernode.machine.Precision;
import io.supernode.workload.Attention;
import io.supernode.workload.ExpertWork;
import io.supernode.workload.Experts;
import io.supernode.workload.Layout;
import io.supernode.workload.ModelCatalogue;
import io.supernode.workload.Overlap;
import io.supernode.workload.Recompute;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;

/** Training jobs to test with. */
final class Jobs {
    private static final TransformerShape SMALL = new TransformerShape("small", 10, 1024, 16, 4, 64, 4096, 32_000);

    private Jobs() {}

    /** Llama 3 405B, TP16 PP8 DP3. */
    static TrainingCost llama(String machine) {
        return new TrainingCost(
                MachineCatalogue.named(machine),
                new TrainingWorkload(
                        "llama3-405b",
                        ModelCatalogue.named("llama3-405b"),
                        new Layout(16, 8, 3),
                        Precision.BF16,
                        8192,
                        1,
                        4 << 20,
                        Recompute.NONE,
                        0.58));
    }

    /** Ten layers and sequences of 1,000 tokens, which no number of cards divides evenly. */
    static TrainingCost small(String machine, Collective collective, Layout layout, int microbatches) {
        return new TrainingCost(
                MachineCatalogue.named(machine).withCards(layout.cards()).withCollective(collective),
                new TrainingWorkload(
                        "small",
                        SMALL,
                        layout,
                        Precision.BF16,
                        1000,
                        1,
                        1000L * layout.data() * microbatches,
                        Recompute.NONE,
                        0.5));
    }

    /** The same with experts in all layers but the first two, and with whatever the layout asks for. */
    static TrainingCost experts(
            String machine, Collective collective, Layout layout, int microbatches, Overlap overlap) {
        TransformerShape shape = new TransformerShape(
                "experts", 10, 1024, Attention.grouped(16, 4, 64), 4096, new Experts(8, 2, 1, 512, 2), 32_000);
        return new TrainingCost(
                MachineCatalogue.named(machine).withCards(layout.cards()).withCollective(collective),
                new TrainingWorkload(
                        "experts",
                        shape,
                        layout,
                        Precision.BF16,
                        1000,
                        1,
                        1000L * layout.data() * microbatches,
                        Recompute.FULL,
                        0.5,
                        ExpertWork.ASSUMED,
                        overlap));
    }
}
