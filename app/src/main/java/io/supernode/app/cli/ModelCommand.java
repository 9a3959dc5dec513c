package io.supernode.app.cli;

import static io.supernode.app.report.Readable.percent;
import static io.supernode.app.report.Readable.scaled;
import static io.supernode.app.report.Readable.seconds;

import io.supernode.app.ExitCode;
import io.supernode.app.report.AnswerJson;
import io.supernode.app.report.JsonText;
import io.supernode.scenario.Answer;
import io.supernode.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code model} */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description =
                "What the equations say of a scenario, without Kafka or Flink: step time and its parts, tokens/s.")
final class ModelCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ScenarioOptions scenarioOptions;

    @Mixin
    private OutputOptions output;

    ModelCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        Scenario scenario = scenarioOptions.scenario(ScenarioOptions.TRAINING);
        Answer answer = scenario.answer();
        session.console()
                .data(
                        switch (output.format) {
                            case JSON -> JsonText.of(json -> AnswerJson.write(json, answer));
                            case TEXT -> text(answer);
                        });
        return ExitCode.OK;
    }

    private static String text(Answer a) {
        List<String> lines = new ArrayList<>();
        lines.add(a.workload() + " on " + a.machine() + ": " + a.cards() + " cards");
        line(lines, "peak", scaled(a.peakFlops(), "FLOPS"));
        line(lines, "memory", scaled(a.memoryBytes(), "B"));
        line(lines, "power", scaled(a.powerWatts(), "W"));
        a.tokensPerSecondPerCard().ifPresent(v -> line(lines, "tokens/s per card", two(v)));
        a.tokensPerSecond().ifPresent(v -> line(lines, "tokens/s", String.format(Locale.ROOT, "%,.0f", v)));
        a.modelFlopsUtilization().ifPresent(v -> line(lines, "model FLOPs utilization", percent(v)));
        a.modelFlopsUtilizationWithAttention().ifPresent(v -> line(lines, "  with attention", percent(v)));
        a.busBytesPerSecond().ifPresent(v -> line(lines, "sent, all cards", scaled(v, "B/s")));
        a.timePerOutputTokenSeconds().ifPresent(v -> line(lines, "time per output token", seconds(v)));
        if (a.stepSeconds().isPresent()) {
            double step = a.stepSeconds().getAsDouble();
            line(lines, "step", seconds(step));
            a.partsSeconds()
                    .forEach((part, s) -> line(
                            lines,
                            "  " + part.replace('_', ' '),
                            String.format(Locale.ROOT, "%-10s %s", seconds(s), bar(s / step))));
        }
        a.linkLatencySeconds().forEach((link, s) -> line(lines, "link " + link.replace('_', ' '), seconds(s)));
        return String.join(System.lineSeparator(), lines);
    }

    /** A share as a bar and a number: parts of a whole are seen sooner than read. */
    private static String bar(double share) {
        return String.format(Locale.ROOT, "%5.1f %% %s", share * 100, "█".repeat((int) Math.round(share * 40)));
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static void line(List<String> lines, String name, String value) {
        lines.add(String.format(Locale.ROOT, "  %-26s %s", name, value));
    }
}
