package io.supernode.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.replay.TraceEvents;
import io.supernode.replay.TraceMetadata;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frame a second, with one event that ends with it. */
class FrameRingTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    private static FrameHeader header(long second) {
        return new FrameHeader(1, 0, 0, second, 0, 0, second * SECOND, second * SECOND);
    }

    private static byte[] frame(long second) {
        EventBatch events = new EventBatch();
        events.addStep(0, (int) second, second * SECOND, 0, 0, 1, 1);
        FrameWriter writer = new FrameWriter(EventKind.STEP);
        writer.begin(second * SECOND);
        writer.append(events, 0);
        return writer.finish(header(second));
    }

    private List<Long> saved(FrameRing ring, String name) throws IOException {
        Path trace = folder.resolve(name);
        ring.save(trace, TraceMetadata.of("supernode", 0));
        List<Long> seconds = new ArrayList<>();
        try (TraceEvents events = TraceEvents.open(trace)) {
            EventBatch batch = new EventBatch();
            while (events.next(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    seconds.add(batch.endNanos(i) / SECOND);
                }
            }
        }
        return seconds;
    }

    @Test
    void theLastOfItIsKeptAndCanBeWrittenAgainAndAgain() throws IOException {
        FrameRing ring = new FrameRing(3 * SECOND, Long.MAX_VALUE);
        for (long second = 0; second < 10; second++) {
            ring.add(EventKind.STEP, header(second), frame(second));
        }
        assertThat(saved(ring, "a.avro")).containsExactly(6L, 7L, 8L, 9L);
        ring.add(EventKind.STEP, header(10), frame(10));
        assertThat(saved(ring, "b.avro")).containsExactly(7L, 8L, 9L, 10L);
        assertThat(ring.isShort()).isFalse();
    }

    @Test
    void whereMemoryDoesNotHoldItItIsShorterAndSaysSo() throws IOException {
        int bytes = frame(1).length;
        FrameRing ring = new FrameRing(60 * SECOND, 2L * bytes);
        for (long second = 1; second < 10; second++) {
            ring.add(EventKind.STEP, header(second), frame(second));
        }
        assertThat(saved(ring, "c.avro")).containsExactly(8L, 9L);
        assertThat(ring.isShort()).isTrue();
    }

    @Test
    void snapshotsAreNumberedBesideTheFile() {
        assertThat(TopicRecorder.numbered(Path.of("/tmp/run.avro"), 2)).isEqualTo(Path.of("/tmp/run-2.avro"));
        assertThat(TopicRecorder.numbered(Path.of("run"), 1)).isEqualTo(Path.of("run-1"));
    }
}
