package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.replay.TraceSummary;
import io.supernode.window.LatencySketch;
import io.supernode.window.ThroughputWindow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks the recordings' own book of truth (TRUTH.json beside them), which another program has counted: every figure of
 * every entry is either reproduced from what {@code import} and {@code info} give, or stands in {@link TruthFigures}'
 * list of what they do not speak of, with the reason. What {@code info} says, the windows of the trace say again. A new entry of a known format is tested without new code; a new
 * figure fails until it is dealt with.
 */
class RecordedTruthTest {
    /** Entries that are no recordings of a job or of requests, by the start of their names. */
    private static final Map<String, String> NOT_IMPORTED = Map.of(
            "_how", "explains the book",
            "bus/", "measurements that parameters of the model are fitted to: they hold no events in time",
            "utilisation/", "samples and distributions of gauges: no format of an import");

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("entries")
    void everyFigureIsReproducedOrItIsSaidWhyNot(String entry) throws IOException {
        Assumptions.assumeTrue(
                !entry.isEmpty(), () -> "recorded traces are not here, set -Dtraces.dir: " + truthFile());
        JsonNode truth = truth().get(entry);
        Path trace = imported(entry, "");
        TruthFigures figures = new TruthFigures(
                new ObjectMapper().readTree(run("info", trace.toString(), "--per-card", "--format", "json")),
                trace,
                entry.contains("/vllm") ? Optional.of(imported(entry, "--measured")) : Optional.empty());

        requireSameInWindows(entry, trace);
        Map<String, JsonNode> leaves = new TreeMap<>();
        collect("", truth, leaves);
        List<String> unknown = new ArrayList<>();
        int reproduced = 0;
        for (Map.Entry<String, JsonNode> leaf : leaves.entrySet()) {
            switch (figures.check(truth, leaf.getKey(), leaf.getValue())) {
                case REPRODUCED -> reproduced++;
                case NOT_SPOKEN_OF -> {
                    // listed there with its reason
                }
                case UNKNOWN -> unknown.add(leaf.getKey());
            }
        }

        assertThat(unknown)
                .as("figures of %s that nobody has dealt with", entry)
                .isEmpty();
        assertThat(reproduced).as("figures of %s that are reproduced", entry).isGreaterThanOrEqualTo(4);
    }

    @Test
    void everyEntryIsImportedOrItIsSaidWhyNot() throws IOException {
        Assumptions.assumeTrue(Files.exists(truthFile()), () -> "recorded traces are not here: " + truthFile());
        List<String> left = new ArrayList<>();
        truth().fieldNames().forEachRemaining(left::add);
        left.removeIf(name -> NOT_IMPORTED.keySet().stream().anyMatch(name::startsWith));

        assertThat(left).allSatisfy(name -> assertThat(recording(name)).exists());
    }

    static Stream<String> entries() throws IOException {
        if (!Files.exists(truthFile())) {
            return Stream.of("");
        }
        List<String> names = new ArrayList<>();
        truth().fieldNames().forEachRemaining(names::add);
        return names.stream().filter(name -> NOT_IMPORTED.keySet().stream().noneMatch(name::startsWith));
    }

    /** What {@code info} says of the events, the windows say again: events, bytes, computing, transfer and waiting. */
    private static void requireSameInWindows(String entry, Path trace) throws IOException {
        TraceSummary.Load load = TraceSummary.of(trace, false).total();
        TraceWindows windows = TraceWindows.of(trace);
        assertThat(windows.sum(ThroughputWindow::computeEvents)).isEqualTo(load.computeEvents());
        assertThat(windows.sum(ThroughputWindow::busEvents)).isEqualTo(load.busEvents());
        assertThat(windows.sum(ThroughputWindow::stepEvents)).isEqualTo(load.stepEvents());
        assertThat(windows.sum(ThroughputWindow::requestEvents)).isEqualTo(load.requestEvents());
        assertThat(windows.sum(ThroughputWindow::computeNanos)).isEqualTo(load.computeNanos());
        assertThat(windows.sum(ThroughputWindow::waitNanos)).isEqualTo(load.busWaitNanos());
        assertThat(windows.sum(ThroughputWindow::transitNanos)).isEqualTo(load.busNanos() - load.busWaitNanos());
        assertThat(windows.sum(ThroughputWindow::sentBytes)).isEqualTo(load.busBytes());
        assertThat(windows.sum(ThroughputWindow::receivedBytes)).isEqualTo(load.busReceivedBytes());
        assertThat(windows.sum(ThroughputWindow::unknownSizeEvents)).isEqualTo(load.busEventsOfUnknownSize());
        double error = windows.worstPercentileError();
        System.out.printf("%s: percentiles of all windows within %.3f %% of the exact ones%n", entry, error * 100);
        assertThat(error).as("worst relative error of a percentile").isLessThanOrEqualTo(LatencySketch.RELATIVE_ERROR);
    }

    /** An empty list or object is a leaf: it says that there is nothing. */
    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field ->
                            collect(path + (path.isEmpty() ? "" : "|") + field.getKey(), field.getValue(), leaves));
        } else if (node.isArray() && !node.isEmpty()) {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "|" + i, node.get(i), leaves);
            }
        } else {
            leaves.put(path, node);
        }
    }

    private Path imported(String entry, String option) throws IOException {
        Path trace = folder.resolve(option.isEmpty() ? "a.avro" : "b.avro");
        List<String> arguments =
                new ArrayList<>(List.of("import", recording(entry).toString(), "-o", trace.toString(), "--quiet"));
        if (!option.isEmpty()) {
            arguments.add(option);
        }
        run(arguments.toArray(String[]::new));
        return trace;
    }

    private static String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = Cli.execute(console, new Interrupt(), arguments);
        assertThat(code)
                .as("%s: %s", String.join(" ", arguments), err.toString(StandardCharsets.UTF_8))
                .isEqualTo(ExitCode.OK);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Path recording(String entry) {
        return folderOfTraces().resolve(entry.replaceFirst(" \\(all .*\\)$", ""));
    }

    private static JsonNode truth() throws IOException {
        return new ObjectMapper().readTree(truthFile().toFile());
    }

    private static Path truthFile() {
        return folderOfTraces().resolve("TRUTH.json");
    }

    private static Path folderOfTraces() {
        return Path.of(System.getProperty("traces.dir", "../../shared/traces"));
    }
}
