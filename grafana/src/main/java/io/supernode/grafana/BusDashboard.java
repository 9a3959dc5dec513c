package io.supernode.grafana;

import static io.supernode.grafana.Promql.of;
import static io.supernode.grafana.Promql.part;
import static io.supernode.grafana.Promql.perEventSecond;
import static io.supernode.grafana.Promql.rate;
import static io.supernode.grafana.Promql.shareOfTime;

import io.supernode.exporter.Metric;

/** Is the bus the bottleneck? */
final class BusDashboard {
    static final String UID = "sn-bus";

    private static final String OPS = "op=~\"$op\"";

    private BusDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                        UID,
                        "Supernode / Bus",
                        "Is the bus the bottleneck? What it carries, how long each operation takes, and whether the time"
                                + " goes into transfer or into waiting for one another.")
                .ofOneRun()
                .several("op", "Operation", "label_values(" + part(Metric.BUS_DURATION, "count") + ", op)")
                .add(Panel.stat(
                                6,
                                "Traffic of all cards",
                                Unit.BYTES_PER_SECOND,
                                "Bytes that left all cards per second, in the newest 10 s window.")
                        .query(of(Metric.BUS_RATE), "{{supernode}}"))
                .add(Panel.stat(
                                6,
                                "Time in transit",
                                Unit.SHARE,
                                "Share of the cards' time spent in bus events beyond waiting: what a faster bus could"
                                        + " give back at most.")
                        .query(shareOfTime(Metric.TRANSIT_SECONDS), "{{supernode}}"))
                .add(Panel.stat(
                                6,
                                "Time waiting",
                                Unit.SHARE,
                                "Share of the cards' time spent waiting for late peers: a faster bus gives none of it"
                                        + " back, even load does.")
                        .query(shareOfTime(Metric.WAIT_SECONDS), "{{supernode}}"))
                .add(Panel.stat(
                                6,
                                "Bytes per token",
                                Unit.BYTES,
                                "Bytes that left all cards per token completed. A property of model and layout: when it"
                                        + " changes, the workload did.")
                        .query(rate(Metric.SENT_BYTES) + " / " + rate(Metric.TOKENS), "{{supernode}}"))
                .row("What it carries")
                .add(Panel.series(
                                12,
                                "Bytes",
                                Unit.BYTES_PER_SECOND,
                                "Bytes that left and that reached all cards, per second of the supernode's time. The two"
                                        + " differ where one sends to many.")
                        .query(perEventSecond(Metric.SENT_BYTES), "sent")
                        .query(perEventSecond(Metric.RECEIVED_BYTES), "received"))
                .add(Panel.series(
                                12,
                                "Operations",
                                Unit.PER_SECOND,
                                "Bus events per second of the supernode's time, one for each card that takes part.")
                        .query(perOp(part(Metric.BUS_DURATION, "count", OPS)), "{{op}}"))
                .row("How long it takes")
                .add(Panel.series(
                                12,
                                "Mean duration",
                                Unit.SECONDS,
                                "Mean length of each operation, wait and transit together, on a logarithmic scale.")
                        .query(
                                rate(part(Metric.BUS_DURATION, "sum", OPS)) + " / "
                                        + rate(part(Metric.BUS_DURATION, "count", OPS)),
                                "{{op}}")
                        .logarithmic())
                .add(Panel.series(
                                12,
                                "p99 of all operations",
                                Unit.SECONDS,
                                "The slowest in a hundred of all bus events, beside the slowest in a hundred waits. Where"
                                        + " the two lie close together, the slow ones are slow because a peer was late.")
                        .query(of(Metric.LATENCY_P99, "metric=\"bus\""), "bus event")
                        .query(of(Metric.LATENCY_P99, "metric=\"bus_wait\""), "wait in it"))
                .add(Panel.heatmap(
                                12,
                                "Durations of the chosen operations",
                                Unit.SECONDS,
                                "Bus events that ended, by length. Small messages are bound by latency and lie low,"
                                        + " large ones by bandwidth.")
                        .bucketQuery("sum by (le) (increase(" + part(Metric.BUS_DURATION, "bucket", OPS)
                                + "[$__rate_interval]))"))
                .add(Panel.heatmap(
                                12,
                                "Waits",
                                Unit.SECONDS,
                                "The part of bus events that was spent waiting. A band that rises away from the rest is"
                                        + " one late peer.")
                        .bucketQuery(Promql.buckets(Metric.WAIT_DURATION)))
                .row("By operation")
                .add(Panel.series(
                                8,
                                "Bytes by operation",
                                Unit.BYTES_PER_SECOND,
                                "Bytes that left all cards in events of each operation, per second of the supernode's time,"
                                        + " on a logarithmic scale.")
                        .query(perOp(of(Metric.OPERATION_SENT_BYTES, OPS)), "{{op}}")
                        .logarithmic())
                .add(Panel.series(
                                8,
                                "Time in transit by operation",
                                Unit.COUNT,
                                "Cards that are in events of the operation at a time, waiting left out: card seconds per"
                                        + " second. Which operation a faster bus would help.")
                        .query(perOp(of(Metric.OPERATION_TRANSIT, OPS)), "{{op}}"))
                .add(Panel.series(
                                8,
                                "Time waiting by operation",
                                Unit.COUNT,
                                "Cards that wait for late peers in events of the operation at a time. Which operation"
                                        + " uneven work shows in.")
                        .query(perOp(of(Metric.OPERATION_WAIT, OPS)), "{{op}}"))
                .row("From where to where")
                .add(Panel.matrix(
                                14,
                                15,
                                "Rack to rack",
                                Unit.BYTES_PER_SECOND,
                                "pair",
                                "dst_rack",
                                "src_rack",
                                "Bytes per second of the supernode's time from the rack of the row to the rack of the"
                                        + " column. A transfer names both its ends; a collective's bytes went the way of"
                                        + " the machine's algorithm (docs/telemetry.md). Tensor parallelism fills the"
                                        + " diagonal, pipeline stages the places beside it, data parallelism the rest.")
                        .tableQuery("label_join("
                                + Promql.perEventSecondBy("src_rack, dst_rack", rate(Metric.RACK_BUS_BYTES))
                                + ", \"pair\", \"/\", \"src_rack\", \"dst_rack\")"))
                .add(Panel.series(
                                10,
                                "Inside racks and between them",
                                Unit.BYTES_PER_SECOND,
                                "The matrix summed: what stays in its rack and what leaves it. On machines whose racks are"
                                        + " joined more slowly than their cards, the second is the dear part.")
                        .query(betweenRacks("and"), "inside")
                        .query(betweenRacks("unless"), "between"))
                .add(Panel.stat(
                                10,
                                "Bytes whose way is known",
                                Unit.SHARE,
                                "Share of all bytes sent that the matrix holds. The rest went in collectives of which nobody"
                                        + " tells who sent to whom: a recording that names no algorithm.")
                        .query(of(Metric.BUS_PLACED), "{{supernode}}"))
                .row("Where")
                .add(Panel.bars(
                                12,
                                "Nodes longest in transit",
                                Unit.SHARE,
                                "Share of the newest 10 s that a node's cards spent in bus events beyond waiting, the ten"
                                        + " highest. One node alone: its links.")
                        .instantQuery("topk(10, " + of(Metric.NODE_TRANSIT) + ")", "node {{node}}"))
                .add(Panel.bars(
                                12,
                                "Nodes that wait longest",
                                Unit.SHARE,
                                "Share of the newest 10 s that a node's cards waited for late peers, the ten highest. The"
                                        + " late one is not among them.")
                        .instantQuery("topk(10, " + of(Metric.NODE_WAIT) + ")", "node {{node}}"))
                .add(Panel.bars(
                                12,
                                "Racks that wait longest",
                                Unit.SHARE,
                                "Share of the newest 10 s that a rack's cards waited for late peers, the highest six.")
                        .instantQuery("topk(6, " + of(Metric.RACK_WAIT) + ")", "rack {{rack}}"))
                .add(Panel.series(
                                12,
                                "Bus events of racks, p99",
                                Unit.SECONDS,
                                "99th percentile of a rack's bus events in the newest 10 s: all of its nodes' together, not"
                                        + " their percentiles averaged.")
                        .query(of(Metric.RACK_LATENCY_P99, "metric=\"bus\""), "rack {{rack}}")
                        .logarithmic())
                .add(Panel.series(
                                12,
                                "Links down by plane",
                                Unit.COUNT,
                                "Links of cards to each plane of the bus that are down, on average, by the cards' samples."
                                        + " Zero is well; absent where nobody samples.")
                        .query(perOp(of(Metric.PLANE_DOWN)), "plane {{plane}}"))
                .add(Panel.bars(
                                12,
                                "Bytes sent by rack",
                                Unit.BYTES_PER_SECOND,
                                "Per second of the supernode's time. Uneven where pipeline stages or instances differ.")
                        .instantQuery(
                                Promql.perEventSecondBy("rack", Promql.placed(rate(Metric.CARD_SENT_BYTES), "rack")),
                                "rack {{rack}}"));
    }

    /**
     * Of the matrix, its diagonal or all the rest. PromQL does not compare two labels: the diagonal is what matches a series
     * that has each rack on both sides.
     *
     * @param which {@code and} or {@code unless}
     */
    private static String betweenRacks(String which) {
        String diagonal = "label_join(count by (" + Promql.SUPERNODE + ", src_rack) (" + of(Metric.RACK_BUS_BYTES)
                + "), \"dst_rack\", \"\", \"src_rack\")";
        return "sum by (" + Promql.SUPERNODE + ") (" + rate(Metric.RACK_BUS_BYTES) + " " + which + " on ("
                + Promql.SUPERNODE + ", src_rack, dst_rack) " + diagonal + ") / on (" + Promql.SUPERNODE + ") "
                + rate(Metric.EVENT_SECONDS);
    }

    private static String perOp(String counter) {
        return rate(counter) + " / on (" + Promql.SUPERNODE + ") group_left () " + rate(Metric.EVENT_SECONDS);
    }
}
