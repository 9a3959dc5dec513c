package io.supernode.grafana;

import static io.supernode.grafana.Promql.ofSide;

import io.supernode.exporter.Metric;

/** Bus or Ethernet? Two runs, each with an exporter of its own that the same Prometheus scrapes. */
final class WhatIfDashboard {
    static final String UID = "sn-whatif";

    private static final String LEFT = "left";
    private static final String RIGHT = "right";

    private WhatIfDashboard() {}

    static Dashboard dashboard() {
        String exporters = "label_values(" + Metric.EXPORTER_READY.metricName() + ", instance)";
        Dashboard dashboard = new Dashboard(
                        UID,
                        "Supernode / What if",
                        "Bus or Ethernet? Two machines side by side, the same panel twice and their ratio above: the two"
                                + " supernodes of \"up --compare\", or the runs of two exporters that one Prometheus"
                                + " scrapes. docs/operating.md says how.")
                .choice("left", "Left exporter", exporters)
                .choice("left_supernode", "its supernode", supernodes("left"))
                .choice("right", "Right exporter", exporters)
                .choiceOfLast("right_supernode", "its supernode", supernodes("right"))
                .add(name("Left is", LEFT))
                .add(name("Right is", RIGHT))
                .add(ratio(
                        "Tokens/s per card",
                        Metric.TOKENS_PER_SECOND_PER_CARD,
                        "Left over right, over all whole steps. Above 1: left is faster."))
                .add(ratio(
                        "Model FLOPs utilisation",
                        Metric.MODEL_FLOPS_UTILIZATION,
                        "Left over right. Where the cards differ, this says how much of the speed is not the card's."))
                .add(ratio(
                        "Step time, longest",
                        Metric.LATENCY_MAX,
                        "Left over right, longest step of the newest window that had one. Below 1: left is faster.",
                        "metric=\"step\""))
                .add(ratio(
                        "Bus events, p99",
                        Metric.LATENCY_P99,
                        "Left over right. Below 1: left's slowest transfers end sooner.",
                        "metric=\"bus\""))
                .row("Side by side");
        both(dashboard, "Tokens/s of all cards", Unit.TOKENS_PER_SECOND, Metric.TOKENS_PER_SECOND, "tokens/s");
        both(dashboard, "Bus traffic", Unit.BYTES_PER_SECOND, Metric.BUS_RATE, "sent");
        dashboard.add(latency("Left: latency p99", LEFT)).add(latency("Right: latency p99", RIGHT));
        return dashboard.add(shares("Left: what the cards do", LEFT)).add(shares("Right: what the cards do", RIGHT));
    }

    private static String supernodes(String side) {
        return "label_values(" + Metric.CARDS_REPORTING.metricName() + "{instance=\"$" + side + "\"}, supernode)";
    }

    private static Panel name(String title, String side) {
        return Panel.name(12, title, "The scenario and the machine of this side.")
                .instantQuery(ofSide(side, Metric.RUN_INFO), "{{scenario}} on {{machine}}")
                .whenMissing("nothing runs");
    }

    private static Panel ratio(String title, Metric metric, String description, String... matchers) {
        // a step ends less often than a window does: the newest of the last five minutes, on both sides
        return Panel.stat(6, title + ", left over right", Unit.TIMES, description)
                .query(
                        "avg(last_over_time(" + ofSide(LEFT, metric, matchers) + "[5m])) / avg(last_over_time("
                                + ofSide(RIGHT, metric, matchers) + "[5m]))",
                        "ratio")
                .decimals(2)
                .whenMissing("no whole step");
    }

    private static void both(Dashboard dashboard, String title, Unit unit, Metric metric, String legend) {
        dashboard.add(one("Left: " + title, unit, metric, legend, LEFT));
        dashboard.add(one("Right: " + title, unit, metric, legend, RIGHT));
    }

    private static Panel one(String title, Unit unit, Metric metric, String legend, String side) {
        return Panel.series(
                        12,
                        title,
                        unit,
                        "In windows of 10 s, per second of the run's own time, so that runs at different speeds compare.")
                .query(ofSide(side, metric), legend);
    }

    private static Panel latency(String title, String side) {
        return Panel.series(
                        12,
                        title,
                        Unit.SECONDS,
                        "Each kind of event in the newest 10 s window, on a logarithmic scale. Read bus against bus, and"
                                + " bus_wait against bus_wait.")
                .query(ofSide(side, Metric.LATENCY_P99), "{{metric}}")
                .logarithmic();
    }

    private static Panel shares(String title, String side) {
        return Panel.series(
                        12,
                        title,
                        Unit.SHARE,
                        "Mean shares of the cards' newest 10 s. The slower network shows as transit, and as wait where"
                                + " it delays some more than others.")
                .query("avg(" + ofSide(side, Metric.CARD_UTILIZATION) + ")", "compute")
                .query("avg(" + ofSide(side, Metric.CARD_TRANSIT) + ")", "bus transit")
                .query("avg(" + ofSide(side, Metric.CARD_WAIT) + ")", "bus wait")
                .stacked();
    }
}
