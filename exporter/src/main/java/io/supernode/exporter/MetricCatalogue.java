package io.supernode.exporter;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Views of {@link Metric} for documentation and for checking what others say about metrics. */
public final class MetricCatalogue {
    /** What docs/telemetry.md holds before and after the generated table. */
    public static final String TABLE_BEGIN = "<!-- metrics: generated, do not edit -->";

    public static final String TABLE_END = "<!-- metrics: end -->";

    private MetricCatalogue() {}

    /** Every name that a query may use: histograms by their three series, everything else by its own name. */
    public static Set<String> seriesNames() {
        Set<String> names = new TreeSet<>();
        for (Metric metric : Metric.values()) {
            switch (metric.type()) {
                case COUNTER, GAUGE -> names.add(metric.metricName());
                case HISTOGRAM -> {
                    names.add(metric.metricName() + "_bucket");
                    names.add(metric.metricName() + "_sum");
                    names.add(metric.metricName() + "_count");
                }
            }
        }
        return names;
    }

    /** One row per metric, in the order of the catalogue. */
    public static String markdownTable() {
        StringBuilder table = new StringBuilder("| metric | type | unit | labels | meaning |\n|---|---|---|---|---|\n");
        for (Metric metric : Metric.values()) {
            table.append("| `")
                    .append(metric.metricName())
                    .append("` | ")
                    .append(metric.type().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(metric.unit().word())
                    .append(" | ")
                    .append(metric.labels().isEmpty() ? "" : "`" + String.join("` `", metric.labels()) + "`")
                    .append(" | ")
                    .append(metric.help())
                    .append(" |\n");
        }
        return table.toString();
    }
}
