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
                .add(Panel.series(
                                12,
                                "Replay behind its time",
                                Unit.SECONDS,
                                "How far what is sent is behind the schedule, where a replay runs beside the exporter. It"
                                        + " grows when broker or machine cannot take the speed that was asked for.")
                        .query(of(Metric.REPLAY_LAG), "{{instance}}"))
                .add(Panel.series(
                                12,
                                "Events sent and events in windows",
                                Unit.PER_SECOND,
                                "What leaves the replay beside what the windows hold. The two part where the job falls"
                                        + " behind.")
                        .query(rate(Metric.REPLAY_SENT), "sent")
                        .query("sum(" + rate(Metric.EVENTS) + ")", "in windows"))
                .row("Windows")
                .add(Panel.series(
                                12,
                                "How whole the newest window is",
                                Unit.SHARE,
                                "Samples told over samples expected; without samples, cards that report. Below 1, sums are"
                                        + " too low by about as much.")
                        .query(of(Metric.WINDOW_COMPLETENESS), "supernode {{supernode}}"))
                .add(Panel.series(
                                12,
                                "How old the newest window was when it came",
                                Unit.SECONDS,
                                "At 1x about a second. At other speeds event time leaves the wall clock: then only its"
                                        + " course says something, and it goes below zero.")
                        .query(of(Metric.WATERMARK_LAG), "supernode {{supernode}}"))
                .row("Is what is wrong found?")
                .add(Panel.stat(
                                8,
                                "Anomalies that name a fault",
                                Unit.SHARE,
                                "Of the anomalies found in this run, how many name an injected fault of their kind and"
                                        + " place. Absent where no fault was injected.")
                        .query(of(Metric.DETECTION_PRECISION), "{{instance}}")
                        .whenMissing("no fault"))
                .add(Panel.stat(
                                8,
                                "Faults that are named",
                                Unit.SHARE,
                                "Of the faults injected at least 10 s ago, how many an anomaly names. Absent where no fault"
                                        + " was injected.")
                        .query(of(Metric.DETECTION_RECALL), "{{instance}}")
                        .whenMissing("no fault"))
                .add(Panel.stat(
                                8,
                                "Time until a fault is found",
                                Unit.SECONDS,
                                "Mean event time from the beginning of a fault to the end of the second with which it was"
                                        + " found. Absent where none was.")
                        .query(of(Metric.DETECTION_SECONDS), "{{instance}}")
                        .whenMissing("no fault"))
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
