package io.supernode.grafana;

import static io.supernode.grafana.Promql.of;
import static io.supernode.grafana.Promql.rate;

import io.supernode.exporter.Metric;

/** Can I trust the numbers? */
final class PipelineDashboard {
    static final String UID = "sn-pipeline";

    /** Prometheus' own series about its scrapes. */
    private static final String SCRAPED = "{instance=\"$instance\"}";

    private PipelineDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                        UID,
                        "Supernode / Pipeline",
                        "Can I trust the numbers? From the events that were replayed to the scrape, in the order in which"
                                + " they go. Rates are per second of wall time here.")
                .ofOneRun()
                .add(Panel.stat(
                                4,
                                "Scraped",
                                Unit.COUNT,
                                "1 while Prometheus reaches the exporter. Red: everything else is old.")
                        .query("up" + SCRAPED, "{{instance}}")
                        .thresholds("red", 1, "green"))
                .add(Panel.stat(
                                4,
                                "Topics read",
                                Unit.COUNT,
                                "1 while the exporter has read the topics to their end and the broker answers. Red:"
                                        + " /readyz says why not.")
                        .query(of(Metric.EXPORTER_READY), "{{instance}}")
                        .thresholds("red", 1, "green"))
                .add(Panel.stat(
                                4,
                                "Newest window",
                                Unit.SECONDS,
                                "Wall time since the last window came. At 1x and faster a window comes each second or"
                                        + " more often; orange from 10 s, red from the minute at which the alert fires.")
                        .query("time() - " + of(Metric.EXPORTER_LAST_WINDOW), "{{instance}}")
                        .thresholds("green", 10, "orange", 60, "red"))
                .add(Panel.stat(
                                4,
                                "Late events",
                                Unit.SHARE,
                                "Events that came after their window had first been given, of all. They are counted:"
                                        + " their windows were corrected. Orange from the 1 % at which the alert fires.")
                        .query("sum(" + rate(Metric.LATE_EVENTS) + ") / sum(" + rate(Metric.EVENTS) + ")", "late")
                        .thresholds("green", 0.01, "orange"))
                .add(Panel.stat(
                                4,
                                "Events put aside",
                                Unit.COUNT,
                                "Events in frames that could not be read or came over a minute late, as far as their"
                                        + " number is known. They are in no other panel.")
                        .query("sum(" + of(Metric.DEAD_LETTER_EVENTS) + ") or vector(0)", "events")
                        .thresholds("green", 1, "red"))
                .add(Panel.stat(
                                4,
                                "Windows not read yet",
                                Unit.COUNT,
                                "Records of the window topics that the exporter has still to read. Orange from 10,000:"
                                        + " what is shown is then a few seconds old.")
                        .query(of(Metric.EXPORTER_BEHIND), "{{instance}}")
                        .thresholds("green", 10_000, "orange"))
                .row("Replay")
                .add(Panel.series(
                                12,
                                "Speed of the replay",
                                Unit.TIMES,
                                "Seconds of the supernode's time that windows advance per second of wall time. Steady at"
                                        + " what was asked for; a sawtooth is back-pressure.")
                        .query(rate(Metric.EVENT_SECONDS), "supernode {{supernode}}"))
                .add(Panel.series(
                                12,
                                "Events",
                                Unit.PER_SECOND,
                                "Events counted in windows, by kind, on a logarithmic scale.")
                        .query("sum by (kind) (" + rate(Metric.EVENTS) + ") > 0", "{{kind}}")
                        .logarithmic())
                .row("Job")
                .add(Panel.series(
                                12,
                                "What was late or incomplete",
                                Unit.PER_SECOND,
                                "Late events corrected their window; of events of unknown size the bytes are missing."
                                        + " Both zero is best; neither is an error by itself.")
                        .query("sum(" + rate(Metric.LATE_EVENTS) + ")", "late events")
                        .query("sum(" + rate(Metric.UNKNOWN_SIZE_EVENTS) + ")", "events of unknown size"))
                .add(Panel.table(
                                12,
                                "Frames put aside",
                                Unit.COUNT,
                                "Frames on the dead-letter topic by where they came from and at which stage they were"
                                        + " refused. Empty is well.")
                        .tableQuery("sum by (topic, stage) (" + of(Metric.DEAD_LETTERS) + ")")
                        .without("Time")
                        .whenMissing("none"))
                .row("Exporter")
                .add(Panel.series(
                                12,
                                "Records read",
                                Unit.PER_SECOND,
                                "Records of each topic that the exporter reads. Zero while windows should come: look at"
                                        + " the job.")
                        .query(rate(Metric.EXPORTER_RECORDS), "{{topic}}"))
                .add(Panel.series(
                                12,
                                "What went wrong",
                                Unit.COUNT,
                                "Per scrape or so: records that are not what their topic promises, windows that came after their place had"
                                        + " been given up, and failures to read. All zero is well.")
                        .query("sum(increase(" + of(Metric.EXPORTER_UNREADABLE) + "[$__rate_interval]))", "unreadable")
                        .query("sum(increase(" + of(Metric.EXPORTER_EXPIRED) + "[$__rate_interval]))", "expired")
                        .query("sum(increase(" + of(Metric.EXPORTER_ERRORS) + "[$__rate_interval]))", "failed to read"))
                .row("Scrape")
                .add(Panel.series(
                                12,
                                "How long a scrape takes",
                                Unit.SECONDS,
                                "As Prometheus saw it. Near the scrape interval, points go missing.")
                        .query("scrape_duration_seconds" + SCRAPED, "{{instance}}"))
                .add(Panel.series(
                                12,
                                "Series",
                                Unit.COUNT,
                                "Samples of one scrape. A supernode of 384 cards gives at most 8,500.")
                        .query("scrape_samples_scraped" + SCRAPED, "{{instance}}"));
    }
}
