package io.supernode.app.cli;

import io.supernode.app.report.Readable;
import io.supernode.diagnosis.Anomaly;
import io.supernode.exporter.RunFigures;
import io.supernode.exporter.SupernodeFigures;
import io.supernode.exporter.WindowStore;
import io.supernode.replay.ReplayProgress;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a replay goes, in two or three lines for a terminal of 80 columns: what is sent, what came out at the far end, and
 * what was found.
 */
final class LiveSummary {
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final long run;
    private final long expectedNanos;
    private final Optional<WindowStore> farEnd;

    /**
     * @param expectedNanos event time that the replay will take; 0 without end
     * @param farEnd the windows that came out; empty where nobody here reads them
     */
    LiveSummary(long run, long expectedNanos, Optional<WindowStore> farEnd) {
        this.run = run;
        this.expectedNanos = expectedNanos;
        this.farEnd = farEnd;
    }

    List<String> lines(ReplayProgress p) {
        List<String> lines = new ArrayList<>(List.of("  " + sent(p)));
        farEnd.ifPresent(store -> {
            lines.add("  "
                    + store.figures(run)
                            .map(figures -> arrived(figures, store.figuresBySupernode(run)))
                            .orElse("no windows yet"));
            lines.add("  " + found(store));
        });
        return lines;
    }

    /** The same as one line, for a log. */
    String line(ReplayProgress p) {
        return String.join("; ", lines(p).stream().map(String::strip).toList());
    }

    private String sent(ReplayProgress p) {
        String of = expectedNanos == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        " of %s (%d %%)",
                        Readable.seconds(expectedNanos / 1e9),
                        Math.min(100, p.eventNanos() * 100 / expectedNanos));
        return String.format(
                Locale.ROOT,
                "%s%s, %s events, %s%s",
                Readable.seconds(Math.floor(p.eventNanos() / 1e9)),
                of,
                Readable.count(p.sentEvents()),
                pace(p),
                p.lagNanos() > NANOS_PER_SECOND ? ", " + Readable.seconds(p.lagNanos() / 1e9) + " behind" : "");
    }

    /** A rate of steps taken by hand would say nothing. */
    private static String pace(ReplayProgress p) {
        String pass = p.loop() > 0 ? ", pass " + (p.loop() + 1) : "";
        if (p.isPaused()) {
            return "paused at " + p.speed() + pass;
        }
        return p.isHeld()
                ? "held until consumers follow, asked for " + p.speed() + pass
                : String.format(Locale.ROOT, "%.3gx, asked for %s%s", p.rate(), p.speed(), pass);
    }

    /** Two machines side by side have each a figure of their own; more than two would not fit a line. */
    private static String arrived(RunFigures figures, List<SupernodeFigures> supernodes) {
        List<Map<LatencyMetric, LatencySketch>> latency = supernodes.size() == 2
                ? supernodes.stream().map(SupernodeFigures::latency).toList()
                : List.of(figures.latency());
        List<OptionalDouble> rates = supernodes.size() == 2
                ? supernodes.stream()
                        .map(SupernodeFigures::tokensPerSecondPerCard)
                        .toList()
                : List.of(figures.tokensPerSecondPerCard());
        List<String> facts = new ArrayList<>();
        if (rates.stream().allMatch(OptionalDouble::isPresent)) {
            facts.add(abreast(rates.stream().map(rate -> String.format(Locale.ROOT, "%.1f", rate.getAsDouble())))
                    + " tokens/s per card");
        }
        tail(latency, LatencyMetric.STEP, "step").ifPresent(facts::add);
        if (facts.isEmpty()) {
            tail(latency, LatencyMetric.TIME_TO_FIRST_TOKEN, "first token").ifPresent(facts::add);
            tail(latency, LatencyMetric.TIME_PER_OUTPUT_TOKEN, "next token").ifPresent(facts::add);
        }
        if (facts.isEmpty()) {
            facts.add("no whole step yet");
        }
        facts.add(figures.cards() + " cards");
        facts.add(Readable.count(figures.lateEvents()) + " late");
        return String.join(", ", facts);
    }

    /** Empty as long as one of them has none. */
    private static Optional<String> tail(
            List<Map<LatencyMetric, LatencySketch>> latency, LatencyMetric metric, String name) {
        List<LatencySketch> sketches =
                latency.stream().map(each -> each.get(metric)).toList();
        return sketches.stream().anyMatch(sketch -> sketch == null || sketch.isEmpty())
                ? Optional.empty()
                : Optional.of(name + " p99 "
                        + abreast(sketches.stream().map(sketch -> Readable.seconds(sketch.quantile(0.99) / 1e9))));
    }

    private static String abreast(Stream<String> figures) {
        return figures.collect(Collectors.joining(" and "));
    }

    private String found(WindowStore store) {
        List<Anomaly> all = store.anomalies().anomalies(run);
        List<Anomaly> now = all.stream().filter(Anomaly::lasts).toList();
        if (now.isEmpty()) {
            return all.isEmpty() ? "no anomalies" : "no anomalies now, " + all.size() + " before";
        }
        return (now.size() == 1 ? "1 anomaly: " : now.size() + " anomalies, the newest: ")
                + now.get(now.size() - 1).inWords();
    }
}
