package io.supernode.scenario;

import io.supernode.workload.Recompute;
import java.util.Map;

/**
 * How each known model is trained on 384 cards unless told otherwise.
 *
 * @param globalBatchTokens as settings write it
 * @param crossServerShare see {@link io.supernode.workload.ExpertWork}
 */
record TrainingDefaults(
        int tensor,
        int pipeline,
        int data,
        int expert,
        int sequenceTokens,
        String globalBatchTokens,
        Recompute recompute,
        double crossServerShare) {
    private static final Map<String, TrainingDefaults> KNOWN = Map.of(
            // sequences of 8,192 and 4 Mi tokens: Llama 3's first phase after warming up (arXiv 2407.21783, 3.4.1)
            "llama3-405b", dense(16, 8, 3, "4Mi"),
            "llama3-70b", dense(8, 4, 12, "4Mi"),
            // 4 sequences for each replica: at less the replicas' reduction of gradients is most of a step
            "llama3-8b", dense(1, 1, 384, "12Mi"),
            "qwen2.5-72b", dense(4, 4, 24, "4Mi"),
            // 4,096 sequences of 4,096, inside the ramp from 3,072 to 15,360 of DeepSeek-V3 (2412.19437, 4.2)
            "deepseek-v3",
                    new TrainingDefaults(1, 6, 64, 64, 4096, "16Mi", Recompute.FULL, 0.5), // at most 4 nodes, 2.1
            "qwen3-235b", new TrainingDefaults(1, 6, 64, 64, 4096, "16Mi", Recompute.FULL, 1));

    private static TrainingDefaults dense(int tensor, int pipeline, int data, String batch) {
        return new TrainingDefaults(tensor, pipeline, data, 1, 8192, batch, Recompute.NONE, 1);
    }

    /** @param cards of the machine, which a model of one's own is spread over */
    static TrainingDefaults of(String model, int cards) {
        TrainingDefaults known = KNOWN.get(model);
        return known != null ? known : dense(8, 1, Math.max(1, cards / 8), "4Mi");
    }
}
