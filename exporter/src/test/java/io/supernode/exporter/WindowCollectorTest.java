package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.window.LatencyMetric;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WindowCollectorTest {
    private static final long SECOND = Telemetry.SECOND;

    private final AtomicLong wall = new AtomicLong();
    private final WindowStore store = new WindowStore(wall::get);

    @Test
    void nanosecondsBecomeSecondsAndMegaflopsBecomeOperations() {
        new Telemetry()
                .compute(9, 0, SECOND / 4, 100)
                .bus(9, 1, LatencyMetric.ALL_TO_ALL, SECOND / 5, 3_000_000)
                .step(9, 1, 2 * SECOND, 100)
                .request(9, 1, 30, 40, SECOND / 2, SECOND / 50)
                .fire()
                .into(store);
        Scrape scrape = Scrape.of(store, new RunInfo("s", "m", "w", 384, 8, 4, 1e12));

        String card = "{supernode=\"0\",node=\"01\",card=\"009\"}";
        assertThat(scrape.value("supernode_card_tokens_total" + card)).isEqualTo(100);
        assertThat(scrape.value("supernode_card_flops_total" + card)).isEqualTo(1e11);
        assertThat(scrape.value("supernode_card_compute_seconds_total" + card)).isEqualTo(0.25);
        // a quarter of 0.2 s is wait
        assertThat(scrape.value("supernode_card_bus_wait_seconds_total" + card)).isEqualTo(0.05);
        assertThat(scrape.value("supernode_card_bus_transit_seconds_total" + card))
                .isCloseTo(0.15, within(1e-12));
        // 0.25 s of a window of 10 s; the node has one card that reports
        assertThat(scrape.value("supernode_card_utilization_ratio" + card)).isEqualTo(0.025);
        assertThat(scrape.value("supernode_node_utilization_ratio{supernode=\"0\",node=\"01\"}"))
                .isEqualTo(0.025);
        assertThat(scrape.value("supernode_card_step_seconds" + card)).isEqualTo(2);
        assertThat(scrape.value("supernode_tokens_per_second_per_card{supernode=\"0\"}"))
                .isEqualTo(50);
        // 10^11 operations in 2 s of a card that can do 2 x 10^12
        assertThat(scrape.value("supernode_model_flops_utilization_ratio{supernode=\"0\"}"))
                .isEqualTo(0.05);
        assertThat(scrape.value("supernode_requests_total{supernode=\"0\"}")).isEqualTo(1);
        assertThat(scrape.value("supernode_bus_duration_seconds_count{supernode=\"0\",op=\"all_to_all\"}"))
                .isEqualTo(1);
        assertThat(scrape.value("supernode_event_seconds_total{supernode=\"0\"}"))
                .isEqualTo(2);
        assertThat(scrape.value("supernode_latency_p99_seconds{supernode=\"0\",metric=\"time_to_first_token\"}"))
                .isCloseTo(0.5, within(0.005));
        assertThat(scrape.value(
                        "supernode_run_info{run=\"7\",supernode=\"0\",scenario=\"s\",machine=\"m\",workload=\"w\"}"))
                .isEqualTo(1);
    }

    @Test
    void histogramBoundsAreExact() {
        long bound = 1L << 20;
        Telemetry telemetry = new Telemetry();
        for (long nanos : new long[] {0, 1, 1023, 1024, bound - 1, bound, 1L << 40}) {
            telemetry.step(0, 0, nanos, 0);
        }
        telemetry.fire().into(store);
        Scrape scrape = Scrape.of(store);

        String bucket = "supernode_step_duration_seconds_bucket{supernode=\"0\",le=\"%s\"}";
        // whole nanoseconds below 1,024: 0, 1 and 1023
        assertThat(scrape.value(bucket.formatted("1.024E-6"))).isEqualTo(3);
        assertThat(scrape.value(bucket.formatted("0.001048576"))).isEqualTo(5);
        assertThat(scrape.value(bucket.formatted("137.438953472"))).isEqualTo(6);
        assertThat(scrape.value(bucket.formatted("+Inf"))).isEqualTo(7);
        assertThat(scrape.value("supernode_step_duration_seconds_count{supernode=\"0\"}"))
                .isEqualTo(7);
    }

    @Test
    void aCardThatFallsSilentIsDroppedAfterThreeWindows() {
        Telemetry telemetry = new Telemetry();
        for (int second = 0; second < 45; second++) {
            telemetry.compute(0, second, SECOND / 2, 1);
            if (second < 10) {
                telemetry.compute(5, second, SECOND / 2, 1);
            }
        }
        telemetry.fire();
        // the last window of card 5 ended at 10 s: it is shown until the others have come past 40 s
        telemetry.throughput().stream().filter(w -> w.endNanos() <= 40 * SECOND).forEach(store::accept);
        assertThat(Scrape.of(store).count("supernode_card_tokens_total{")).isEqualTo(2);

        telemetry.into(store);
        Scrape scrape = Scrape.of(store);
        assertThat(scrape.count("supernode_card_tokens_total{")).isEqualTo(1);
        assertThat(scrape.text()).doesNotContain("card=\"005\"");
        assertThat(scrape.value("supernode_cards_reporting{supernode=\"0\"}")).isEqualTo(1);
        // what it did stays counted
        assertThat(scrape.value("supernode_tokens_total{supernode=\"0\"}")).isEqualTo(55);
    }

    @Test
    void aWindowWithoutAllItsSamplesIsMarkedAsIncomplete() {
        RunInfo sixteen = new RunInfo("s", "m", "w", 16, 8, 4, 0);
        String completeness = "supernode_window_completeness_ratio{supernode=\"0\"}";
        Telemetry telemetry = Telemetry.of(1, 12, 10);
        telemetry.fire().into(store);
        // without samples the cards that report count: 12 of 16
        assertThat(Scrape.of(store, sixteen).value(completeness)).isEqualTo(0.75);
        assertThat(Scrape.of(store).count("supernode_window_completeness_ratio"))
                .as("nobody says how many cards there are")
                .isZero();

        for (int second = 0; second < 10; second++) {
            for (int card = 0; card < 16; card++) {
                // card 3 says nothing for two seconds of the window of 10 s
                if (card != 3 || second > 1) {
                    telemetry.sample(card, second);
                }
            }
        }
        telemetry.fire().into(store);
        assertThat(Scrape.of(store, sixteen).value(completeness)).isEqualTo(158 / 160.0);

        // what comes late completes it, by a higher revision
        telemetry.sample(3, 0).sample(3, 1).fire().into(store);
        assertThat(Scrape.of(store, sixteen).value(completeness)).isEqualTo(1);
    }

    @Test
    void aRacksPercentileIsOfAllItsEventsNotOfItsNodesPercentiles() {
        // two nodes to a rack: one of 98 short events, one of two long ones
        RunInfo pairs = new RunInfo("s", "m", "w", 32, 8, 2, 0);
        Telemetry telemetry = new Telemetry().nodesPerRack(2);
        for (int i = 0; i < 98; i++) {
            telemetry.compute(0, i % 10, SECOND / 100, 1);
        }
        telemetry.compute(8, 3, SECOND / 2, 1).compute(8, 4, SECOND / 2, 1);
        telemetry.compute(16, 3, SECOND / 4, 1);
        telemetry.fire().into(store);
        Scrape scrape = Scrape.of(store, pairs);

        String p99 = "supernode_rack_latency_p99_seconds{supernode=\"0\",rack=\"%s\",metric=\"compute\"}";
        // rank 99 of 100 is the first of the long ones; the mean of the nodes' percentiles would be 0.255 s
        assertThat(scrape.value(p99.formatted("00"))).isCloseTo(0.5, within(0.005));
        assertThat(scrape.value(p99.formatted("01"))).isCloseTo(0.25, within(0.0025));
        // three cards of the first rack report: 98 x 10 ms and 2 x 500 ms on two of them, in 10 s
        assertThat(scrape.value("supernode_rack_utilization_ratio{supernode=\"0\",rack=\"00\"}"))
                .isCloseTo((0.98 + 1.0) / 2 / 10, within(1e-9));
        assertThat(scrape.value("supernode_rack_utilization_ratio{supernode=\"0\",rack=\"01\"}"))
                .isCloseTo(0.25 / 10, within(1e-9));
    }

    @Test
    void anOperationHasItsBytesAndTimes() {
        Telemetry telemetry = Telemetry.of(1, 2, 5);
        telemetry.bus(0, 0, LatencyMetric.SEND, 400_000_000, 70).bus(9, 1, LatencyMetric.SEND, 800_000_000, 90);
        telemetry.fire().into(store);
        Scrape scrape = Scrape.of(store, RunInfo.unknown());

        assertThat(scrape.value("supernode_operation_sent_bytes_total{supernode=\"0\",op=\"send\"}"))
                .isEqualTo(160);
        // a quarter of it is waiting
        assertThat(scrape.value("supernode_operation_wait_seconds_total{supernode=\"0\",op=\"send\"}"))
                .isCloseTo(0.3, within(1e-9));
        assertThat(scrape.value("supernode_operation_transit_seconds_total{supernode=\"0\",op=\"send\"}"))
                .isCloseTo(0.9, within(1e-9));
        assertThat(scrape.value("supernode_operation_sent_bytes_total{supernode=\"0\",op=\"all_reduce\"}"))
                .isEqualTo(10 * 1_000_000);
    }

    @Test
    void aPlaneIsToldByTheLinksThatSamplesMiss() {
        RunInfo sevenPlanes =
                new RunInfo("s", "m", "w", 16, 8, 4, 1, 7, 0, java.util.Optional.empty(), java.util.List.of());
        Telemetry telemetry = Telemetry.of(1, 16, 12);
        telemetry.fire().into(store);
        assertThat(Scrape.of(store, sevenPlanes).count("supernode_plane_down_seconds_total"))
                .as("nobody tells of links")
                .isZero();

        telemetry
                .sample(1, 3)
                .sampleWithoutPlane(2, 3, 5)
                .sampleWithoutPlane(2, 4, 5)
                .sampleWithoutPlane(3, 4, 5);
        telemetry.fire().into(store);
        Scrape scrape = Scrape.of(store, sevenPlanes);
        String down = "supernode_plane_down_seconds_total{supernode=\"0\",plane=\"%d\"}";
        assertThat(scrape.value(down.formatted(5))).isEqualTo(3);
        assertThat(scrape.value(down.formatted(0))).as("sampled, and up").isZero();
        assertThat(scrape.count("supernode_plane_down_seconds_total")).isEqualTo(7);
    }

    @Test
    void gaugesAreToldOfCardsThatTellThem() {
        Telemetry.of(1, 2, 12).fire().into(store);
        assertThat(Scrape.of(store).count("supernode_card_temperature_celsius")).isZero();

        store.gauges().take(Telemetry.RUN, 0, GaugeBookTest.sample(1, 11, 61_500), 0);
        Scrape scrape = Scrape.of(store);
        String card = "{supernode=\"0\",node=\"00\",card=\"001\"}";
        assertThat(scrape.value("supernode_card_temperature_celsius" + card)).isEqualTo(61.5);
        assertThat(scrape.value("supernode_card_clock_hertz" + card)).isEqualTo(1.8e9);
        assertThat(scrape.value("supernode_card_hbm_used_bytes" + card)).isEqualTo(48e9);
        assertThat(scrape.count("supernode_card_temperature_celsius")).isEqualTo(1);
    }

    @Test
    void howOldTheNewestWindowIsIsToldAsOfItsComing() {
        Telemetry.of(1, 2, 12).fire().into(store);
        ReaderState reader = new ReaderState(null);
        assertThat(Scrape.of(store, RunInfo.unknown(), reader).count("supernode_watermark_lag"))
                .as("no window has come from a broker")
                .isZero();

        // the newest window ends 12 s after the origin and comes 1.25 s later
        reader.windowAt(Telemetry.ORIGIN / 1_000_000 + 13_250);
        assertThat(Scrape.of(store, RunInfo.unknown(), reader)
                        .value("supernode_watermark_lag_seconds{supernode=\"0\"}"))
                .isCloseTo(1.25, within(1e-6));
    }

    @Test
    void anAnomalyIsActiveUntilItEndsAndCountedForEver() {
        Telemetry.of(1, 8, 12).fire().into(store);
        String series = "supernode_anomaly_active{supernode=\"0\",anomaly=\"0\",kind=\"slow_card\","
                + "cause=\"low_clock\",card=\"017\",stage=\"0\"}";
        String count = "supernode_anomalies_total{supernode=\"0\",kind=\"slow_card\"}";
        assertThat(Scrape.of(store).value(count)).isZero();

        store.anomalies().take(AnomalyBookTest.slowCard(0, 0, 17, 2, -1));
        Scrape scrape = Scrape.of(store);
        assertThat(scrape.value(series)).isEqualTo(1);
        assertThat(scrape.value("supernode_anomaly_severity_ratio{supernode=\"0\",kind=\"slow_card\"}"))
                .isEqualTo(1.5);
        assertThat(scrape.value(count)).isEqualTo(1);
        // without a truth there is nothing to score against
        assertThat(scrape.count("supernode_detection_")).isZero();

        store.anomalies().take(AnomalyBookTest.slowCard(0, 1, 17, 2, 9));
        scrape = Scrape.of(store);
        assertThat(scrape.count("supernode_anomaly_active")).isZero();
        assertThat(scrape.value(count)).isEqualTo(1);
    }

    @Test
    void aStreamThatStopsLeavesNoSeriesBehind() {
        Telemetry.of(1, 8, 12).fire().into(store);
        wall.set(30 * SECOND);
        assertThat(Scrape.of(store).count("supernode_card_")).isPositive();

        wall.set(30 * SECOND + 1);
        Scrape scrape = Scrape.of(store);
        assertThat(scrape.values().keySet()).allMatch(series -> series.startsWith("supernode_exporter_"));
        assertThat(store.figures(Telemetry.RUN)).isPresent();

        // and a window brings them back
        Telemetry.of(1, 8, 13).fire().into(store);
        assertThat(Scrape.of(store).count("supernode_card_")).isPositive();
    }

    @Test
    void aSlowReplayIsNotTakenForSilence() {
        // at a fiftieth of the speed a window comes each 50 s
        Telemetry telemetry = Telemetry.of(1, 1, 3).fire();
        for (int second = 0; second < 3; second++) {
            long end = (second + 1) * SECOND;
            wall.set(second * 50 * SECOND);
            telemetry.throughput().stream().filter(w -> w.endNanos() == end).forEach(store::accept);
        }
        wall.set(149 * SECOND);
        assertThat(Scrape.of(store).count("supernode_card_tokens_total{")).isEqualTo(1);
    }

    @Test
    void aWholeSupernodeStaysBelow8500Series() {
        // every metric, every operation, training and serving at once: more than any one workload has
        Telemetry telemetry = new Telemetry();
        for (int card = 0; card < 384; card++) {
            telemetry.compute(card, 0, SECOND / 2, 1).step(card, 0, SECOND, 1).request(card, 0, 1, 1, SECOND, SECOND);
            for (LatencyMetric op : LatencyMetric.values()) {
                if (op.isBusOperation()) {
                    telemetry.bus(card, 0, op, SECOND / 100, 1);
                }
            }
        }
        telemetry.fire().into(store);
        Scrape scrape = Scrape.of(store, new RunInfo("s", "m", "w", 384, 8, 4, 1e12));

        assertThat(scrape.values()).hasSizeBetween(7_500, 8_500);
        assertThat(scrape.count("supernode_card_")).isEqualTo(384 * 17 + 1);
        assertThat(scrape.text().length()).isLessThan(1_200_000);
    }

    @Test
    void everyCardHasAPlaceOfItsOwn() {
        // 12 racks of 4 nodes in two rows: 24 columns, 16 rows
        RunInfo info = new RunInfo("s", "m", "w", 384, 8, 4, 1e12);
        Set<String> places = new HashSet<>();
        for (int card = 0; card < 384; card++) {
            FloorPlace place = FloorPlace.of(card, info);
            assertThat(place.x()).isBetween(0, 23);
            assertThat(place.y()).isBetween(0, 15);
            places.add(place.x() + "," + place.y());
        }
        assertThat(places).hasSize(384);
        // node 24 is the first of rack 6, which is the first behind the others
        assertThat(FloorPlace.of(24 * 8 + 3, info)).isEqualTo(new FloorPlace(24, 6, 3, 0, 11));

        new Telemetry().compute(24 * 8 + 3, 0, SECOND / 2, 1).fire().into(store);
        assertThat(Scrape.of(store, info)
                        .value("supernode_card_info{supernode=\"0\",node=\"24\",card=\"195\",rack=\"06\",slot=\"3\","
                                + "x=\"00\",y=\"11\"}"))
                .isEqualTo(1);
    }

    @Test
    void everySampleIsDeclaredWithHelpAndType() {
        Telemetry.of(1, 16, 12).step(0, 3, SECOND, 1).fire().into(store);
        Scrape scrape = Scrape.of(store);

        assertThat(scrape.values().keySet()).allSatisfy(series -> {
            String name = series.replaceAll("\\{.*", "");
            assertThat(MetricCatalogue.seriesNames()).contains(name);
            String family = name.replaceAll("_(bucket|sum|count)$", "");
            assertThat(scrape.lines()).anyMatch(line -> line.startsWith("# HELP " + family + " "));
            assertThat(scrape.lines()).anyMatch(line -> line.startsWith("# TYPE " + family + " "));
        });
    }
}
