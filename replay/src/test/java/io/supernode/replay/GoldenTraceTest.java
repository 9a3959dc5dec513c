package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import io.supernode.serving.Request;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace that was once released is readable for ever. A new version of the format gets a file of its own beside. */
class GoldenTraceTest {
    private static final TraceMetadata METADATA =
            TraceMetadata.of("supernode", 1_700_000_000_000_000_000L).with("scenario", "golden");
    private static final List<Request> REQUESTS =
            List.of(new Request(0, 100, 6_955, 52, new int[] {46, 47, 48}), new Request(1, 2_900, 374, 44, new int[0]));

    /** Written out, not drawn: a change of some generator must not change what the file is held against. */
    private static EventBatch events() {
        EventBatch events = Events.computeAt(10, 1_000, 250_000_000, 3_000_000_000L);
        events.addBus(3, BusOp.ALL_REDUCE, Fabric.BUS, 7, 16, -1, 500, 2_500, 1_200, -1, 1L << 40, 2, 5, 1);
        events.addStep(9, 2, 0, 2_999_999_999L, 77, 4_096, 1L << 50);
        events.addRequest(4, 1, 2_900, 200_000, 900_000, 374, 44);
        return events;
    }

    @Test
    void versionOneIsRead() throws IOException, URISyntaxException {
        check(Path.of(GoldenTraceTest.class.getResource("version-1.trace").toURI()));
    }

    /** The second has an index of its blocks at its end: here of the one block that there is. */
    @Test
    void versionTwoIsRead() throws IOException, URISyntaxException {
        Path file = Path.of(GoldenTraceTest.class.getResource("version-2.trace").toURI());
        check(file);
        try (TracePartReader reader = TracePartReader.open(file)) {
            assertThat(reader.index().size()).isEqualTo(1);
            assertThat(reader.index().recordsBefore()).containsExactly(0);
        }
    }

    @Test
    void todaysIsHeldAgainstTheSame(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("today.trace");
        try (TraceWriter writer = TraceWriter.create(file, METADATA)) {
            for (Request request : REQUESTS) {
                writer.add(request);
            }
            writer.addEvents(new ListSource(events(), Events.SECOND), 8);
        }
        check(file);
        String keep = System.getProperty("golden.trace"); // how a file for a new version is made
        if (keep != null) {
            Files.copy(file, Path.of(keep));
        }
    }

    private static void check(Path file) throws IOException {
        try (TraceRequests requests = TraceRequests.open(file)) {
            assertThat(requests.metadata()).isEqualTo(METADATA);
            assertThat(requests).toIterable().containsExactlyElementsOf(REQUESTS);
        }
        EventBatch events = events();
        TraceSummary summary = TraceSummary.of(file, false);
        assertThat(summary.total().events()).isEqualTo(events.size());
        EventBatch batch = new EventBatch();
        EventBatch all = new EventBatch();
        try (TraceEvents source = TraceEvents.open(file)) {
            while (source.next(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    all.addFrom(batch, i, 0);
                }
            }
        }
        assertThat(Events.digest(all)).isEqualTo(Events.digest(events));
    }
}
