package io.supernode.replay;

import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a recording whose writer was killed, and whether two recordings are equal. */
class TraceRepairTest {
    @TempDir
    Path folder;

    private final EventBatch events = Events.random(5, 20_000, 32, 20 * SECOND);

    private Path trace(String name, EventBatch of) throws IOException {
        Path file = folder.resolve(name);
        try (TraceWriter writer =
                TraceWriter.create(file, TraceMetadata.of("supernode", 7).with("run", "1"))) {
            writer.addEvents(new ListSource(of, SECOND), 8);
        }
        return file;
    }

    @Test
    void whatWasFlushedBeforeTheKillIsAllThere() throws IOException {
        Path file = folder.resolve("killed.avro");
        Path left = folder.resolve("left");
        TraceWriter writer = TraceWriter.create(file, TraceMetadata.of("supernode", 7));
        writer.addEvents(new ListSource(events, SECOND), 8);
        writer.flush();
        long records = writer.records();
        Files.copy(writer.part(), left); // as a kill would leave it: neither closed nor renamed
        writer.abandon();
        writer.close();

        assertThatThrownBy(() -> TraceReader.open(left)).hasMessageContaining("not finished");
        TraceRepair repair = TraceRepair.repair(left, file);
        assertThat(repair).isEqualTo(new TraceRepair(records, Files.size(left), 0, ""));
        assertThat(TraceSummary.of(file, false).digest())
                .isEqualTo(TraceSummary.of(trace("whole.avro", events), false).digest());
    }

    @Test
    void cutAnywhereItKeepsWhatIsWholeBeforeTheCut() throws IOException {
        byte[] whole = Files.readAllBytes(trace("whole.avro", events));
        long all = TraceSummary.of(folder.resolve("whole.avro"), false).records();
        List<Long> kept = new ArrayList<>();
        for (int eighth = 1; eighth < 8; eighth++) {
            Path cut = Files.write(
                    folder.resolve("cut" + eighth), Arrays.copyOf(whole, (int) ((long) whole.length * eighth / 8)));
            Path repaired = folder.resolve("repaired" + eighth);
            TraceRepair repair = TraceRepair.repair(cut, repaired);
            kept.add(repair.records());
            assertThat(TraceSummary.of(repaired, false).records()).isEqualTo(repair.records());
            assertThat(repair.keptBytes() + repair.lostBytes()).isEqualTo(Files.size(cut));
            assertThat(repair.problem()).contains("the file ends inside").contains(cut.toString());
        }
        assertThat(kept).isSorted();
        assertThat(kept.get(6)).isLessThan(all).isGreaterThan(all / 2);
    }

    @Test
    void whatIsNoTraceIsNotRepaired() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "not a trace");
        assertThatThrownBy(() -> TraceRepair.repair(text, folder.resolve("out")))
                .isInstanceOf(TraceFormatException.class);
        assertThat(folder.resolve("out")).doesNotExist();
        Path whole = trace("whole.avro", events);
        assertThatThrownBy(() -> TraceRepair.repair(whole, whole)).hasMessageContaining("another file");
    }

    @Test
    void theSameEventsInOtherFramesAreEqual() throws IOException {
        Path frames = trace("frames.avro", events);
        Path single = folder.resolve("single.avro");
        VirtualClock clock = new VirtualClock();
        RecordingSink sink = new RecordingSink(clock);
        new ReplayEngine(
                        ReplayOptions.of(9).speed(Speed.MAX).eventsPerFrame(1).build(),
                        new ListSource(events, SECOND / 7),
                        sink,
                        clock)
                .run();
        try (TraceWriter writer = TraceWriter.create(single, TraceMetadata.of("other", 0))) {
            for (RecordingSink.Sent frame : sink.frames()) {
                writer.addFrame(frame.kind(), frame.frame());
            }
        }
        assertThat(TraceComparison.firstDifference(frames, single)).isEmpty();
        assertThat(TraceComparison.firstDifference(frames, frames)).isEmpty();
    }

    @Test
    void theFirstDifferenceIsNamed() throws IOException {
        EventBatch other = new EventBatch();
        int[] order = events.timeOrder();
        int changed = order[7_000];
        for (int k : order) {
            other.addFrom(events, k, k == changed ? 1 : 0);
        }
        Path left = trace("left.avro", events);
        Path right = trace("right.avro", other);
        assertThat(TraceComparison.firstDifference(left, right).orElseThrow())
                .startsWith("event 7000: " + left)
                .contains(Long.toString(events.endNanos(changed) - events.durationNanos(changed)));

        EventBatch shorter = new EventBatch();
        Arrays.stream(order).limit(19_999).forEach(k -> shorter.addFrom(events, k, 0));
        assertThat(TraceComparison.firstDifference(left, trace("shorter.avro", shorter))
                        .orElseThrow())
                .startsWith("event 19999: ")
                .endsWith("has none");
    }
}
