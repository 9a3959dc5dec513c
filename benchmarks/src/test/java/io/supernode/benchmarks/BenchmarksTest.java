package io.supernode.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.supernode.event.EventKind;
import io.supernode.scenario.Scenario;
import io.supernode.window.WindowKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.infra.Blackhole;

/** That the benchmarks still run and count right; not how fast anything is. */
class BenchmarksTest {
    @Test
    void everyArmDoesAllOfItsWork() throws Exception {
        Results results = PipelineBenchmark.run("--rounds", "1", "--frames-seconds", "3", "--single-seconds", "1");

        JsonNode json = new ObjectMapper().readTree(results.json());
        assertThat(json.path("arms")).hasSize(16);
        long frames = events(json, "engine-frames");
        assertThat(frames).isPositive();
        for (String arm : List.of(
                "model-frames", "raw-frames", "source-frames", "job-frames", "job-frames-undiagnosed", "whole")) {
            assertThat(events(json, arm)).as(arm).isEqualTo(frames);
        }
        long single = events(json, "engine-single");
        assertThat(single).isPositive().isLessThan(frames);
        for (String arm : List.of("model-single", "raw-single", "source-single", "job-single", "textbook")) {
            assertThat(events(json, arm)).as(arm).isEqualTo(single);
        }
        assertThat(results.table()).contains("engine-frames", "engine over raw loop, frames");
    }

    private static long events(JsonNode json, String arm) {
        for (JsonNode one : json.path("arms")) {
            if (one.path("name").asText().equals(arm)) {
                return one.path("rounds").get(0).path("events").asLong();
            }
        }
        throw new AssertionError("no arm " + arm);
    }

    @Test
    void theTextbookHasTheSameWindows(@TempDir Path folder) throws Exception {
        // as short as it is, waits go over the bounds of seconds, and frames of the real job hold many events
        Workbench bench = new Workbench(12_000_000_000L);
        Recording recording = bench.record(0);
        try (Cluster cluster = Cluster.start(folder, 1)) {
            KeptWindows.reset();
            new JobArm("kept", cluster, recording).run(new KeptWindows());
            Map<WindowKey, String> ours = KeptWindows.all();
            KeptWindows.reset();
            new TextbookArm(cluster, recording, bench.cardsPerNode(), bench.nodesPerRack()).run(new KeptWindows());

            assertThat(ours).hasSizeGreaterThan(384 * 12);
            Map<WindowKey, String> theirs = KeptWindows.all();
            assertThat(theirs.keySet()).isEqualTo(ours.keySet());
            assertThat(ours.keySet())
                    .allSatisfy(key -> assertThat(theirs.get(key)).isEqualTo(ours.get(key)));
        }
    }

    @Test
    void anArgumentThatIsNotKnownIsNamed() {
        assertThatThrownBy(() -> PipelineBenchmark.run("--round", "3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--round");
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        Figures figures = Figures.of(List.of(4.0, 1.0, 3.0, 2.0), Double::doubleValue);

        assertThat(figures).isEqualTo(new Figures(2.5, 1.0, 4.0));
    }

    @Test
    void aRatioIsTakenRoundByRound() {
        // a round that was disturbed as a whole (5 and 10) says as much as one that was not (10 and 20)
        Figures ratio = Figures.ofRatios(new double[] {10, 5, 9}, new double[] {20, 10, 20});

        assertThat(ratio.median()).isCloseTo(0.5, within(1e-12));
        assertThat(ratio.low()).isCloseTo(0.45, within(1e-12));
    }

    @Test
    void modelAndEncodingCountTheEventsOfTheirRun() {
        Scenario scenario = Scenario.of(
                "deepseek-r1-decode", Map.of("granularity", "operation", "machine.cards", "16", "decode.cards", "16"));

        ModelBenchmark.Row row = ModelBenchmark.measure("decode", scenario, 50_000, 2);

        assertThat(row.events()).isBetween(90_000L, 120_000L); // whole slices
        // each event is in a frame: numbers of up to five bytes
        assertThat(row.frameBytes()).isBetween(10 * row.events(), 60 * row.events());
        assertThat(row.allocatedBytes()).isGreaterThan(row.frameBytes());
        assertThat(row.median()).isPositive().isLessThanOrEqualTo(row.best());
        // no object an event: the smallest has 16 bytes
        assertThat(row.bytesPerEvent()).isLessThan(16);
    }

    @Test
    void theKernelsRunOnWhatTheEngineSends() throws Exception {
        KernelBenchmark kernels = new KernelBenchmark();
        kernels.kind = EventKind.COMPUTE;
        kernels.eventsPerFrame = 0;
        kernels.record();
        Blackhole blackhole = new Blackhole(
                "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");

        kernels.encode(blackhole);
        kernels.decode(blackhole);
        kernels.fold(blackhole);
    }
}
