package io.supernode.claims;

import io.supernode.cost.Transfer;
import io.supernode.machine.Card;
import io.supernode.machine.CardCatalogue;
import io.supernode.machine.Link;
import io.supernode.machine.Machine;
import io.supernode.machine.MachineCatalogue;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import io.supernode.scenario.ScenarioCatalogue;
import io.supernode.training.StageCost;
import io.supernode.training.TrainingCost;
import io.supernode.workload.ModelCatalogue;
import io.supernode.workload.TrainingWorkload;
import io.supernode.workload.TransformerShape;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The tables of docs/model.md, each from what the model itself works with. */
final class ModelTables {
    private ModelTables() {}

    /** By the name that the markers in the document have. */
    static Map<String, String> all() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("claims", claims());
        tables.put("cards", cards());
        tables.put("machines", machines());
        tables.put("topologies", topologies());
        tables.put("models", models());
        tables.put("scenarios", scenarios());
        tables.put("settings", settings());
        tables.put("example", example());
        return tables;
    }

    private static String claims() {
        StringBuilder table = head("claim", "read as", "the model gives", "has to be", "source", "what stays open");
        Claims.all().forEach(claim -> table.append(claim.row()));
        return table.toString();
    }

    private static String cards() {
        StringBuilder table =
                head("`machine.card`", "BF16 TF", "INT8 TOPS", "memory GB", "memory TB/s", "W idle", "W most");
        for (String name : CardCatalogue.names()) {
            Card c = CardCatalogue.named(name);
            row(
                    table,
                    "`" + name + "`",
                    f("%.0f", c.bf16Flops() / 1e12),
                    f("%.0f", c.int8Ops() / 1e12),
                    f("%.0f", c.memoryBytes() / 1e9),
                    f("%.2f", c.memoryBytesPerSecond() / 1e12),
                    f("%.0f", c.idleWatts()),
                    f("%.0f", c.maxWatts()));
        }
        return table.toString();
    }

    private static String machines() {
        StringBuilder table = head(
                "`machine`", "card", "cards", "node", "domain", "in a node", "across nodes", "scale-out", "collective");
        for (String name : MachineCatalogue.names()) {
            Machine m = MachineCatalogue.named(name);
            row(
                    table,
                    "`" + name + "`",
                    m.card().name(),
                    String.valueOf(m.cards()),
                    String.valueOf(m.cardsPerNode()),
                    String.valueOf(m.network().domainCards()),
                    link(m.sameNode()),
                    link(m.betweenNodes()),
                    link(m.scaleOut()),
                    m.collective().name().toLowerCase(Locale.ROOT));
        }
        return table.toString();
    }

    private static String topologies() {
        StringBuilder table = head(
                "`machine`",
                "nodes",
                "node racks",
                "switch racks",
                "sub-planes",
                "switches in nodes",
                "second level",
                "route in a node",
                "route across",
                "one hop");
        for (String name : MachineCatalogue.names()) {
            Machine m = MachineCatalogue.named(name);
            var t = m.topology();
            row(
                    table,
                    "`" + name + "`",
                    String.valueOf(m.nodes()),
                    String.valueOf(t.nodeRacks(m.nodes())),
                    String.valueOf(t.switchRacks()),
                    String.valueOf(t.planes()),
                    String.valueOf(t.firstLevelSwitches(m.nodes())),
                    String.valueOf(t.upperSwitches()),
                    f(
                            "%d switches, %d optical",
                            t.sameNode().switches(), t.sameNode().opticalSegments()),
                    f(
                            "%d switches, %d optical",
                            t.acrossNodes().switches(), t.acrossNodes().opticalSegments()),
                    f("%d ns", m.hopLatencyNanos()));
        }
        return table.toString();
    }

    private static String models() {
        StringBuilder table = head(
                "`workload`",
                "parameters 10^9",
                "met by a token 10^9",
                "layers",
                "hidden",
                "heads/kv",
                "feed-forward",
                "experts (met, shared) x width",
                "vocabulary",
                "GFLOP a token, 4K / 8K");
        for (String name : ModelCatalogue.names()) {
            TransformerShape s = ModelCatalogue.named(name);
            var e = s.experts();
            row(
                    table,
                    "`" + name + "`",
                    f("%.1f", s.parameters() / 1e9),
                    f("%.1f", s.matrixParameters() / 1e9),
                    String.valueOf(s.layers()),
                    String.valueOf(s.hidden()),
                    s.attention().heads() + "/"
                            + (s.attention().keyValueLatent() > 0
                                    ? "latent " + s.attention().keyValueLatent()
                                    : s.attention().keyValueHeads()),
                    String.valueOf(s.feedForward()),
                    s.hasExperts()
                            ? f("%d (%d, %d) x %d", e.count(), e.perToken(), e.shared(), e.feedForward())
                            : "none",
                    String.valueOf(s.vocabulary()),
                    f("%.0f / %.0f", perToken(s, 4096), perToken(s, 8192)));
        }
        return table.toString();
    }

    private static double perToken(TransformerShape shape, int sequence) {
        return (6.0 * shape.matrixParameters()
                        + 3 * shape.layers() * shape.attention().flops(sequence / 2.0))
                / 1e9;
    }

    private static String scenarios() {
        StringBuilder table = head(
                "scenario",
                "tokens/s per card",
                "step s",
                "compute",
                "tensor",
                "expert",
                "wait",
                "pipeline",
                "bubble",
                "data",
                "optimizer",
                "overhead",
                "MFU",
                "with attention",
                "kW");
        for (String name : ScenarioCatalogue.names()) {
            Answer a = Scenario.of(name, Map.of()).answer();
            row(
                    table,
                    "`" + name + "`",
                    f("%.1f", a.tokensPerSecondPerCard().orElseThrow()),
                    f("%.3f", a.stepSeconds().orElseThrow()),
                    part(a, "compute"),
                    part(a, "tensor_parallel"),
                    part(a, "expert_parallel"),
                    part(a, "wait"),
                    part(a, "pipeline"),
                    part(a, "bubble"),
                    part(a, "data_parallel"),
                    part(a, "optimizer"),
                    part(a, "overhead"),
                    f("%.1f %%", 100 * a.modelFlopsUtilization().orElseThrow()),
                    f("%.1f %%", 100 * a.modelFlopsUtilizationWithAttention().orElseThrow()),
                    f("%.0f", a.powerWatts() / 1e3));
        }
        return table.toString();
    }

    private static String part(Answer answer, String name) {
        Double seconds = answer.partsSeconds().get(name);
        return seconds == null
                ? ""
                : f("%.1f %%", 100 * seconds / answer.stepSeconds().orElseThrow());
    }

    private static String settings() {
        StringBuilder table =
                head("key", "`llama3-405b`", "`deepseek-v3`", "`deepseek-r1-decode`", "`deepseek-r1-prefill`");
        Map<String, String> dense = Scenario.of("llama3-405b", Map.of()).settings();
        Map<String, String> experts = Scenario.of("deepseek-v3", Map.of()).settings();
        Map<String, String> decode = Scenario.of("deepseek-r1-decode", Map.of()).settings();
        Map<String, String> prefill =
                Scenario.of("deepseek-r1-prefill", Map.of()).settings();
        Map<String, String> keys = new LinkedHashMap<>(dense);
        experts.forEach(keys::putIfAbsent);
        decode.forEach(keys::putIfAbsent);
        prefill.forEach(keys::putIfAbsent);
        for (String key : keys.keySet()) {
            row(
                    table,
                    "`" + key + "`",
                    dense.getOrDefault(key, ""),
                    experts.getOrDefault(key, ""),
                    decode.getOrDefault(key, ""),
                    prefill.getOrDefault(key, ""));
        }
        return table.toString();
    }

    private static String link(Link link) {
        return f(
                "%.0f GB/s x %.3f, all-to-all x %.2f, %.2f us",
                link.bytesPerSecond() / 1e9, link.efficiency(), link.allToAllEfficiency(), link.latencyNanos() / 1e3);
    }

    private static StringBuilder head(String... names) {
        StringBuilder table = new StringBuilder();
        row(table, names);
        return table.append("|").append(" --- |".repeat(names.length)).append('\n');
    }

    private static void row(StringBuilder table, String... cells) {
        table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String f(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    /** One figure, from the first equation to the last: the slowest stage of the reference scenario. */
    private static String example() {
        Scenario scenario = Scenario.of("llama3-405b", Map.of());
        TrainingWorkload workload = (TrainingWorkload) scenario.workload();
        TrainingCost cost = new TrainingCost(scenario.machine(), workload);
        StageCost stage = cost.stage(1);
        Transfer reductions = cost.forwardReductions(0, 1);
        Answer answer = scenario.answer();
        Map<String, Double> parts = answer.partsSeconds();
        StringBuilder table = head("step", "equation", "value");
        row(table, "layers of the second stage", "126 over 8, the ends one less", String.valueOf(stage.layers()));
        row(
                table,
                "matrix work forward, a card",
                "2 x 16 layers x 3.188e9 parameters x 8,192 tokens / 16",
                f("%.3e FLOP", stage.forwardFlops()));
        row(
                table,
                "attention forward, a card",
                "16 x 2 x 4,096 x 128 heads x 256 x 8,192 / 16",
                f("%.3e FLOP", stage.attentionFlops() / 3));
        row(table, "forward", "(matrix work + attention) / (0.58 x 752e12)", f("%.4f s", stage.forwardSeconds()));
        row(table, "backward", "twice that", f("%.4f s", stage.backwardSeconds()));
        row(
                table,
                "bytes of its all-reduces",
                "32 x 2 x 15/16 x 2 B x 16,384 x 8,192",
                f("%.3e B", (double) reductions.bytes()));
        row(
                table,
                "time of its all-reduces",
                "32 x (10 us + 2 x (1.9 us + 7/16 S / 334e9 + 8/16 S / 328e9)), S = 2 B x 16,384 x 8,192",
                f("%.4f s", reductions.seconds()));
        row(table, "microbatches", "4 Mi / 8,192 / 3 replicas, whole ones", String.valueOf(workload.microbatches()));
        row(table, "compute", "170 x (forward + backward)", f("%.2f s", parts.get("compute")));
        row(table, "tensor_parallel", "170 x 2 x time of the all-reduces", f("%.2f s", parts.get("tensor_parallel")));
        row(table, "wait", "the slowest of 16 ranks, the slowest of 6 equal stages", f("%.2f s", parts.get("wait")));
        row(table, "bubble", "the 7 other stages once", f("%.2f s", parts.get("bubble")));
        row(
                table,
                "pipeline + data_parallel + optimizer",
                "",
                f("%.2f s", parts.get("pipeline") + parts.get("data_parallel") + parts.get("optimizer")));
        row(table, "step", "the sum", f("%.2f s", answer.stepSeconds().orElseThrow()));
        row(
                table,
                "tokens/s per card",
                "170 x 3 x 8,192 tokens / step / 384",
                f("%.2f", answer.tokensPerSecondPerCard().orElseThrow()));
        row(
                table,
                "MFU",
                "6 x 403.75e9 x that / 752e12",
                f("%.1f %%", 100 * answer.modelFlopsUtilization().orElseThrow()));
        return table.toString();
    }
}
