package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.machine.Collective;
import io.supernode.window.LatencyMetric;
import io.supernode.window.TrafficWindow;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a scrape and a state of one full supernode cost: every card, node, rack, pair of racks and operation. */
class ScrapeCostTest {
    private static final int CARDS = 384;
    /** At most this is wanted on a quiet machine; a build is none, so that the test allows it four times. */
    private static final long WANTED_MILLIS = 50;

    private static final int BYTES_MAX = 1_200_000;

    private static RunInfo cloudMatrix() {
        return new RunInfo("s", "m", "w", CARDS, 8, 4, 4, 7, 1e15, Optional.of(Collective.DIRECT), List.of());
    }

    private static TrafficWindow traffic() {
        int[] cards = IntStream.range(0, 4 * CARDS).map(i -> i / 4).toArray();
        // two transfers, a collective of the node and one over all nodes, from each card
        int[] ops = IntStream.range(0, 4 * CARDS)
                .map(i -> (i % 4 < 2 ? BusOp.SEND : BusOp.ALL_REDUCE).ordinal())
                .toArray();
        int[] groups = IntStream.range(0, 4 * CARDS)
                .map(i -> i % 4 == 2 ? i / 32 : i % 4 == 3 ? 1000 + i / 4 % 8 : 0)
                .toArray();
        int[] sizes = IntStream.range(0, 4 * CARDS)
                .map(i -> i % 4 == 2 ? 8 : i % 4 == 3 ? 48 : 2)
                .toArray();
        int[] peers = IntStream.range(0, 4 * CARDS)
                .map(i -> i % 4 == 0 ? (i / 4 + 24) % CARDS : i % 4 == 1 ? (i / 4 + CARDS - 24) % CARDS : -1)
                .toArray();
        long[] sent = new long[4 * CARDS];
        Arrays.fill(sent, 1_000_000_000L);
        return new TrafficWindow(
                Telemetry.RUN, 0, Telemetry.ORIGIN, 0, WindowStore.SECOND, 0, cards, ops, groups, sizes, peers, sent);
    }

    @Test
    void aScrapeOfAFullSupernodeIsSmallAndSoonThere() throws Exception {
        try (Exporter exporter = Exporter.start(
                ExporterOptions.withoutKafka().listen("127.0.0.1:0").info(cloudMatrix()))) {
            Telemetry telemetry = Telemetry.of(3, CARDS, 12);
            for (int card = 0; card < CARDS; card++) {
                for (LatencyMetric op : List.of(
                        LatencyMetric.ALL_GATHER,
                        LatencyMetric.REDUCE_SCATTER,
                        LatencyMetric.SEND,
                        LatencyMetric.RECEIVE)) {
                    telemetry.bus(card, 3, op, 1_000_000 + card, 1_000_000);
                }
                telemetry.sample(card, 3).step(card, 4, 2_000_000_000L, 100);
                exporter.store().gauges().take(Telemetry.RUN, 0, GaugeBookTest.sample(card, 11, 61_500), 0);
            }
            telemetry.fire().into(exporter.store());
            exporter.store().traffic().take(traffic());
            for (String path : List.of("/metrics", "/api/v1/state")) {
                int bytes = 0;
                long best = Long.MAX_VALUE;
                for (int i = 0; i < 60; i++) {
                    long from = System.nanoTime();
                    bytes = get(exporter, path).length;
                    best = Math.min(best, System.nanoTime() - from);
                }
                System.out.printf("%s of %d cards: %,d bytes, %.1f ms%n", path, CARDS, bytes, best / 1e6);
                assertThat(bytes).as("bytes of %s", path).isBetween(10_000, BYTES_MAX);
                assertThat(best / 1_000_000)
                        .as("milliseconds of the best of 60 times %s", path)
                        .isLessThanOrEqualTo(4 * WANTED_MILLIS);
            }
            assertThat(new String(get(exporter, "/metrics")))
                    .contains("supernode_rack_bus_sent_bytes_total{supernode=\"0\",src_rack=\"00\",dst_rack=\"11\"")
                    .contains("supernode_bus_placed_ratio{supernode=\"0\",} 1.0");
        }
    }

    private static byte[] get(Exporter exporter, String path) throws Exception {
        URI at = URI.create("http://127.0.0.1:" + exporter.address().getPort() + path);
        try (InputStream in = at.toURL().openStream()) {
            return in.readAllBytes();
        }
    }
}
