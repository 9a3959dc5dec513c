package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.app.stack.EmbeddedBroker;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's process, job manager and task manager in one, is killed in the middle of a replay, as often as
 * {@code -Dkills} says (2), and goes on from its newest checkpoint: nothing is lost and nothing counts twice.
 */
@Tag("slow")
class KilledJobIT {
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aKilledJobGoesOnFromItsCheckpoint() throws Exception {
        Path data = folder.resolve("job");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
                KafkaEdge edge = KafkaEdge.connect(KafkaSettings.at(broker.address()))) {
            edge.topics(1).create();
            try (Books books = new Books(broker.address());
                    Running replay = Supernode.start(
                            folder,
                            "replay",
                            "--kafka",
                            broker.address(),
                            "--cards",
                            "0-63",
                            "--speed",
                            "2x",
                            "--duration",
                            (20 + 16 * KILLS) + "s",
                            "--report",
                            "r.json",
                            "--quiet")) {
                String checkpoint = "";
                for (int kill = 0; kill <= KILLS; kill++) {
                    try (Running job = JobProcess.start(folder, broker.address(), data, checkpoint)) {
                        if (kill < KILLS) {
                            String before = checkpoint;
                            job.until("a checkpoint", LIMIT, () -> isNew(before, newestCheckpoint(data)));
                            // some way behind it, so that frames are read again and windows written again
                            TimeUnit.MILLISECONDS.sleep(700);
                        } else {
                            assertThat(replay.await(LIMIT.plusSeconds(10L * KILLS))
                                            .exitCode())
                                    .as(replay::toString)
                                    .isZero();
                            books.mustBalance(
                                    KILLS + " kills of the job", Supernode.parse(folder.resolve("r.json")), LIMIT);
                        }
                    } // SIGKILL
                    checkpoint = newestCheckpoint(data).orElseThrow();
                }
                assertThat(books.putAside("duplicate")).isZero();
                assertThat(books.putAside("gap")).isZero();
                assertThat(books.putAside("late")).isZero();
            }
        }
    }

    private static boolean isNew(String before, Optional<String> now) {
        return now.isPresent() && !now.get().equals(before);
    }

    /** The one that was complete last: only a complete one has its metadata. */
    private static Optional<String> newestCheckpoint(Path data) {
        Path checkpoints = data.resolve("checkpoints");
        if (!Files.isDirectory(checkpoints)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(checkpoints, 3)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .map(file -> file.getParent().toUri().toString());
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // one that was superseded went away while we looked
        }
    }
}
