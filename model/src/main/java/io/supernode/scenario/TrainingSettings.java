package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.machine.Precision;
import io.supernode.training.TrainingCost;
import io.supernode.workload.Checkpoint;
import io.supernode.workload.ExpertWork;
import io.supernode.workload.Layout;
import io.supernode.workload.Overlap;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;
import java.util.Locale;

/** Reads the settings of a training workload and checks that they fit each other and the machine. */
final class TrainingSettings {
    private static final int MANY = 1 << 20;

    private final Settings settings;
    private final TransformerShape shape;
    private final Machine machine;
    private final TrainingDefaults defaults;

    private TrainingSettings(Settings settings, TransformerShape shape, Machine machine) {
        this.settings = settings;
        this.shape = shape;
        this.machine = machine;
        defaults = TrainingDefaults.of(shape.name(), machine.cards());
    }

    static TrainingWorkload read(Settings settings, String name, Machine machine) {
        return new TrainingSettings(settings, ModelSettings.read(settings, name), machine).workload();
    }

    private TrainingWorkload workload() {
        Layout layout = layout();
        TrainingWorkload workload = new TrainingWorkload(
                shape.name(),
                shape,
                layout,
                precision(),
                settings.count("layout.sequence", text(defaults.sequenceTokens()), 1, MANY),
                settings.count("layout.microbatch", "1", 1, 1024),
                settings.count("layout.globalBatchTokens", defaults.globalBatchTokens()),
                settings.choice("layout.recompute", defaults.recompute()),
                settings.ratio("efficiency.dense", "0.58"),
                experts(),
                new Overlap(share("overlap.tp"), share("overlap.ep"), share("overlap.dp")),
                checkpoint());
        requireMicrobatches(workload);
        requireMemory(workload);
        return workload;
    }

    private Layout layout() {
        int tensor = settings.count("layout.tp", text(defaults.tensor()), 1, MANY);
        int pipeline = settings.count("layout.pp", text(defaults.pipeline()), 1, MANY);
        int data = settings.count("layout.dp", text(defaults.data()), 1, MANY);
        int expert = settings.count("layout.ep", text(defaults.expert()), 1, MANY);
        int virtual = settings.count("layout.virtualStages", "1", 1, MANY);
        long product = (long) tensor * pipeline * data;
        if (product != machine.cards()) {
            throw new ScenarioException(
                    settings.given("layout.tp", "layout.pp", "layout.dp", "machine.cards"),
                    "layout.tp=" + tensor + " x layout.pp=" + pipeline + " x layout.dp=" + data + " = " + product
                            + " cards, must be machine.cards=" + machine.cards() + " (machine=" + machine.name() + ")");
        }
        requireDivisor("layout.tp", tensor, shape.attention().heads(), "heads");
        requireDivisor("layout.tp", tensor, shape.feedForward(), "feed-forward width");
        requireExperts(tensor, data, expert);
        if (pipeline > shape.layers()) {
            throw new ScenarioException(
                    "layout.pp",
                    "must be at most " + shape.layers() + ", the layers of " + shape.name() + ": layout.pp="
                            + pipeline);
        }
        if (virtual > 1 && (pipeline == 1 || (long) virtual * pipeline > shape.layers())) {
            throw new ScenarioException(
                    "layout.virtualStages",
                    (pipeline == 1
                                    ? "must be 1 without a pipeline (layout.pp=1)"
                                    : "must be at most " + shape.layers() / pipeline + ", the layers of a stage ("
                                            + shape.layers() + " of " + shape.name() + " over layout.pp=" + pipeline
                                            + ")")
                            + ": layout.virtualStages=" + virtual);
        }
        return new Layout(tensor, pipeline, data, expert, virtual);
    }

    private void requireExperts(int tensor, int data, int expert) {
        if (!shape.hasExperts()) {
            if (expert != 1) {
                throw new ScenarioException(
                        "layout.ep",
                        "must be 1: layout.ep=" + expert + " (expert parallelism needs a model with experts)");
            }
            return;
        }
        requireDivisor("layout.tp", tensor, shape.experts().feedForward(), "expert width");
        requireDivisor("layout.ep", expert, shape.experts().count(), "experts");
        if (data % expert != 0) {
            throw new ScenarioException(
                    settings.given("layout.ep", "layout.dp"),
                    "must divide layout.dp=" + data + ", the replicas that share experts: layout.ep=" + expert);
        }
    }

