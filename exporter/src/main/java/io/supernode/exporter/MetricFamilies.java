package io.supernode.exporter;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.supernode.window.LatencySketch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One scrape being written down: values under the names, labels and help texts of the catalogue. Not thread-safe. */
final class MetricFamilies {
    /** Histogram bounds are powers of two nanoseconds, 1 us to 137 s: bounds of the sketch, so that counts are exact. */
    private static final int FIRST_BOUND = 10;

    private static final int LAST_BOUND = 37;

    private final Map<Metric, List<Sample>> samples = new EnumMap<>(Metric.class);

    /** @param labels values in the order of {@link Metric#labels()} */
    void add(Metric metric, double value, String... labels) {
        if (labels.length != metric.labels().size()) {
            throw new IllegalArgumentException(
                    "must have labels " + metric.labels() + ": " + metric.metricName() + " " + List.of(labels));
        }
        samples(metric).add(new Sample(metric.metricName(), metric.labels(), List.of(labels), value));
    }

    /** A histogram of all values of a sketch, in seconds. */
    void add(Metric metric, LatencySketch sketch, String... labels) {
        List<String> names = metric.labels();
        List<String> values = List.of(labels);
        List<String> namesWithBound = plus(names, "le");
        int[] indices = sketch.bucketIndices();
        long[] counts = sketch.bucketCounts();
        String bucket = metric.metricName() + "_bucket";
        int next = 0;
        long below = 0;
        for (int k = FIRST_BOUND; k <= LAST_BOUND; k++) {
            int firstAbove = LatencySketch.bucket(1L << k);
            while (next < indices.length && indices[next] < firstAbove) {
                below += counts[next++];
            }
            String bound = Collector.doubleToGoString((1L << k) / 1e9);
            samples(metric).add(new Sample(bucket, namesWithBound, plus(values, bound), below));
        }
        samples(metric).add(new Sample(bucket, namesWithBound, plus(values, "+Inf"), sketch.count()));
        samples(metric).add(new Sample(metric.metricName() + "_count", names, values, sketch.count()));
        samples(metric).add(new Sample(metric.metricName() + "_sum", names, values, sketch.sum() / 1e9));
    }

    /** All families that have a sample, in the order of the catalogue. */
    List<MetricFamilySamples> families() {
        List<MetricFamilySamples> families = new ArrayList<>(samples.size());
        samples.forEach((metric, list) ->
                families.add(new MetricFamilySamples(metric.metricName(), type(metric.type()), metric.help(), list)));
        return families;
    }

    private List<Sample> samples(Metric metric) {
        return samples.computeIfAbsent(metric, m -> new ArrayList<>());
    }

    private static Collector.Type type(Metric.Type type) {
        return switch (type) {
            case COUNTER -> Collector.Type.COUNTER;
            case GAUGE -> Collector.Type.GAUGE;
            case HISTOGRAM -> Collector.Type.HISTOGRAM;
        };
    }

    private static List<String> plus(List<String> list, String one) {
        List<String> longer = new ArrayList<>(list);
        longer.add(one);
        return longer;
    }
}
