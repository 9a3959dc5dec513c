package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.machine.Precision;
import io.supernode.workload.Layout;
import io.supernode.workload.Recompute;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;

/** Reads the settings of a training workload and checks that they fit each other and the machine. */
final class TrainingSettings {
    private static final int MANY = 1 << 20;

    private TrainingSettings() {}

    /** Llama 3 405B unless told otherwise: TP16 PP8 DP3, sequences of 8,192, a batch of 4 Mi tokens (2407.21783). */
    static TrainingWorkload read(Settings settings, String name, TransformerShape shape, Machine machine) {
        int tensor = settings.count("layout.tp", "16", 1, MANY);
        int pipeline = settings.count("layout.pp", "8", 1, MANY);
        int data = settings.count("layout.dp", "3", 1, MANY);
        requireOne(settings, "layout.ep", "expert parallelism needs a model with experts");
        requireOne(settings, "layout.virtualStages", "interleaved pipeline schedules are not modelled");
        long product = (long) tensor * pipeline * data;
        if (product != machine.cards()) {
            throw new ScenarioException(
                    settings.given("layout.tp", "layout.pp", "layout.dp", "machine.cards"),
                    "layout.tp=" + tensor + " x layout.pp=" + pipeline + " x layout.dp=" + data + " = " + product
                            + " cards, must be machine.cards=" + machine.cards() + " (machine=" + machine.name() + ")");
        }
        requireDivisor("layout.tp", tensor, shape.heads(), "heads", shape);
        requireDivisor("layout.tp", tensor, shape.feedForward(), "feed-forward width", shape);
        if (pipeline > shape.layers()) {
            throw new ScenarioException(
                    "layout.pp",
                    "must be at most " + shape.layers() + ", the layers of " + shape.name() + ": layout.pp="
                            + pipeline);
        }
        TrainingWorkload workload = new TrainingWorkload(
                name,
                shape,
                new Layout(tensor, pipeline, data),
                precision(settings),
                settings.count("layout.sequence", "8192", 1, MANY),
                settings.count("layout.microbatch", "1", 1, 1024),
                settings.count("layout.globalBatchTokens", "4Mi"),
                settings.choice("layout.recompute", Recompute.NONE),
                settings.ratio("efficiency.dense", "0.58"));
        requireMicrobatches(workload);
        return workload;
    }

    private static Precision precision(Settings settings) {
        Precision precision = settings.choice("precision", Precision.BF16);
        if (precision != Precision.BF16) {
            throw new ScenarioException(
                    "precision",
                    "must be bf16 for training: precision="
                            + settings.effective().get("precision"));
        }
        return precision;
    }

    private static void requireOne(Settings settings, String key, String why) {
        long value = settings.count(key, "1");
        if (value != 1) {
            throw new ScenarioException(key, "must be 1: " + key + "=" + value + " (" + why + ")");
        }
    }

    private static void requireDivisor(String key, int value, int whole, String what, TransformerShape shape) {
        if (whole % value != 0) {
            throw new ScenarioException(
                    key, "must divide the " + what + " " + whole + " of " + shape.name() + ": " + key + "=" + value);
        }
    }

    private static void requireMicrobatches(TrainingWorkload workload) {
        long oneEach = (long) workload.microbatchTokens() * workload.layout().data();
        long most = oneEach * (1 << 16);
        if (workload.globalBatchTokens() < oneEach || workload.globalBatchTokens() > most) {
            throw new ScenarioException(
                    "layout.globalBatchTokens",
                    "must be " + oneEach + " (one microbatch per replica) to " + most + ": layout.globalBatchTokens="
                            + workload.globalBatchTokens());
        }
    }
}
