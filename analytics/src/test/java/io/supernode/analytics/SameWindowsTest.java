package io.supernode.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same events give the same windows, however they travel, wherever state is kept, on one slot or two, and whether
 * the job fails on the way or not: every combination has the digest of what one thread makes of the events.
 */
@Timeout(60)
class SameWindowsTest {
    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    @ParameterizedTest(name = "{0} a record, {1} slots, {2}, {3}")
    @CsvSource({
        "frames, 1, hashmap, whole",
        "frames, 1, hashmap, failing",
        "frames, 1, rocksdb, whole",
        "frames, 1, rocksdb, failing",
        "frames, 2, hashmap, whole",
        "frames, 2, hashmap, failing",
        "frames, 2, rocksdb, whole",
        "frames, 2, rocksdb, failing",
        "events, 1, hashmap, whole",
        "events, 1, hashmap, failing",
        "events, 1, rocksdb, whole",
        "events, 1, rocksdb, failing",
        "events, 2, hashmap, whole",
        "events, 2, hashmap, failing",
        "events, 2, rocksdb, whole",
        "events, 2, rocksdb, failing"
    })
    void everyWayGivesTheSameDigest(String travelling, int slots, String backend, String course) throws Exception {
        int eventsPerFrame = travelling.equals("events") ? 1 : Integer.MAX_VALUE;
        Telemetry telemetry = new Telemetry(12, 4, 65, 6, eventsPerFrame);
        JobBench bench = new JobBench(telemetry.partitions);
        JobOptions options =
                JobOptions.of("in-memory:0").withParallelism(slots, slots).withCheckpointInterval(Duration.ZERO);
        boolean failing = course.equals("failing");
        if (failing) {
            bench = bench.failingOnceAfter(telemetry.partitions.get(0).size() / 2);
            options = options.withCheckpointInterval(Duration.ofMillis(100));
        }
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        Results results = bench.run(options, StreamExecutionEnvironment.getExecutionEnvironment(configuration));

        assertThat(bench.hasFailed()).isEqualTo(failing);
        assertThat(results.windowedEvents()).isEqualTo(telemetry.events.size());
        assertThat(results.deadLetters).isEmpty();
        assertThat(digest(results)).isEqualTo(digest(telemetry.expected()));
    }

    /** Of everything but revisions and how much came late. */
    private static String digest(Results results) {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        new TreeMap<>(results.contents())
                .forEach((key, contents) -> sha.update((key + contents).getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(sha.digest());
    }
}
