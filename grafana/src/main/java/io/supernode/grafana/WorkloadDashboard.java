package io.supernode.grafana;

import static io.supernode.grafana.Promql.buckets;
import static io.supernode.grafana.Promql.of;
import static io.supernode.grafana.Promql.perEventSecond;

import io.supernode.exporter.Metric;

/** How fast, per card, per step and per request? */
final class WorkloadDashboard {
    static final String UID = "sn-workload";

    private WorkloadDashboard() {}

    static Dashboard dashboard() {
        return new Dashboard(
                        UID,
                        "Supernode / Workload",
                        "How fast, per card, per step and per request? The first row is for training, the second for"
                                + " serving; the one that does not run stays empty.")
                .ofOneRun()
                .row("Training")
                .add(Panel.stat(
                                6,
                                "Tokens/s per card, whole run",
                                Unit.TOKENS_PER_SECOND,
                                "Tokens of whole steps over the card time they took. The figure of the report.")
                        .query(of(Metric.TOKENS_PER_SECOND_PER_CARD), "{{supernode}}")
                        .whenMissing("no whole step"))
                .add(Panel.stat(
                                6,
                                "Model FLOPs utilisation",
                                Unit.SHARE,
                                "Work that the model needs over what the cards' peak allows in the time of whole steps.")
                        .query(of(Metric.MODEL_FLOPS_UTILIZATION), "{{supernode}}")
                        .range(0, 1)
                        .whenMissing("no whole step"))
                .add(Panel.stat(
                                6,
                                "Longest step",
                                Unit.SECONDS,
                                "The largest step of the newest 10 s window that had one. Exact, not from a sketch.")
                        .query(of(Metric.LATENCY_MAX, "metric=\"step\""), "{{supernode}}")
                        .whenMissing("no whole step"))
                .add(Panel.stat(
                                6,
                                "Steps, counted per card",
                                Unit.COUNT,
                                "Whole steps since the run began, one for each card and step.")
                        .query(Promql.part(Metric.STEP_DURATION, "count"), "{{supernode}}")
                        .whenMissing("no whole step"))
                .add(Panel.series(
                                12,
                                "Tokens/s per card, last five minutes",
                                Unit.TOKENS_PER_SECOND,
                                "Tokens of whole steps of the last five minutes of wall time over the card time they"
                                        + " took. It moves only when a step ends.")
                        .query(
                                "supernode:step_tokens_per_step_second:rate5m{instance=\"$instance\",supernode=~\"$supernode\"}",
                                "supernode {{supernode}}"))
                .add(Panel.heatmap(
                                12,
                                "How long steps take",
                                Unit.SECONDS,
                                "Steps that ended, by length; bounds are powers of two nanoseconds. A second band is a"
                                        + " second kind of step: a checkpoint, a fault, a slow replica.")
                        .bucketQuery(buckets(Metric.STEP_DURATION)))
                .add(FleetDashboard.whatCardsDo(12))
                .add(Panel.heatmap(
                                12,
                                "How long compute events take",
                                Unit.SECONDS,
                                "Compute events that ended, by length. Forward and backward passes show as bands of their"
                                        + " own.")
                        .bucketQuery(buckets(Metric.COMPUTE_DURATION)))
                .row("Serving")
                .add(Panel.series(
                                12,
                                "Requests",
                                Unit.PER_SECOND,
                                "Requests served to their last token, per second of the supernode's time.")
                        .query(perEventSecond(Metric.REQUESTS), "served"))
                .add(Panel.series(
                                12,
                                "Tokens of requests",
                                Unit.TOKENS_PER_SECOND,
                                "Prompt and generated tokens of requests that ended, per second of the supernode's time:"
                                        + " a request's tokens count when it ends.")
                        .query(perEventSecond(Metric.INPUT_TOKENS), "prompt")
                        .query(perEventSecond(Metric.OUTPUT_TOKENS), "generated"))
                .add(percentiles(
                        "Time to first token",
                        "time_to_first_token",
                        "From a request's arrival to its first token, of requests that ended in the newest 10 s. It grows"
                                + " with the queue: when it climbs without end, prefill cannot keep up."))
                .add(percentiles(
                        "Time per output token",
                        "time_per_output_token",
                        "Per generated token after the first. It grows with the decode batch."))
                .add(Panel.heatmap(
                                12,
                                "How long first tokens take",
                                Unit.SECONDS,
                                "Requests that ended, by their time to first token.")
                        .bucketQuery(buckets(Metric.TIME_TO_FIRST_TOKEN)))
                .add(Panel.heatmap(
                                12,
                                "How long output tokens take",
                                Unit.SECONDS,
                                "Requests that ended, by their time per output token.")
                        .bucketQuery(buckets(Metric.TIME_PER_OUTPUT_TOKEN)));
    }

    private static Panel percentiles(String title, String metric, String description) {
        String matcher = "metric=\"" + metric + "\"";
        return Panel.series(12, title, Unit.SECONDS, description)
                .query(of(Metric.LATENCY_P99, matcher), "p99")
                .query(of(Metric.LATENCY_P90, matcher), "p90")
                .query(of(Metric.LATENCY_P50, matcher), "p50");
    }
}
