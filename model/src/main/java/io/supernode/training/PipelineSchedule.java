package io.supernode.training;

/**
 * The order in which each pipeline stage makes its passes: one forward, one backward, as in {@link OneForwardOneBackward};
 * with several chunks of layers per stage interleaved (Narayanan et al. 2021, section 2.2.2, as Megatron-LM does it):
 * microbatches in rounds of as many as there are stages, a round through one chunk after the other, warm-up longer by the
 * rounds of the other chunks. A pass is one microbatch through one chunk in one direction.
 */
final class PipelineSchedule {
    private static final int BACKWARD = 1;

    private final int stages;
    private final int virtual;
    private final int microbatches;
    /** By stage and position; a pass as {@code (chunkOfStage * microbatches + microbatch) * 2 + direction}. */
    private final int[][] passes;
    /** By stage and pass: its position. */
    private final int[][] positions;

    /** @param microbatches a multiple of {@code stages} where {@code virtual} is above 1 */
    PipelineSchedule(int stages, int virtual, int microbatches) {
        this.stages = stages;
        this.virtual = virtual;
        this.microbatches = microbatches;
        passes = new int[stages][];
        positions = new int[stages][];
        for (int stage = 0; stage < stages; stage++) {
            passes[stage] = virtual == 1 ? plain(stage) : interleaved(stage);
            positions[stage] = new int[passes[stage].length];
            for (int i = 0; i < passes[stage].length; i++) {
                positions[stage][passes[stage][i]] = i;
            }
        }
    }

    /** Passes of each stage. */
    int length() {
        return 2 * virtual * microbatches;
    }

    int direction(int stage, int position) {
        return passes[stage][position] & 1;
    }

    int microbatch(int stage, int position) {
        return (passes[stage][position] >> 1) % microbatches;
    }

    /** The chunk of layers, counted over all stages in the order in which a microbatch passes them. */
    int chunk(int stage, int position) {
        return (passes[stage][position] >> 1) / microbatches * stages + stage;
    }

    /** When a chunk's stage makes a pass. */
    int position(int chunk, int microbatch, int direction) {
        return positions[chunk % stages][pass(chunk / stages, microbatch, direction)];
    }

    private int pass(int chunkOfStage, int microbatch, int direction) {
        return (chunkOfStage * microbatches + microbatch) * 2 + direction;
    }

    private int[] plain(int stage) {
        int warmup = OneForwardOneBackward.warmup(stages, stage, microbatches);
        int[] order = new int[2 * microbatches];
        for (int i = 0; i < order.length; i++) {
            boolean forward = OneForwardOneBackward.isForward(i, warmup, microbatches);
            order[i] = pass(0, OneForwardOneBackward.microbatch(i, warmup, microbatches), forward ? 0 : BACKWARD);
        }
        return order;
    }

    private int[] interleaved(int stage) {
        int each = virtual * microbatches;
        int warmup = Math.min(each, 2 * (stages - 1 - stage) + (virtual - 1) * stages);
        int[] order = new int[2 * each];
        int i = 0;
        for (int forward = 0; forward < warmup; forward++) {
            order[i++] = pass(round(forward), microbatchOfRound(forward), 0);
        }
        for (int backward = 0; backward < each; backward++) {
            int forward = warmup + backward;
            if (forward < each) {
                order[i++] = pass(round(forward), microbatchOfRound(forward), 0);
            }
            order[i++] = pass(virtual - 1 - round(backward), microbatchOfRound(backward), BACKWARD);
        }
        return order;
    }

    private int round(int k) {
        return k / stages % virtual;
    }

    private int microbatchOfRound(int k) {
        return k / (stages * virtual) * stages + k % stages;
    }
}
