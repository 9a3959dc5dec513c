package io.supernode.app.report;

import static io.supernode.app.report.Readable.count;
import static io.supernode.app.report.Readable.percent;
import static io.supernode.app.report.Readable.scaled;
import static io.supernode.app.report.Readable.seconds;

import io.supernode.diagnosis.Anomaly;
import io.supernode.event.EventKind;
import io.supernode.exporter.RunFigures;
import io.supernode.replay.ReplayReport;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A {@link RunReport} on one screen. */
public final class RunSummary {
    /** Anomalies that fit on the screen. */
    private static final int SHOWN = 12;

    private final List<String> lines = new ArrayList<>();

    private RunSummary() {}

    public static String of(RunReport report) {
        RunSummary summary = new RunSummary();
        summary.head(report);
        report.figures().ifPresent(f -> {
            summary.throughput(report, f);
            summary.serving(f);
            summary.latency(f);
        });
        report.figures().ifPresent(f -> summary.findings(report.findings()));
        summary.books(report);
        return String.join(System.lineSeparator(), summary.lines);
    }

    private void head(RunReport report) {
        RunReport.Subject s = report.subject();
        ReplayReport r = report.replay();
        // recorded events are of a machine and a seed that nobody told
        lines.add(
                s.machine().isEmpty()
                        ? s.scenario() + ": " + s.cards() + " cards, as recorded"
                        : s.scenario() + " on " + s.machine() + ": " + s.cards() + " cards, seed " + s.seed());
        double times = (double) r.eventNanos() / Math.max(1, r.wallNanos());
        line(
                "event time",
                seconds(r.eventNanos() / 1e9) + " in " + seconds(r.wallNanos() / 1e9)
                        + String.format(Locale.ROOT, " (%.3gx), ", times)
                        + count(Math.round(r.sentEvents() * 1e9 / Math.max(1, r.wallNanos()))) + " events/s");
    }

    private void throughput(RunReport report, RunFigures f) {
        lines.add("");
        line("tokens/s per card", report.tokensPerSecondPerCard(f), Readable::digits);
        line("tokens/s", report.tokensPerSecond(f), v -> count(Math.round(v)));
        line("model FLOPs utilization", f.modelFlopsUtilization(report.peakFlopsPerCard()), Readable::percent);
        line("bus, all cards", f.busBytesPerSecond(), v -> scaled(v, "B/s"));
        double busy = f.totals().computeNanos()
                + f.totals().transitNanos()
                + f.totals().waitNanos();
        if (busy > 0) {
            line(
                    "of a card's reported time",
                    percent(f.totals().computeNanos() / busy) + " compute, "
                            + percent(f.totals().transitNanos() / busy) + " transit, "
                            + percent(f.totals().waitNanos() / busy) + " wait");
        }
    }

    private void serving(RunFigures f) {
        if (f.totals().requestEvents() > 0) {
            line(
                    "requests served",
                    count(f.totals().requestEvents()) + " with "
                            + count(f.totals().inputTokens()) + " input and "
                            + count(f.totals().outputTokens()) + " output tokens");
        }
    }

    private void latency(RunFigures f) {
        lines.add("");
        lines.add(String.format(
                Locale.ROOT, "  %-26s %10s %10s %10s %10s %12s", "latency", "p50", "p90", "p99", "max", "count"));
        for (LatencyMetric metric : LatencyMetric.values()) {
            LatencySketch sketch = f.latency().get(metric);
            if (sketch != null && !sketch.isEmpty()) {
                lines.add(String.format(
                        Locale.ROOT,
                        "  %-26s %10s %10s %10s %10s %12s",
                        title(metric),
                        seconds(sketch.quantile(0.5) / 1e9),
                        seconds(sketch.quantile(0.9) / 1e9),
                        seconds(sketch.quantile(0.99) / 1e9),
                        seconds(sketch.max() / 1e9),
                        count(sketch.count())));
            }
        }
    }