    private ExpertWork experts() {
        double efficiency = settings.ratio("efficiency.moe", String.valueOf(ExpertWork.ASSUMED.efficiency()));
        if (!shape.hasExperts()) {
            return new ExpertWork(efficiency, 1, 1);
        }
        double imbalance = settings.number("experts.imbalance", String.valueOf(ExpertWork.ASSUMED.imbalance()));
        if (!(imbalance >= 1 && imbalance <= 1.6)) {
            throw new ScenarioException("experts.imbalance", "must be 1 to 1.6: experts.imbalance=" + imbalance);
        }
        double crossing = settings.ratio("experts.crossServerShare", String.valueOf(defaults.crossServerShare()));
        return new ExpertWork(efficiency, imbalance, crossing);
    }

    private Checkpoint checkpoint() {
        int every = settings.count("checkpoint.steps", "0", 0, MANY);
        String usual = machine.nodes() * (long) (Checkpoint.NODE_BYTES_PER_SECOND / 1e9) + "GB/s";
        double rate = settings.bytesPerSecond("checkpoint.rate", usual);
        if (!(rate > 0)) {
            throw new ScenarioException("checkpoint.rate", "must be above 0: checkpoint.rate=" + rate);
        }
        return new Checkpoint(every, rate);
    }

    private double share(String key) {
        double share = settings.number(key, "0");
        if (!(share >= 0 && share <= 1)) {
            throw new ScenarioException(key, "must be 0 to 1: " + key + "=" + share);
        }
        return share;
    }

    private Precision precision() {
        Precision precision = settings.choice("precision", Precision.BF16);
        if (precision != Precision.BF16) {
            throw new ScenarioException(
                    "precision",
                    "must be bf16 for training: precision="
                            + settings.effective().get("precision"));
        }
        return precision;
    }

    private void requireDivisor(String key, int value, int whole, String what) {
        if (whole % value != 0) {
            throw new ScenarioException(
                    key, "must divide the " + what + " " + whole + " of " + shape.name() + ": " + key + "=" + value);
        }
    }

    private static void requireMicrobatches(TrainingWorkload workload) {
        Layout layout = workload.layout();
        int least = layout.virtual() == 1 ? 1 : layout.pipeline();
        long leastTokens = (long) workload.microbatchTokens() * layout.data() * least;
        long most = (long) workload.microbatchTokens() * layout.data() * (1 << 16);
        if (workload.globalBatchTokens() < leastTokens || workload.globalBatchTokens() > most) {
            throw new ScenarioException(
                    "layout.globalBatchTokens",
                    "must be " + leastTokens + " ("
                            + (least == 1 ? "one microbatch" : least + " microbatches, one round of the pipeline,")
                            + " per replica) to " + most + ": layout.globalBatchTokens="
                            + workload.globalBatchTokens());
        }
    }

    /** Weights, gradients and optimizer state; what activations take depends on more than is known here. */
    private void requireMemory(TrainingWorkload workload) {
        TrainingCost cost = new TrainingCost(machine, workload);
        for (int stage = 0; stage < workload.layout().pipeline(); stage++) {
            double bytes = cost.stateBytes(stage);
            if (bytes > machine.card().memoryBytes()) {
                throw new ScenarioException(
                        settings.given("layout.tp", "layout.pp", "layout.ep", "layout.dp", "machine.card", "machine"),
                        String.format(
                                Locale.ROOT,
                                "must fit a card's memory of %.0f GB: weights, gradients and optimizer state of %s take"
                                        + " %.1f GB with layout.tp=%d, layout.pp=%d, layout.ep=%d; raise one of these",
                                machine.card().memoryBytes() / 1e9,
                                shape.name(),
                                bytes / 1e9,
                                workload.layout().tensor(),
                                workload.layout().pipeline(),
                                workload.layout().expert()));
            }
        }
    }

    private static String text(int value) {
        return String.valueOf(value);
    }
}
