package io.supernode.grafana;

import static io.supernode.grafana.Promql.of;
import static io.supernode.grafana.Promql.perEventSecond;
import static io.supernode.grafana.Promql.placed;
import static io.supernode.grafana.Promql.rate;
import static io.supernode.grafana.Promql.shareOfTime;

import io.supernode.exporter.Metric;

/** Is everything all right? */
final class FleetDashboard {
    static final String UID = "sn-fleet";

    private FleetDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                        UID,
                        "Supernode / Fleet",
                        "Is everything all right? What runs, how fast, and whether all cards take part. Figures are of"
                                + " the supernode's own time unless a panel says otherwise.")
                .ofOneRun()
                .add(Panel.name(
                                6,
                                "What runs",
                                "The scenario and the machine that it is replayed on. Gone when no window has come for"
                                        + " 30 s: then every other panel shows the past.")
                        .instantQuery(of(Metric.RUN_INFO), "{{scenario}} on {{machine}}")
                        .whenMissing("nothing runs"))
                .add(Panel.stat(
                                3,
                                "Tokens/s per card",
                                Unit.TOKENS_PER_SECOND,
                                "Tokens of whole steps over the card time they took, over the run so far. Absent until"
                                        + " the first whole step has ended, and for serving, which has no steps.")
                        .query(of(Metric.TOKENS_PER_SECOND_PER_CARD), "{{supernode}}")
                        .whenMissing("no whole step"))
                .add(Panel.stat(
                                3,
                                "Model FLOPs utilisation",
                                Unit.SHARE,
                                "Work that the model needs over what the cards' peak allows in the time of whole steps."
                                        + " Recomputation does not count as work.")
                        .query(of(Metric.MODEL_FLOPS_UTILIZATION), "{{supernode}}")
                        .range(0, 1)
                        .whenMissing("no whole step"))
                .add(Panel.stat(
                                3,
                                "Step time, p99",
                                Unit.SECONDS,
                                "99th percentile of steps that ended in the newest 10 s window. Cards that train together"
                                        + " end together: one slow card lengthens every step.")
                        .query(of(Metric.LATENCY_P99, "metric=\"step\""), "{{supernode}}")
                        .whenMissing("no whole step"))
                .add(silentCards(3))
                .add(Panel.stat(
                                3,
                                "Speed of the replay",
                                Unit.TIMES,
                                "Seconds of the supernode's time per second of wall time. Below what was asked for: the"
                                        + " replay or the job cannot keep up.")
                        .query(rate(Metric.EVENT_SECONDS), "{{supernode}}")
                        .decimals(2))
                .add(Panel.stat(
                                3,
                                "Alerts firing",
                                Unit.COUNT,
                                "Alerts of this exporter that fire now. Green is none; docs/operating.md says what to do"
                                        + " about each.")
                        .query(
                                "count(ALERTS{alertstate=\"firing\",alertname=~\"Supernode.+\",instance=~\"$instance|\"}) or"
                                        + " vector(0)",
                                "alerts")
                        .thresholds("green", 1, "red")
                        .decimals(0))
                .row("What is wrong")
                .add(Panel.table(
                                12,
                                "Anomalies now",
                                Unit.COUNT,
                                "What the job finds to be out of line and still goes on, with the first card concerned and"
                                        + " the likely cause. Empty is well; a click leads to the card.")
                        .tableQuery(of(Metric.ANOMALY_ACTIVE))
                        .without("Time", "Value", "__name__", "instance", "job")
                        .linkToCard()
                        .whenMissing("none"))
                .add(Panel.table(
                                12,
                                "Injected faults now",
                                Unit.COUNT,
                                "What was put into the run on purpose and still goes on. An anomaly beside it is found by"
                                        + " the job without knowing this.")
                        .tableQuery(of(Metric.FAULT_ACTIVE))
                        .without("Time", "Value", "__name__", "instance", "job")
                        .linkToCard()
                        .whenMissing("none"))
                .add(Panel.series(
                                12,
                                "How bad the worst of each kind is",
                                Unit.TIMES,
                                "Observed over expected of the worst anomaly of a kind that goes on: 1.5 is half as long"
                                        + " again as its peers. Empty is well.")
                        .query(of(Metric.ANOMALY_SEVERITY), "{{kind}}"))
                .add(Panel.series(
                                12,
                                "Anomalies found so far",
                                Unit.COUNT,
                                "Since the run began, those that have ended too. A kind that was never found is left out.")
                        .query(of(Metric.ANOMALIES) + " > 0", "{{kind}}"))
                .row("How fast")
                .add(Panel.series(
                                12,
                                "Tokens/s of all cards",
                                Unit.TOKENS_PER_SECOND,
                                "Tokens completed per second, in windows of 10 s. Training completes them when a"
                                        + " backward pass ends, so fill and drain of the pipeline show as dents at the"
                                        + " ends of a step.")
                        .query(of(Metric.TOKENS_PER_SECOND), "supernode {{supernode}}"))
                .add(whatCardsDo(12))
                .row("Who falls behind")
                .add(Panel.series(
                                12,
                                "Utilisation from card to card",
                                Unit.SHARE,
                                "Share of the newest 10 s that a card computed: the lowest 5 %, the middle and the highest"
                                        + " 5 % of the cards. The wider apart, the more uneven the load.")
                        .query(quantile("0.95"), "highest 5 %")
                        .query(quantile("0.5"), "middle")
                        .query(quantile("0.05"), "lowest 5 %")
                        .range(0, 1))
                .add(Panel.bars(
                                12,
                                "Utilisation of racks",
                                Unit.SHARE,
                                "Mean over a rack's cards. A rack that stands out points to power, cooling or a switch;"
                                        + " the floor dashboard shows the card.")
                        .instantQuery(
                                "avg by (rack) (" + placed(of(Metric.CARD_UTILIZATION), "rack") + ")", "rack {{rack}}")
                        .range(0, 1))
                .add(Panel.series(
                                12,
                                "Latency by kind, p99",
                                Unit.SECONDS,
                                "99th percentile of each kind of event in the newest 10 s window, on a logarithmic scale."
                                        + " bus is wait and transit together; bus_wait is the part that was spent waiting"
                                        + " for late peers.")
                        .query(of(Metric.LATENCY_P99), "{{metric}}")
                        .logarithmic())
                .add(Panel.series(
                                12,
                                "Bus traffic of all cards",
                                Unit.BYTES_PER_SECOND,
                                "Bytes that left all cards per second, over the bus or network.")
                        .query(perEventSecond(Metric.SENT_BYTES), "supernode {{supernode}}"));
    }

    /** Where the cards' time goes. */
    static Panel whatCardsDo(int width) {
        return Panel.series(
                        width,
                        "What the cards do",
                        Unit.SHARE,
                        "Shares of the cards' time. Wait is not transfer: a slow card shows as wait on its peers, a slow"
                                + " link as transit. Where communication is hidden behind computation, both count"
                                + " and the sum passes 100 %.")
                .query(shareOfTime(Metric.COMPUTE_SECONDS), "compute")
                .query(shareOfTime(Metric.TRANSIT_SECONDS), "bus transit")
                .query(shareOfTime(Metric.WAIT_SECONDS), "bus wait")
                .stacked();
    }

    private static Panel silentCards(int width) {
        return Panel.stat(
                        width,
                        "Silent cards",
                        Unit.COUNT,
                        "Cards of the machine that had no window in the last 30 s. Red: at least one. They are lost, or"
                                + " their telemetry is, or the replay was told to leave them out.")
                .query(
                        of(Metric.EXPECTED_CARDS) + " - on (instance, supernode) " + of(Metric.CARDS_REPORTING),
                        "{{supernode}}")
                .thresholds("green", 1, "red")
                .decimals(0);
    }

    private static String quantile(String q) {
        return "quantile(" + q + ", " + of(Metric.CARD_UTILIZATION) + ")";
    }
}
