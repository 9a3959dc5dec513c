package io.supernode.grafana;

import io.supernode.exporter.Metric;
import java.util.List;
import java.util.Locale;

/**
 * Expressions over the exporter's metrics, for the run that the dashboard's variables choose. A metric is named by the
 * catalogue and a label must be one of the metric's own, so that neither can be mistyped. Written to what Prometheus 2.42
 * understands.
 *
 * <p>{@code rate()} is per second of wall time; {@link #perEventSecond} is per second of the supernode's own time, the
 * same at any speed of the replay.
 */
final class Promql {
    /** What two series of one supernode have in common. */
    static final String SUPERNODE = "instance, supernode";

    private static final String CHOSEN = "=~\"$supernode\"";

    private Promql() {}

    /** @param matchers such as {@code metric="step"} */
    static String of(Metric metric, String... matchers) {
        return selector(metric, metric.metricName(), "$instance", CHOSEN, matchers);
    }

    /**
     * The same of one supernode of an exporter, by the names of the variables that hold them: {@code left} is exporter
     * {@code $left} and its supernode {@code $left_supernode}.
     */
    static String ofSide(String side, Metric metric, String... matchers) {
        return selector(metric, metric.metricName(), "$" + side, "=\"$" + side + "_supernode\"", matchers);
    }

    /** One of a histogram's series: {@code bucket}, {@code sum} or {@code count}. */
    static String part(Metric histogram, String part, String... matchers) {
        if (histogram.type() != Metric.Type.HISTOGRAM) {
            throw new IllegalArgumentException("not a histogram: " + histogram.metricName());
        }
        return selector(histogram, histogram.metricName() + "_" + part, "$instance", CHOSEN, matchers);
    }

    static String rate(String counter) {
        return "rate(" + counter + "[$__rate_interval])";
    }

    static String rate(Metric counter, String... matchers) {
        return rate(of(counter, matchers));
    }

    /** Of a supernode's counter. */
    static String perEventSecond(Metric counter, String... matchers) {
        return rate(counter, matchers) + " / " + rate(Metric.EVENT_SECONDS);
    }

    /** Of a card's counter, added up over the cards that share the labels {@code by} beside their supernode. */
    static String perEventSecondBy(String by, String cardRates) {
        String labels = by.isEmpty() ? SUPERNODE : SUPERNODE + ", " + by;
        return "sum by (" + labels + ") (" + cardRates + ") / on (" + SUPERNODE + ") group_left () "
                + rate(Metric.EVENT_SECONDS);
    }

    /** Share of the cards' time, as counted by one of the supernode's counters of seconds. */
    static String shareOfTime(Metric seconds) {
        return perEventSecond(seconds) + " / " + of(Metric.CARDS_REPORTING);
    }

    /** A card's series with the labels of its place, such as {@code rack, slot}. */
    static String placed(String cardSeries, String labels, String... matchers) {
        return cardSeries + " * on (" + SUPERNODE + ", card) group_left (" + labels + ") "
                + of(Metric.CARD_INFO, matchers);
    }

    /** Counts per bucket, for a heat map. */
    static String buckets(Metric histogram, String... matchers) {
        return "sum by (le) (increase(" + part(histogram, "bucket", matchers) + "[$__rate_interval]))";
    }

    private static String selector(Metric metric, String name, String instance, String supernode, String... matchers) {
        StringBuilder out =
                new StringBuilder(name).append("{instance=\"").append(instance).append('"');
        if (metric.labels().contains("supernode")) {
            out.append(",supernode").append(supernode);
        }
        for (String matcher : List.of(matchers)) {
            String label = matcher.replaceAll("[=!~].*", "");
            if (!metric.labels().contains(label)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "%s has labels %s: %s", metric.metricName(), metric.labels(), matcher));
            }
            out.append(',').append(matcher);
        }
        return out.append('}').toString();
    }
}
