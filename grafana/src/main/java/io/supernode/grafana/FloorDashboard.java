package io.supernode.grafana;

import static io.supernode.grafana.Promql.of;
import static io.supernode.grafana.Promql.perEventSecondBy;
import static io.supernode.grafana.Promql.placed;
import static io.supernode.grafana.Promql.rate;

import io.supernode.exporter.Metric;
import io.supernode.grafana.Dashboard.Choice;
import java.util.List;

/** Which card? */
final class FloorDashboard {
    static final String UID = "sn-floor";

    private static final String IN_RACK = "rack=~\"$rack\"";
    private static final String THE_CARD = "card=\"$card\"";
    private static final String MEASURE = "${measure}{instance=\"$instance\",supernode=~\"$supernode\"}";

    private FloorDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                        UID,
                        "Supernode / Floor",
                        "Which card? Every card at its place, then the ones that stand out, then one card by itself.")
                .ofOneRun()
                .custom(
                        "measure",
                        "Measure",
                        List.of(
                                new Choice("share of time computing", Metric.CARD_UTILIZATION.metricName()),
                                new Choice("share of time waiting", Metric.CARD_WAIT.metricName()),
                                new Choice("share of time in transit", Metric.CARD_TRANSIT.metricName()),
                                new Choice("temperature (samples = true)", Metric.CARD_TEMPERATURE.metricName()),
                                new Choice("clock (samples = true)", Metric.CARD_CLOCK.metricName()),
                                new Choice("memory used (samples = true)", Metric.CARD_HBM_USED.metricName())))
                .several("rack", "Rack", labelValues("rack"))
                .choice("card", "Card", labelValues("card"))
                .add(Panel.matrix(
                                24,
                                10,
                                "Every card",
                                "node",
                                "slot",
                                "A column is a node, a row is a slot in the node. The colour runs from the lowest value"
                                        + " (blue) to the highest (red) that is shown, so a card that differs stands out"
                                        + " whatever the level. In training, a card that computes more and waits less"
                                        + " than its neighbours is the slow one: the others wait for it.")
                        .tableQuery(placed(MEASURE, "rack, slot", IN_RACK)))
                .add(Panel.matrix(
                                24,
                                17,
                                "As the racks stand",
                                "x",
                                "y",
                                "The same cards as they stand: two rows of racks, a column per node, the front row"
                                        + " above. What racks or neighbours have in common (power, cooling, a switch)"
                                        + " shows as a patch here.")
                        .tableQuery(placed(MEASURE, "rack, x, y", IN_RACK)))
                .add(Panel.carpet(
                                24,
                                12,
                                "Every card over time",
                                Unit.SHARE,
                                "A line of colour per card, lowest number at the bottom. A stripe along is one card that"
                                        + " differs, a stripe across is a moment at which all did, a slope is a wave that"
                                        + " runs through the pipeline.")
                        .query(MEASURE, "{{card}}"))
                .row("Who stands out")
                .add(Panel.table(
                                12,
                                "Cards whose computing takes longest",
                                Unit.SECONDS,
                                "99th percentile of compute events in the newest 10 s. Compare with cards of the same"
                                        + " pipeline stage: stages differ by what they compute.")
                        .tableQuery("topk(20, "
                                + placed(of(Metric.CARD_LATENCY_P99, "metric=\"compute\""), "rack, slot", IN_RACK)
                                + ")")
                        .without("Time", "instance", "job", "metric")
                        .linkToCard())
                .add(Panel.table(
                                12,
                                "Cards that wait least",
                                Unit.SHARE,
                                "Share of the newest 10 s spent waiting for late peers, the lowest. Whom nobody waits for"
                                        + " waits for others; who never waits is the one that others wait for.")
                        .tableQuery("bottomk(20, " + placed(of(Metric.CARD_WAIT), "rack, slot", IN_RACK) + ")")
                        .without("Time", "instance", "job")
                        .linkToCard())
                .add(Panel.table(
                                12,
                                "Cards with the longest last step",
                                Unit.SECONDS,
                                "Cards that train together end together: all the same says that nobody stands out here,"
                                        + " and waits say who is waited for.")
                        .tableQuery("topk(20, " + placed(of(Metric.CARD_STEP), "rack, slot", IN_RACK) + ")")
                        .without("Time", "instance", "job")
                        .linkToCard())
                .row("What the cards' gauges say (samples = true)")
                .add(Panel.series(
                                12,
                                "Power of racks",
                                Unit.WATTS,
                                "Mean power of a rack's cards together, by their samples. Absent where cards tell no"
                                        + " samples. A rack below the others computes less, or is throttled.")
                        .query(
                                perEventSecondBy("rack", placed(rate(Metric.CARD_ENERGY), "rack", IN_RACK)),
                                "rack {{rack}}"))
                .add(Panel.bars(
                                12,
                                "Cards with link errors",
                                Unit.PER_SECOND,
                                "Checksum errors and retries per second of the supernode's time, the ten highest. Empty is"
                                        + " well, or nobody samples.")
                        .instantQuery(
                                "topk(10, " + perEventSecondBy("card", rate(Metric.CARD_LINK_ERRORS)) + " > 0)",
                                "card {{card}}")
                        .whenMissing("none"))
                .add(Panel.series(
                                12,
                                "Temperature from card to card",
                                Unit.CELSIUS,
                                "The hottest card, the middle and the coolest. One that leaves the others is that card's"
                                        + " cooling; all together are the load or the water.")
                        .query("max by (" + Promql.SUPERNODE + ") (" + of(Metric.CARD_TEMPERATURE) + ")", "hottest")
                        .query(
                                "quantile by (" + Promql.SUPERNODE + ") (0.5, " + of(Metric.CARD_TEMPERATURE) + ")",
                                "middle")
                        .query("min by (" + Promql.SUPERNODE + ") (" + of(Metric.CARD_TEMPERATURE) + ")", "coolest"))
                .add(Panel.series(
                                12,
                                "Clock from card to card",
                                Unit.HERTZ,
                                "The fastest card, the middle and the slowest. A card below the others is throttled: by"
                                        + " heat where it is also hot, else by a cap on its power.")
                        .query("max by (" + Promql.SUPERNODE + ") (" + of(Metric.CARD_CLOCK) + ")", "fastest")
                        .query("quantile by (" + Promql.SUPERNODE + ") (0.5, " + of(Metric.CARD_CLOCK) + ")", "middle")
                        .query("min by (" + Promql.SUPERNODE + ") (" + of(Metric.CARD_CLOCK) + ")", "slowest"))
                .row("Card $card")
                .add(Panel.series(12, "What it does", Unit.SHARE, "Shares of the newest 10 s, of the chosen card.")
                        .query(of(Metric.CARD_UTILIZATION, THE_CARD), "compute")
                        .query(of(Metric.CARD_TRANSIT, THE_CARD), "bus transit")
                        .query(of(Metric.CARD_WAIT, THE_CARD), "bus wait")
                        .stacked())
                .add(Panel.series(
                                12,
                                "Utilisation beside the others",
                                Unit.SHARE,
                                "The chosen card against the middle of its node and of all cards. All three fall"
                                        + " together: the load. One alone: the card.")
                        .query(of(Metric.CARD_UTILIZATION, THE_CARD), "card $card")
                        .query(
                                "quantile(0.5, " + of(Metric.CARD_UTILIZATION) + " and on (" + Promql.SUPERNODE
                                        + ", node) " + of(Metric.CARD_INFO, THE_CARD) + ")",
                                "middle of its node")
                        .query("quantile(0.5, " + of(Metric.CARD_UTILIZATION) + ")", "middle of all"))
                .add(Panel.series(
                                12,
                                "How long its events take, p99",
                                Unit.SECONDS,
                                "99th percentile of compute events and of waits in bus events, of the newest 10 s.")
                        .query(of(Metric.CARD_LATENCY_P99, THE_CARD), "{{metric}}")
                        .logarithmic())
                .add(Panel.series(
                                12,
                                "What it moves",
                                Unit.BYTES_PER_SECOND,
                                "Bytes per second of the supernode's time: over the bus or network, and to and from the"
                                        + " card's memory.")
                        .query(perEventSecondBy("card", rate(Metric.CARD_SENT_BYTES, THE_CARD)), "sent")
                        .query(perEventSecondBy("card", rate(Metric.CARD_RECEIVED_BYTES, THE_CARD)), "received")
                        .query(perEventSecondBy("card", rate(Metric.CARD_HBM_BYTES, THE_CARD)), "memory")
                        .logarithmic())
                .add(Panel.series(
                                12,
                                "How hot it is",
                                Unit.CELSIUS,
                                "Of the chosen card, beside the middle of all. Absent without samples.")
                        .query(of(Metric.CARD_TEMPERATURE, THE_CARD), "card $card")
                        .query(
                                "quantile by (" + Promql.SUPERNODE + ") (0.5, " + of(Metric.CARD_TEMPERATURE) + ")",
                                "middle of all"))
                .add(Panel.series(
                                12,
                                "Memory in use",
                                Unit.BYTES,
                                "Of the chosen card, beside the fullest of all. Absent without samples.")
                        .query(of(Metric.CARD_HBM_USED, THE_CARD), "card $card")
                        .query(
                                "max by (" + Promql.SUPERNODE + ") (" + of(Metric.CARD_HBM_USED) + ")",
                                "fullest of all"));
    }

    private static String labelValues(String label) {
        return "label_values(" + of(Metric.CARD_INFO) + ", " + label + ")";
    }
}
