package io.supernode.workload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The models known by name, from their makers' papers and published configurations. */
public final class ModelCatalogue {
    private static final Map<String, TransformerShape> MODELS = models();

    private ModelCatalogue() {}

    public static Set<String> names() {
        return MODELS.keySet();
    }

    public static boolean contains(String name) {
        return MODELS.containsKey(name);
    }

    /** @throws IllegalArgumentException when no model has the name; the message lists those that exist */
    public static TransformerShape named(String name) {
        TransformerShape model = MODELS.get(name);
        if (model == null) {
            throw new IllegalArgumentException(
                    "unknown model: " + name + ", known: " + String.join(", ", MODELS.keySet()));
        }
        return model;
    }

    private static Map<String, TransformerShape> models() {
        Map<String, TransformerShape> models = new LinkedHashMap<>();
        for (TransformerShape model : new TransformerShape[] {
            // The Llama 3 Herd of Models (arXiv 2407.21783), Table 3
            new TransformerShape("llama3-405b", 126, 16_384, 128, 8, 128, 53_248, 128_256),
            new TransformerShape("llama3-8b", 32, 4_096, 32, 8, 128, 14_336, 128_256),
            new TransformerShape("llama3-70b", 80, 8_192, 64, 8, 128, 28_672, 128_256),
            // Qwen2.5 technical report (arXiv 2412.15115) and the model's configuration
            new TransformerShape("qwen2.5-72b", 80, 8_192, 64, 8, 128, 29_568, 152_064),
            // Qwen3 technical report (arXiv 2505.09388) and the model's configuration: all layers have experts
            new TransformerShape(
                    "qwen3-235b",
                    94,
                    4_096,
                    Attention.grouped(64, 4, 128),
                    12_288,
                    new Experts(128, 8, 0, 1_536, 0),
                    151_936),
            // DeepSeek-V3 (arXiv 2412.19437), section 4.2; without the module that predicts a second token
            new TransformerShape(
                    "deepseek-v3",
                    61,
                    7_168,
                    Attention.latent(128, 128, 64, 1_536, 512),
                    18_432,
                    new Experts(256, 8, 1, 2_048, 3),
                    129_280),
        }) {
            models.put(model.name(), model);
        }
        return models;
    }
}
