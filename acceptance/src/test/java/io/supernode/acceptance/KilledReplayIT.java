package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The replay's process is killed twice in the middle of a run and started again with {@code --resume}: the run goes on
 * where it was, without a gap and without a frame that comes twice, and its windows are those of one that was not killed.
 */
@Tag("slow")
class KilledReplayIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aKilledReplayGoesOnWhereItWas() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
                KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.topics(1).create();
            try (Books books = new Books(broker.address());
                    Running job = JobProcess.start(folder, broker.address(), folder.resolve("job"), "")) {
                for (int kill = 1; kill <= 2; kill++) {
                    try (Running replay = replay(broker.address(), kill > 1)) {
                        long before = books.computeFrames();
                        replay.until("frames", LIMIT, () -> books.computeFrames() > before + 150);
                    } // SIGKILL
                }
                try (Running replay = replay(broker.address(), true)) {
                    assertThat(replay.await(LIMIT).exitCode())
                            .as(replay::toString)
                            .isZero();
                }
                books.mustBalance("2 kills of the replay", Supernode.parse(folder.resolve("r.json")), LIMIT);
                assertThat(job).isNotNull();
                assertThat(books.putAside("duplicate")).isZero();
                assertThat(books.putAside("gap")).isZero();
                assertThat(books.putAside("late")).isZero();
            }
        }
    }

    private Running replay(String broker, boolean resumed) {
        List<String> arguments = new ArrayList<>(Arrays.asList(
                "replay",
                "--kafka",
                broker,
                "--cards",
                "0-63",
                "--speed",
                "2x",
                "--duration",
                "24s",
                "--report",
                "r.json"));
        if (resumed) {
            arguments.add("--resume");
        }
        return Supernode.start(folder, arguments.toArray(String[]::new));
    }
}
