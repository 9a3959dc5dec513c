package io.supernode.training;

/**
 * The order in which a pipeline stage works on its microbatches: forward until the pipeline behind it is full, then one
 * forward and one backward in turn, then the backward passes that are left (PipeDream-Flush; Narayanan et al. 2021,
 * section 2.2). A stage makes {@code 2 · microbatches} passes, counted from 0.
 */
final class OneForwardOneBackward {
    private OneForwardOneBackward() {}

    /** Forward passes before the first backward one can be next: one for each stage behind. */
    static int warmup(int stages, int stage, int microbatches) {
        return Math.min(stages - 1 - stage, microbatches);
    }

    static boolean isForward(int pass, int warmup, int microbatches) {
        return pass < warmup || pass < 2 * microbatches - warmup && (pass - warmup) % 2 == 0;
    }

    static int microbatch(int pass, int warmup, int microbatches) {
        if (pass < warmup) {
            return pass;
        }
        if (pass >= 2 * microbatches - warmup) {
            return pass - microbatches;
        }
        int pair = (pass - warmup) / 2;
        return (pass - warmup) % 2 == 0 ? warmup + pair : pair;
    }

    /** The pass in which a microbatch goes forward. */
    static int forwardPosition(int microbatch, int warmup) {
        return microbatch < warmup ? microbatch : 2 * microbatch - warmup;
    }

    /** The pass in which a microbatch goes backward. */
    static int backwardPosition(int microbatch, int warmup, int microbatches) {
        return microbatch < microbatches - warmup ? warmup + 2 * microbatch + 1 : microbatches + microbatch;
    }
}