    private void findings(Findings findings) {
        lines.add("");
        List<Anomaly> anomalies = findings.anomalies();
        line("anomalies", anomalies.isEmpty() ? "none found" : count(anomalies.size()));
        for (Anomaly a : anomalies.subList(0, Math.min(SHOWN, anomalies.size()))) {
            String until = a.lasts() ? "to the end" : "to " + seconds(a.endNanos() / 1e9);
            line("  from " + seconds(a.startNanos() / 1e9), until + ", " + a.inWords());
        }
        if (anomalies.size() > SHOWN) {
            line("  and", count(anomalies.size() - SHOWN) + " more, see the report");
        }
        findings.score().ifPresent(s -> {
            line("injected faults found", count(s.found()) + " of " + count(s.due()));
            line("anomalies that are right", s.precision(), Readable::percent);
            line("time to detect", s.detectSeconds(), Readable::seconds);
        });
    }

    private void books(RunReport report) {
        ReplayReport r = report.replay();
        lines.add("");
        StringBuilder kinds = new StringBuilder();
        for (EventKind kind : EventKind.values()) {
            if (r.sent().get(kind) > 0) {
                kinds.append(kinds.isEmpty() ? "" : ", ")
                        .append(count(r.sent().get(kind)))
                        .append(' ')
                        .append(kind.name().toLowerCase(Locale.ROOT));
            }
        }
        line("events sent", count(r.sentEvents()) + (kinds.isEmpty() ? "" : " (" + kinds + ")"));
        line("frames", count(r.frames()) + ", " + scaled(r.bytes(), "B"));
        report.figures()
                .ifPresent(f -> line(
                        "windowed + dead-lettered",
                        count(f.windowedEvents()) + " + " + count(report.deadLettered())
                                + (report.balanced() ? ", the books balance" : ": THE BOOKS DO NOT BALANCE")));
        r.lateness().filter(l -> !l.isEmpty()).ifPresent(l -> line("lateness", fidelity(l)));
        r.gapError().filter(g -> !g.isEmpty()).ifPresent(g -> line("gap error", fidelity(g)));
        line("rate error", r.rateErrorPpm(), ppm -> String.format(Locale.ROOT, "%.1f ppm", ppm));
        if (r.lateness().isPresent()) {
            line("waited for Kafka", seconds(r.waitedNanos() / 1e9));
        }
        if (r.loops() > 0) {
            line("passes", count(r.loops() + 1));
        }
        if (r.lateEvents() > 0) {
            line("out of order", count(r.lateEvents()) + " events, sent when they came");
        }
        if (r.lostEvents() + r.repeatedEvents() + r.delayedEvents() > 0) {
            line(
                    "disturbed on their way",
                    count(r.lostEvents()) + " lost, " + count(r.repeatedEvents()) + " sent twice, "
                            + count(r.delayedEvents()) + " kept back");
        }
        line("digest of events", r.digest());
        report.figures().ifPresent(f -> line("digest of windows", f.digestWindows()));
    }

    private static String fidelity(LatencySketch sketch) {
        return "p50 " + seconds(sketch.quantile(0.5) / 1e9) + ", p90 " + seconds(sketch.quantile(0.9) / 1e9) + ", p99 "
                + seconds(sketch.quantile(0.99) / 1e9) + ", p99.9 " + seconds(sketch.quantile(0.999) / 1e9) + ", max "
                + seconds(sketch.max() / 1e9);
    }

    private static String title(LatencyMetric metric) {
        String name = RunReport.operation(metric).replace('_', ' ');
        return metric.isBusOperation() ? "  " + name : name;
    }

    private void line(String name, OptionalDouble value, java.util.function.DoubleFunction<String> form) {
        if (value.isPresent()) {
            line(name, form.apply(value.getAsDouble()));
        }
    }

    private void line(String name, String value) {
        lines.add(String.format(Locale.ROOT, "  %-26s %s", name, value));
    }
}
