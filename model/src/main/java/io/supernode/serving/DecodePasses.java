package io.supernode.serving;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.granularity.Granularity;
import io.supernode.granularity.PassBook;
import io.supernode.granularity.PassPlan;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.ServedModel;

/**
 * The layers of a decode iteration, one by one, as {@link DecodeCost} sums them up. The norm before attention is part of its
 * operator (MLAProlog, arXiv 2506.12708 section 4.2). The overhead of a layer is that of its operators without matrix work,
 * norm and gating, half each [A]; what is between two iterations belongs to the choice of the next token.
 */
final class DecodePasses implements PassBook {
    private final int cards;
    private final PassPlan plan;

    DecodePasses(ServedModel model, DecodeSettings settings, NominalServing nominal, Granularity granularity) {
        cards = settings.cards();
        int layers = model.layers();
        double attention = nominal.attentionSeconds() / layers;
        double experts = nominal.expertSeconds() / layers;
        double overhead = (nominal.overheadSeconds() - DecodeCost.SCHEDULING_SECONDS) / layers;
        double sharedPart = (double) model.sharedPerToken() / (model.sharedPerToken() + model.routedPerToken());
        double context = settings.promptTokens() + settings.outputTokens() / 2.0;
        double attentionFlops = 2.0 * model.attentionParameters() + model.decodeAttentionFlops() * context;
        double expertFlops = 2.0 * model.expertParameters() * (model.sharedPerToken() + model.routedPerToken());
        double attentionBytes =
                model.attentionParameters() + model.cacheBytesPerTokenLayer() * context * settings.batch() / 2;
        double expertBytes = model.expertParameters();
        PassPlan.Builder pass = PassPlan.of(granularity, ComputeOp.DECODE);
        for (int layer = 0; layer < layers; layer++) {
            boolean dense = layer < layers - model.expertLayers();
            pass.compute(ComputeOp.ATTENTION, attention, attentionFlops, attentionBytes);
            pass.compute(ComputeOp.NORM, dense ? overhead : overhead / 2, 0, 0);
            if (dense) {
                pass.compute(ComputeOp.MLP, experts, expertFlops, expertBytes);
                continue;
            }
            pass.compute(ComputeOp.GATING, overhead / 2, 0, 0);
            pass.collective(BusOp.DISPATCH);
            pass.compute(ComputeOp.MLP, experts * sharedPart, expertFlops * sharedPart, 0);
            pass.compute(ComputeOp.EXPERT, experts * (1 - sharedPart), expertFlops * (1 - sharedPart), expertBytes);
            pass.collective(BusOp.COMBINE);
        }
        pass.compute(ComputeOp.OUTPUT, DecodeCost.SCHEDULING_SECONDS, 0, 0);
        plan = pass.build();
    }

    @Override
    public int cards() {
        return cards;
    }

    @Override
    public int cardsOfUnit() {
        return cards;
    }

    @Override
    public PassPlan plan(int unit, int pass) {
        return plan;
    }

    /** Dispatch and combine of the one instance. */
    @Override
    public int groups() {
        return 2;
    }
}
