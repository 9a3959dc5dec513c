package io.supernode.training;

import io.supernode.cost.Roofline;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.granularity.Granularity;
import io.supernode.granularity.PassBook;
import io.supernode.granularity.PassPlan;
import io.supernode.machine.Card;
import io.supernode.workload.Layout;
import io.supernode.workload.Recompute;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;

/**
 * The layers of each pass of a microbatch through a chunk: what {@link StageCost} sums up, one by one. An operation's time
 * goes with its operations, norms' and the embedding's with their bytes; backward takes twice as long as forward.
 */
public final class TrainingPasses implements PassBook {
    private static final int FORWARD = 0;
    /** Of the 34 bytes per token and hidden unit of a layer: attention, feed-forward, each norm (Korthikanti et al. 2022). */
    private static final double ATTENTION_BYTES = 11;

    private static final double MLP_BYTES = 19;
    private static final double NORM_BYTES = 2;

    private final TrainingCost cost;
    private final Layout layout;
    private final PipelineSchedule schedule;
    private final int groups;
    /** By direction and chunk. */
    private final PassPlan[][] plans;

    /** @param cost of a job whose cards reduce or exchange, but not both: layout.tp or layout.ep is 1 */
    public TrainingPasses(TrainingCost cost, Granularity granularity) {
        this.cost = cost;
        layout = cost.workload().layout();
        schedule = new PipelineSchedule(
                layout.pipeline(), layout.virtual(), cost.workload().microbatches());
        groups = new StepPlan(cost).groups();
        plans = new PassPlan[2][layout.chunks()];
        int before = 0;
        for (int chunk = 0; chunk < layout.chunks(); chunk++) {
            Chunk of = new Chunk(chunk, before);
            plans[FORWARD][chunk] = of.forward(PassPlan.of(granularity, ComputeOp.FORWARD));
            plans[1][chunk] = of.backward(PassPlan.of(granularity, ComputeOp.BACKWARD));
            before += cost.stage(chunk).layers();
        }
    }

    @Override
    public int cards() {
        return layout.cards();
    }

    @Override
    public int cardsOfUnit() {
        return layout.expert() * layout.tensor();
    }

    @Override
    public PassPlan plan(int unit, int pass) {
        int stage = unit % layout.pipeline();
        int position = pass % schedule.length();
        return plans[schedule.direction(stage, position)][schedule.chunk(stage, position)];
    }

    @Override
    public int groups() {
        return groups;
    }

    /** The operations of one chunk, on one card. */
    private final class Chunk {
        private final TrainingWorkload workload = cost.workload();
        private final TransformerShape shape = workload.shape();
        private final Card card = cost.machine().card();
        private final double tokens = workload.microbatchTokens();
        private final boolean first;
        private final boolean last;
        private final int denseLayers;
        private final int layers;
        private final boolean reduces = layout.tensor() > 1;
        private final boolean exchanges;

        private PassPlan.Builder plan;
        private int direction;
        /** Efficiency of the layer's kernels over that of dense ones, turned round. */
        private double slower;

        Chunk(int chunk, int layersBefore) {
            first = chunk == 0;
            last = chunk == layout.chunks() - 1;
            layers = cost.stage(chunk).layers();
            denseLayers = layers - shape.expertLayers(layersBefore, layers);
            exchanges = layout.expert() > 1;
        }

        PassPlan forward(PassPlan.Builder builder) {
            plan = builder;
            direction = FORWARD;
            slower = 1;
            if (first) {
                embedding(ComputeOp.EMBEDDING);
                reduce();
            }
            for (int layer = 0; layer < layers; layer++) {
                boolean experts = begin(layer);
                norm(ComputeOp.NORM);
                attention(ComputeOp.ATTENTION);
                reduce();
                norm(ComputeOp.NORM);
                if (experts) {
                    gating(ComputeOp.GATING);
                    exchange(BusOp.DISPATCH);
                    shared(ComputeOp.MLP);
                    routed(ComputeOp.EXPERT);
                } else {
                    dense(ComputeOp.MLP);
                }
                reduce();
                if (experts) {
                    exchange(BusOp.COMBINE);
                }
            }
            slower = 1;
            if (last) {
                matrix(ComputeOp.OUTPUT, shape.headParameters(), 0);
            }
            return plan.build();
        }

