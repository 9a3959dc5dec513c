package io.supernode.scenario;

import io.supernode.workload.Attention;
import io.supernode.workload.Experts;
import io.supernode.workload.ModelCatalogue;
import io.supernode.workload.TransformerShape;

/**
 * Reads the model that is trained: one of the catalogue by the workload's name, or one of one's own from {@code
 * model.layers}, {@code model.hidden} and so on. Of a known model each figure can be changed.
 */
final class ModelSettings {
    private static final int MANY = 1 << 20;

    private final Settings settings;
    private final TransformerShape known;

    private ModelSettings(Settings settings, TransformerShape known) {
        this.settings = settings;
        this.known = known;
    }

    /** Whether the workload of that name is a model to train: known, or with layers of its own. */
    static boolean isModel(Settings settings, String workload) {
        return settings.has("model.layers") || ModelCatalogue.contains(workload);
    }

    static TransformerShape read(Settings settings, String name) {
        TransformerShape known = ModelCatalogue.contains(name) ? ModelCatalogue.named(name) : null;
        return new ModelSettings(settings, known).shape(name);
    }

    private TransformerShape shape(String name) {
        int layers = figure("model.layers", known == null ? 0 : known.layers());
        int hidden = figure("model.hidden", known == null ? 0 : known.hidden());
        Attention attention = attention(hidden);
        Experts experts = experts(layers);
        // a model all of whose layers have experts needs no dense feed-forward
        boolean needsDense = experts.count() == 0 || experts.denseLayers() > 0;
        int feedForward = figure("model.feedForward", known != null ? known.feedForward() : needsDense ? 0 : 1);
        int vocabulary = figure("model.vocabulary", known == null ? 0 : known.vocabulary());
        return new TransformerShape(name, layers, hidden, attention, feedForward, experts, vocabulary);
    }

    private Attention attention(int hidden) {
        Attention base = known == null ? null : known.attention();
        int heads = figure("model.heads", base == null ? 0 : base.heads());
        int keyValueHeads = figure("model.keyValueHeads", base == null ? heads : base.keyValueHeads());
        int latent = optional("model.keyValueLatent", base == null ? 0 : base.keyValueLatent());
        int rope = optional("model.ropeSize", base == null ? 0 : base.ropeSize());
        int size = figure("model.headSize", base == null ? Math.max(1, hidden / heads) : base.valueSize());
        if (keyValueHeads > heads || heads % keyValueHeads != 0) {
            throw new ScenarioException(
                    settings.given("model.keyValueHeads", "model.heads"),
                    "must divide model.heads=" + heads + ": model.keyValueHeads=" + keyValueHeads);
        }
        if (latent == 0) {
            return Attention.grouped(heads, keyValueHeads, size);
        }
        int queryLatent = figure("model.queryLatent", base == null ? 0 : base.queryLatent());
        return Attention.latent(heads, size, rope, queryLatent, latent);
    }

    private Experts experts(int layers) {
        Experts base = known == null ? Experts.NONE : known.experts();
        int count = optional("model.experts", base.count());
        if (count == 0) {
            return Experts.NONE;
        }
        int perToken = figure("model.expertsPerToken", base.perToken());
        int dense = optional("model.denseLayers", base.denseLayers());
        if (perToken > count) {
            throw new ScenarioException(
                    settings.given("model.expertsPerToken", "model.experts"),
                    "must be at most model.experts=" + count + ": model.expertsPerToken=" + perToken);
        }
        if (dense > layers) {
            throw new ScenarioException(
                    settings.given("model.denseLayers", "model.layers"),
                    "must be at most model.layers=" + layers + ": model.denseLayers=" + dense);
        }
        return new Experts(
                count,
                perToken,
                optional("model.sharedExperts", base.shared()),
                figure("model.expertFeedForward", base.feedForward()),
                dense);
    }

    /** @param otherwise 0 where the figure has to be given */
    private int figure(String key, int otherwise) {
        if (!settings.has(key)) {
            if (otherwise == 0) {
                throw new ScenarioException(
                        "workload",
                        key + " is missing; a model of your own needs model.layers, model.hidden, model.heads,"
                                + " model.feedForward and model.vocabulary, and with model.experts also"
                                + " model.expertsPerToken and model.expertFeedForward");
            }
            return otherwise;
        }
        return settings.count(key, "1", 1, MANY);
    }

    private int optional(String key, int otherwise) {
        return settings.has(key) ? settings.count(key, "0", 0, MANY) : otherwise;
    }
}
