package io.supernode.exporter;

import static io.supernode.exporter.Telemetry.ORIGIN;
import static io.supernode.exporter.Telemetry.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.schemas.Topic;
import io.supernode.schemas.WindowCodec;
import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
    private static final long EVERY = 10 * SECOND;

    @TempDir
    private Path folder;

    /** At 10 s, 20 s, 30 s, 40 s and, where the window of a minute ends, 60 s. */
    @Test
    void eachMomentIsAScrapeOfWhatHadEndedByThen() throws IOException {
        Telemetry telemetry = Telemetry.of(5, 16, 35)
                .step(3, 12, 7 * SECOND, 900)
                .request(4, 20, 5, 6, SECOND, SECOND / 10)
                .fire();
        Map<Long, Map<String, Double>> moments = moments(written(telemetry, new Random(1)));

        assertThat(moments.keySet()).containsExactly(10L, 20L, 30L, 40L, 60L);
        moments.forEach((second, values) -> {
            WindowStore store = new WindowStore(() -> 0);
            telemetry.throughput().stream()
                    .filter(w -> w.endNanos() <= second * SECOND)
                    .forEach(store::accept);
            telemetry.latency().stream()
                    .filter(w -> w.endNanos() <= second * SECOND)
                    .forEach(store::accept);
            Map<String, Double> scraped = new TreeMap<>(Scrape.of(store).values());
            scraped.keySet().removeIf(series -> series.startsWith("supernode_exporter_"));
            assertThat(new TreeMap<>(values)).as("after %d s", second).isEqualTo(scraped);
        });
    }

    @Test
    void theTextDoesNotDependOnTheOrderInWhichWindowsCome() throws IOException {
        Telemetry telemetry = Telemetry.of(6, 8, 200).fire();
        String first = written(telemetry, new Random(1));
        assertThat(written(telemetry, new Random(2)).equals(first)).isTrue();
    }

    /** What OpenMetrics asks for, and a reader that takes it line by line relies on. */
    @Test
    void aFamilyAndInItASeriesIsWrittenInOnePiece() throws IOException {
        String text = written(Telemetry.of(7, 9, 90).step(1, 3, SECOND, 5).fire(), new Random(1));
        assertThat(text).endsWith("# EOF\n");
        Set<String> families = new HashSet<>();
        Set<String> groups = new HashSet<>();
        Map<String, Double> lastTime = new HashMap<>();
        String group = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                assertThat(families.add(line)).as(line).isTrue();
            }
            if (line.startsWith("#")) {
                continue;
            }
            String series = line.substring(0, line.indexOf(' '));
            String of = series.replaceAll("_(bucket|count|sum)\\b", "").replaceAll(",?le=\"[^\"]*\",?|\\{}", "");
            if (!of.equals(group)) {
                assertThat(groups.add(of)).as("begun twice: " + of).isTrue();
                group = of;
            }
            double time = Double.parseDouble(line.substring(line.lastIndexOf(' ')));
            assertThat(time).as(line).isGreaterThan(lastTime.getOrDefault(series, 0.0));
            lastTime.put(series, time);
        }
        assertThat(families).hasSizeGreaterThan(20);
        assertThat(lastTime).hasSizeGreaterThan(200);
    }

    @Test
    void whereNothingHappenedNothingIsTold() throws IOException {
        Telemetry telemetry = new Telemetry();
        telemetry
                .compute(0, 5, SECOND / 2, 10)
                .compute(0, 100_005, SECOND / 2, 10)
                .fire();
        assertThat(moments(written(telemetry, new Random(1))).keySet()).containsExactly(10L, 60L, 100_010L, 100_020L);
    }

    /** Of two partitions each, the windows of another run between them. */
    @Test
    void itIsReadFromTheTopics() throws IOException {
        Telemetry telemetry = Telemetry.of(8, 16, 300).fire();
        Telemetry other = new Telemetry(Telemetry.RUN + 1, ORIGIN + SECOND);
        other.bus(1, 1, LatencyMetric.SEND, SECOND, 77).fire();
        MockBroker broker = new MockBroker();
        broker.createTopics();
        for (Telemetry each : List.of(other, telemetry)) {
            each.throughput().stream()
                    .sorted(Comparator.comparingLong(ThroughputWindow::endNanos))
                    .forEach(w -> broker.put(Topic.THROUGHPUT, w.entity() % 2, WindowCodec.encode(w)));
            each.latency().stream()
                    .sorted(Comparator.comparingLong(LatencyWindow::endNanos))
                    .forEach(w -> broker.put(Topic.LATENCY, w.entity() % 2, WindowCodec.encode(w)));
        }
        broker.put(Topic.LATENCY, 0, new byte[] {1, 2, 3});
        Path file = folder.resolve("read.om");
        long samples = HistoryReader.write(
                Map.of("bootstrap.servers", "b:1"), settings -> broker, Telemetry.RUN, RunInfo.unknown(), EVERY, file);

        String text = Files.readString(file);
        assertThat(moments(text)).isEqualTo(moments(written(telemetry, new Random(3))));
        assertThat(text.lines().filter(line -> !line.startsWith("#"))).hasSize((int) samples);
        assertThat(broker.closed()).isTrue();
    }

    private String written(Telemetry telemetry, Random random) throws IOException {
        List<ThroughputWindow> throughput = new ArrayList<>(telemetry.throughput());
        List<LatencyWindow> latency = new ArrayList<>(telemetry.latency());
        Collections.shuffle(throughput, random);
        Collections.shuffle(latency, random);
        Path file = folder.resolve("written.om");
        try (History history = new History(RunInfo.unknown(), EVERY)) {
            throughput.forEach(history::add);
            latency.forEach(history::add);
            history.complete(random.nextInt(100) * SECOND);
            history.finish(file);
        }
        return Files.readString(file);
    }

    /** Values of all series by the second of event time. */
    private static Map<Long, Map<String, Double>> moments(String text) {
        Map<Long, List<String>> lines = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            long second = Math.round(Double.parseDouble(line.substring(space)) - ORIGIN / 1e9);
            lines.computeIfAbsent(second, s -> new ArrayList<>()).add(line.substring(0, space));
        });
        Map<Long, Map<String, Double>> moments = new TreeMap<>();
        lines.forEach((second, of) ->
                moments.put(second, Scrape.parse(String.join("\n", of)).values()));
        return moments;
    }
}
