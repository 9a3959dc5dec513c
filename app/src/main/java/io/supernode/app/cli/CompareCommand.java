package io.supernode.app.cli;

import static io.supernode.app.report.Readable.percent;
import static io.supernode.app.report.Readable.scaled;
import static io.supernode.app.report.Readable.seconds;

import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.app.report.AnswerJson;
import io.supernode.app.report.JsonText;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Comparison;
import io.supernode.scenario.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.DoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare} */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Two scenarios side by side, by the equations alone, and where the ratio of their rates comes from.",
            "silicon: the right scenario with the left one's card; network: with its links, scale-up domain and",
            "collective algorithm; layout: all that is left (cards, model, layout, batch, efficiencies). Silicon and",
            "network are geometric means over both orders; the three multiply up to the ratio of tokens/s per card."
        })
final class CompareCommand implements Callable<Integer> {
    private static final int BAR = 24;

    private final Session session;

    @Parameters(index = "0", paramLabel = "LEFT", description = "a built-in scenario or a YAML file")
    private String left;

    @Parameters(index = "1", paramLabel = "RIGHT", description = "what it is compared with")
    private String right;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "change one setting of both, such as layout.sequence=4096; may be repeated")
    private List<String> both = List.of();

    @Option(names = "--left-set", paramLabel = "KEY=VALUE", description = "change one setting of LEFT")
    private List<String> ofLeft = List.of();

    @Option(names = "--right-set", paramLabel = "KEY=VALUE", description = "change one setting of RIGHT")
    private List<String> ofRight = List.of();

    @Mixin
    private OutputOptions output;

    CompareCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        Comparison comparison =
                Comparison.of(scenario(left, ofLeft, "--left-set"), scenario(right, ofRight, "--right-set"));
        session.console()
                .data(
                        switch (output.format) {
                            case JSON -> JsonText.of(json -> write(json, comparison));
                            case TEXT -> text(comparison);
                        });
        return ExitCode.OK;
    }

    /** The side's own settings come last: they win over those of both. */
    private Scenario scenario(String nameOrFile, List<String> own, String ownOption) throws ConfigurationException {
        ScenarioOptions options = ScenarioOptions.named(nameOrFile);
        for (String setting : own) {
            if (setting.indexOf('=') <= 0) {
                throw new ConfigurationException(
                        ownOption + " " + setting + ": must be KEY=VALUE, such as layout.dp=2");
            }
        }
        options.settings = new ArrayList<>(both);
        options.settings.addAll(own);
        return options.scenario(ScenarioOptions.TRAINING);
    }

    private static void write(JsonGenerator json, Comparison c) throws IOException {
        json.writeStartObject();
        json.writeFieldName("left");
        AnswerJson.write(json, c.left());
        json.writeFieldName("right");
        AnswerJson.write(json, c.right());
        AnswerJson.numbers(json, "ratio", c.ratio());
        AnswerJson.numbers(json, "decomposition", c.decomposition());
        json.writeEndObject();
    }

    private static String text(Comparison c) {
        Answer l = c.left();
        Answer r = c.right();
        List<String> lines = new ArrayList<>();
        row(lines, "", name(l), name(r), "left/right");
        row(lines, "cards", String.valueOf(l.cards()), String.valueOf(r.cards()), "");
        figure(lines, c, "peak_flops", l.peakFlops(), r.peakFlops(), v -> scaled(v, "FLOPS"));
        figure(lines, c, "memory_bytes", l.memoryBytes(), r.memoryBytes(), v -> scaled(v, "B"));
        figure(lines, c, "power_watts", l.powerWatts(), r.powerWatts(), v -> scaled(v, "W"));
        DoubleFunction<String> rate = v -> String.format(Locale.ROOT, "%,.2f", v);
        figure(lines, c, "tokens_per_second_per_card", l.tokensPerSecondPerCard(), r.tokensPerSecondPerCard(), rate);
        figure(lines, c, "tokens_per_second", l.tokensPerSecond(), r.tokensPerSecond(), rate);
        figure(
                lines,
                c,
                "model_flops_utilization",
                l.modelFlopsUtilization(),
                r.modelFlopsUtilization(),
                v -> percent(v));
        figure(
                lines,
                c,
                "model_flops_utilization_with_attention",
                l.modelFlopsUtilizationWithAttention(),
                r.modelFlopsUtilizationWithAttention(),
                v -> percent(v));
        figure(lines, c, "bus_bytes_per_second", l.busBytesPerSecond(), r.busBytesPerSecond(), v -> scaled(v, "B/s"));
        figure(
                lines,
                c,
                "time_per_output_token_seconds",
                l.timePerOutputTokenSeconds(),
                r.timePerOutputTokenSeconds(),
                v -> seconds(v));
        figure(lines, c, "step_seconds", l.stepSeconds(), r.stepSeconds(), v -> seconds(v));
        parts(lines, l, r);
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "  %.3f = silicon %.3f x network %.3f x layout %.3f  (tokens/s per card, left over right)",
                c.ratio().get("tokens_per_second_per_card"),
                c.decomposition().get("silicon"),
                c.decomposition().get("network"),
                c.decomposition().get("layout")));
        return String.join(System.lineSeparator(), lines);
    }

    /** Parts of a step as shares of it, each side with a bar of its own scale: where the time goes. */
    private static void parts(List<String> lines, Answer l, Answer r) {
        Set<String> names = new TreeSet<>();
        List<String> order = new ArrayList<>();
        for (Map<String, Double> parts : List.of(l.partsSeconds(), r.partsSeconds())) {
            for (String part : parts.keySet()) {
                if (names.add(part)) {
                    order.add(part);
                }
            }
        }
        for (String part : order) {
            row(lines, "  " + words(part), share(l, part), share(r, part), "");
        }
    }

    private static String share(Answer a, String part) {
        Double seconds = a.partsSeconds().get(part);
        if (seconds == null || a.stepSeconds().isEmpty()) {
            return "";
        }
        double share = seconds / a.stepSeconds().getAsDouble();
        return String.format(Locale.ROOT, "%-9s %5.1f %% %s", seconds(seconds), share * 100, "█".repeat((int)
                        Math.round(share * BAR)));
    }

    private static void figure(
            List<String> lines, Comparison c, String key, double left, double right, DoubleFunction<String> form) {
        figure(lines, c, key, OptionalDouble.of(left), OptionalDouble.of(right), form);
    }

    private static void figure(
            List<String> lines,
            Comparison c,
            String key,
            OptionalDouble left,
            OptionalDouble right,
            DoubleFunction<String> form) {
        if (left.isEmpty() && right.isEmpty()) {
            return;
        }
        Double ratio = c.ratio().get(key);
        row(
                lines,
                name(key),
                left.isPresent() ? form.apply(left.getAsDouble()) : "",
                right.isPresent() ? form.apply(right.getAsDouble()) : "",
                ratio == null ? "" : String.format(Locale.ROOT, "x %.3f", ratio));
    }

    private static String name(Answer a) {
        return a.workload() + " on " + a.machine();
    }

    /** A figure's name without its unit, which the value has. */
    private static String name(String key) {
        return switch (key) {
            case "model_flops_utilization_with_attention" -> "  with attention";
            case "bus_bytes_per_second" -> "sent, all cards";
            default -> words(key.replaceFirst("_(flops|bytes|watts|seconds)$", ""));
        };
    }

    private static String words(String key) {
        return key.replace("tokens_per_second", "tokens/s").replace('_', ' ');
    }

    private static void row(List<String> lines, String name, String left, String right, String ratio) {
        lines.add(String.format(Locale.ROOT, "  %-24s %-43s %-43s %s", name, left, right, ratio)
                .stripTrailing());
    }
}