        /** The same backwards; what went to experts comes back from them as gradients, and the other way round. */
        PassPlan backward(PassPlan.Builder builder) {
            plan = builder;
            direction = 1;
            slower = 1;
            if (last) {
                matrix(ComputeOp.OUTPUT_BACKWARD, shape.headParameters(), 0);
                reduce();
            }
            for (int layer = layers - 1; layer >= 0; layer--) {
                boolean experts = begin(layer);
                if (workload.recompute() == Recompute.FULL) {
                    recompute(experts);
                }
                if (experts) {
                    exchange(BusOp.DISPATCH);
                    routed(ComputeOp.EXPERT_BACKWARD);
                    shared(ComputeOp.MLP_BACKWARD);
                } else {
                    dense(ComputeOp.MLP_BACKWARD);
                }
                reduce();
                if (experts) {
                    exchange(BusOp.COMBINE);
                    gating(ComputeOp.GATING_BACKWARD);
                }
                norm(ComputeOp.NORM_BACKWARD);
                attention(ComputeOp.ATTENTION_BACKWARD);
                reduce();
                norm(ComputeOp.NORM_BACKWARD);
            }
            if (first) {
                embedding(ComputeOp.EMBEDDING_BACKWARD);
            }
            return plan.build();
        }

        private boolean begin(int layer) {
            boolean experts = layer >= denseLayers;
            slower = experts ? workload.efficiency() / workload.experts().efficiency() : 1;
            return experts;
        }

        private void reduce() {
            if (reduces) {
                plan.collective(BusOp.ALL_REDUCE);
            }
        }

        private void exchange(BusOp op) {
            if (exchanges) {
                plan.collective(op);
            }
        }

        private void norm(ComputeOp op) {
            double bytes = activations(NORM_BYTES);
            plan.compute(op, passes() * Roofline.memorySeconds(card, bytes), 0, bytes);
        }

        private void embedding(ComputeOp op) {
            double bytes = 2 * tokens * shape.hidden() / layout.tensor();
            double weights = weights(shape.headParameters());
            plan.compute(op, passes() * Roofline.memorySeconds(card, bytes), 0, weights);
        }

        private void attention(ComputeOp op) {
            long parameters = shape.attention().parameters(shape.hidden());
            double core = attentionFlops();
            double own = 2 * parameters * tokens / layout.tensor();
            plan.compute(op, seconds(own + core), own, weights(parameters) + activations(ATTENTION_BYTES));
        }

        private void dense(ComputeOp op) {
            matrix(op, 3L * shape.hidden() * shape.feedForward(), activations(MLP_BYTES));
        }

        private void gating(ComputeOp op) {
            matrix(op, (long) shape.hidden() * shape.experts().count(), 0);
        }

        /** Shared experts, where there are any; activations are counted with the routed ones. */
        private void shared(ComputeOp op) {
            if (shape.experts().shared() > 0) {
                matrix(op, shape.experts().shared() * shape.expertParameters(), 0);
            }
        }

        private void routed(ComputeOp op) {
            double flops = 2.0 * shape.experts().perToken() * shape.expertParameters() * tokens / layout.tensor();
            double held = (double) shape.experts().count() * shape.expertParameters() / layout.expert();
            plan.compute(op, seconds(flops), flops, weights(held) + activations(MLP_BYTES));
        }

        private void matrix(ComputeOp op, long parameters, double activations) {
            double flops = 2.0 * parameters * tokens / layout.tensor();
            plan.compute(op, seconds(flops), flops, weights(parameters) + activations);
        }

        /** Once more forward; none of it is work of the model. */
        private void recompute(boolean experts) {
            double flops = 2.0 * shape.attention().parameters(shape.hidden());
            flops += experts
                    ? 2.0
                            * ((double) shape.hidden() * shape.experts().count()
                                    + (shape.experts().shared()
                                                    + shape.experts().perToken())
                                            * shape.expertParameters())
                    : 6.0 * shape.hidden() * shape.feedForward();
            double work = flops * tokens / layout.tensor() + attentionFlops();
            // half of the time of what a backward pass takes for as many operations
            plan.compute(ComputeOp.RECOMPUTE, seconds(work) / 2, 0, activations(ATTENTION_BYTES + MLP_BYTES));
        }

        private double attentionFlops() {
            return shape.attention().flops(workload.sequenceTokens() / 2.0) * tokens / layout.tensor();
        }

        private double seconds(double flops) {
            return passes() * slower * flops / (card.peak(workload.precision()) * workload.efficiency());
        }

        private int passes() {
            return direction == FORWARD ? 1 : 2;
        }

        /** Read once forward; backward twice, and their gradients read and written in 4 bytes. */
        private double weights(double parameters) {
            return (direction == FORWARD ? 2 : 4 + 8) * parameters / layout.tensor();
        }

        private double activations(double bytes) {
            return bytes * tokens * shape.hidden() / layout.tensor();
        }
    }
}
