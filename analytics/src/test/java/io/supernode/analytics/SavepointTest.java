package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.window.Scope;
import io.supernode.window.WindowKey;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopped with a savepoint and gone on with: on other subtasks, in another state backend, in a later version. */
@Timeout(90)
class SavepointTest {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    @TempDir
    Path folder;

    private static JobOptions options(int parallelism, int readers) {
        return JobOptions.of("in-memory:0")
                .withParallelism(parallelism, readers)
                .withCheckpointInterval(Duration.ZERO);
    }

    /** @param savepoint where to go on from; empty to begin */
    private static StreamExecutionEnvironment env(String backend, String savepoint) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        // the savepoint of a small job in one file, so that one can be kept as a golden file
        configuration.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
        if (!savepoint.isEmpty()) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        return StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    }

    @ParameterizedTest
    @CsvSource({"hashmap,hashmap", "rocksdb,rocksdb", "hashmap,rocksdb", "rocksdb,hashmap"})
    void fromOneSlotToTwoAndBackTheWindowsAreTheSame(String backend, String other) throws Exception {
        Telemetry telemetry = new Telemetry(3, 6, 75, 8);
        JobBench bench = new JobBench(telemetry.partitions);
        String first = bench.runUntil(0.3, options(1, 1), env(backend, ""), folder);
        String second = bench.runUntil(0.7, options(2, 2), env(other, first), folder);
        Results results = bench.run(options(1, 1), env(backend, second));

        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size());
        assertThat(results.lateEvents()).isZero();
        assertThat(results.deadLetters).isEmpty();
    }

    /** What a partition last said of time is in the frames before the savepoint; none comes after it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aPartitionThatWasReadToItsEndBeforeHoldsUpNoWindow(int readers) throws Exception {
        Telemetry telemetry = new Telemetry(5, 6, 75, 8);
        Results expected = telemetry.expected();
        JobBench bench = new JobBench(telemetry.partitions).readingAllOf(0);
        // partitions that do not end, as a broker's do not: only frames can bring the windows out
        bench.readableWhen((partition, offset) ->
                offset < telemetry.partitions.get(partition).size()
                        || bench.results.throughputWindows() == expected.throughput.size());
        String savepoint = bench.runUntil(0.95, options(1, 1), env("hashmap", ""), folder);
        Results results = bench.run(options(readers, readers), env("hashmap", savepoint));

        assertThat(results.contents()).isEqualTo(expected.contents());
        assertThat(results.deadLetters).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hashmap", "rocksdb"})
    void aStateBackendChangesNoWindow(String backend) throws Exception {
        Telemetry telemetry = new Telemetry(4, 6, 75, 8);
        Results results = new JobBench(telemetry.partitions).run(options(2, 2), env(backend, ""));

        assertThat(results.contents()).isEqualTo(telemetry.expected().contents());
        assertThat(results.deadLetters).isEmpty();
    }

    /** What the golden savepoint was taken of, at {@link #GOLDEN_SHARE} of it. */
    private static Telemetry golden() {
        return new Telemetry(11, 2, 75, 2);
    }

    private static final double GOLDEN_SHARE = 0.4;

    /**
     * Savepoints of earlier versions, for ever: {@code savepoint-v1.gz} of the first that had one, with every window as
     * bytes; {@code savepoint-v2.gz} of the first that kept open windows as objects and judged supernodes; {@code
     * savepoint-v3.gz} of the first that had windows of racks and operations; {@code savepoint-v4.gz} of the first that knew how
     * long transfers of any size took; {@code savepoint-v5.gz} of the first that kept the time of partitions. What was
     * stored by then came out then: here come the windows that were still open, and those that nobody had begun. Racks
     * and operations of windows that were begun without them would be half told, and are not.
     */
    @ParameterizedTest
    @CsvSource({
        "savepoint-v1.gz, 0, 0",
        "savepoint-v2.gz, 0, 0",
        "savepoint-v3.gz, 1, 5",
        "savepoint-v4.gz, 1, 5",
        "savepoint-v5.gz, 1, 5"
    })
    void theStateOfEarlierVersionsStillRestores(String savepoint, long racks, long operations) throws Exception {
        try (GZIPInputStream in = new GZIPInputStream(getClass().getResourceAsStream(savepoint))) {
            Files.copy(in, folder.resolve("_metadata"), StandardCopyOption.REPLACE_EXISTING);
        }
        Telemetry telemetry = golden();
        Results results = new JobBench(telemetry.partitions)
                .run(options(2, 2), env("hashmap", folder.toUri().toString()));

        Map<String, String> expected = new HashMap<>(telemetry.expected().contents());
        assertThat(results.contents()).isNotEmpty();
        results.contents().forEach((window, contents) -> assertThat(expected).containsEntry(window, contents));
        // 0.4 of 75 s: the windows of 60 s from 0 were half full, those of 1 s to 20 s were given by then
        Map<Scope, Long> open = results.throughput.keySet().stream()
                .filter(key -> key.startNanos() == 0 && key.lengthNanos() == 60 * Telemetry.SECOND)
                .collect(Collectors.groupingBy(WindowKey::scope, Collectors.counting()));
        assertThat(open.get(Scope.CARD)).isEqualTo(2 * Telemetry.CARDS_PER_NODE);
        assertThat(open.get(Scope.NODE)).isEqualTo(2);
        assertThat(open.get(Scope.SUPERNODE)).isEqualTo(1);
        assertThat(open.getOrDefault(Scope.RACK, 0L)).isEqualTo(racks);
        assertThat(open.getOrDefault(Scope.OPERATION, 0L)).isEqualTo(operations);
        // what nobody had begun has all of its parts
        assertThat(results.throughput.keySet())
                .filteredOn(key -> key.startNanos() == 60 * Telemetry.SECOND && key.scope() == Scope.RACK)
                .isNotEmpty();
        assertThat(results.throughput.keySet())
                .noneMatch(key -> key.startNanos() < 20 * Telemetry.SECOND && key.lengthNanos() == Telemetry.SECOND);
        assertThat(results.deadLetters).isEmpty();
    }

    /** Writes a golden file, when the state changes so that a new one is to be kept: {@code -Dsavepoint.golden=FILE.gz}. */
    @Test
    void aSavepointIsOneFileThatCanBeKept() throws Exception {
        String savepoint =
                new JobBench(golden().partitions).runUntil(GOLDEN_SHARE, options(1, 1), env("hashmap", ""), folder);
        Path metadata = Path.of(URI.create(savepoint)).resolve("_metadata");

        assertThat(metadata).isRegularFile();
        try (var files = Files.list(metadata.getParent())) {
            assertThat(files).hasSize(1);
        }
        String keep = System.getProperty("savepoint.golden", "");
        if (!keep.isEmpty()) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(Path.of(keep)))) {
                Files.copy(metadata, out);
            }
        }
    }
}
