package io.supernode.exporter;

/** Who sent how much to whom as metrics: a series for each pair of racks, 576 at most. */
final class TrafficSeries {
    private static final int RACKS_MAX = 24;

    private TrafficSeries() {}

    static void add(MetricFamilies out, String supernode, TrafficBook.Sums sums, RunInfo info) {
        int racks = info.racks();
        if (sums.bytes().isEmpty() || racks == 0 || racks > RACKS_MAX) {
            return;
        }
        TrafficMatrix matrix = TrafficMatrix.ofRacks(sums, info, racks);
        out.add(Metric.BUS_PLACED, matrix.placedShare(), supernode);
        for (int from = 0; from < racks; from++) {
            for (int to = 0; to < racks; to++) {
                out.add(
                        Metric.RACK_BUS_BYTES,
                        matrix.bytes(from, to),
                        supernode,
                        String.format("%02d", from),
                        String.format("%02d", to));
            }
        }
    }
}
