package io.supernode.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who sends how much to whom, over the ten seconds before the newest one that is known: between racks in the state, and
 * on request between the nodes of two racks or the cards of two nodes. Thread-safe.
 */
final class TrafficJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern ASKED =
            Pattern.compile("supernode=([0-9]{1,9})&from_(rack|node)=([0-9]{1,6})&to_\\2=([0-9]{1,6})");
    /** A picture of more has no cells that can be seen. */
    private static final int RACKS_MAX = 48;

    private final WindowStore store;
    private final RunInfo info;

    TrafficJson(WindowStore store, RunInfo info) {
        this.store = store;
        this.info = info;
    }

    /** The field {@code traffic} of a supernode; absent before any is known. */
    void writeRacks(JsonGenerator out, long run, int supernode) throws IOException {
        TrafficBook.Sums sums = recent(run, supernode);
        RunInfo info = this.info.of(supernode);
        int racks = info.racks();
        if (sums.bytes().isEmpty() || racks == 0 || racks > RACKS_MAX) {
            return;
        }
        out.writeObjectFieldStart("traffic");
        write(out, "rack", TrafficMatrix.ofRacks(sums, info, racks), sums);
        out.writeEndObject();
    }

    /**
     * {@code /api/v1/traffic}.
     *
     * @param query {@code supernode=N&from_rack=N&to_rack=N}, or with {@code node} for {@code rack}
     * @throws IllegalArgumentException when it is another
     */
    byte[] asked(String query) throws IOException {
        Matcher asked = ASKED.matcher(query);
        if (!asked.matches()) {
            throw new IllegalArgumentException(
                    "must be supernode=N&from_rack=N&to_rack=N, or supernode=N&from_node=N&to_node=N: query=" + query);
        }
        int supernode = Integer.parseInt(asked.group(1));
        int from = Integer.parseInt(asked.group(3));
        int to = Integer.parseInt(asked.group(4));
        boolean nodes = asked.group(2).equals("rack");
        RunInfo info = this.info.of(supernode);
        long run = store.live().map(LiveView::run).orElse(0L);
        TrafficBook.Sums sums = recent(run, supernode);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 12);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeNumberField("supernode", supernode);
            if (nodes) {
                write(out, "node", TrafficMatrix.ofNodes(sums, info, from, to), sums);
            } else {
                write(out, "card", TrafficMatrix.ofCards(sums, info, from, to), sums);
            }
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private TrafficBook.Sums recent(long run, int supernode) {
        TrafficBook book = store.traffic();
        return book.recent(run, supernode, book.newestEndNanos(run, supernode));
    }

    private static void write(JsonGenerator out, String level, TrafficMatrix matrix, TrafficBook.Sums sums)
            throws IOException {
        double seconds = Math.max(1, sums.nanos() / 1e9);
        out.writeStringField("level", level);
        out.writeNumberField("seconds", seconds);
        out.writeNumberField("placed", matrix.placedShare());
        out.writeNumberField("from", matrix.from().first());
        out.writeNumberField("to", matrix.to().first());
        out.writeArrayFieldStart("bytes_per_second");
        for (int i = 0; i < matrix.from().count(); i++) {
            out.writeStartArray();
            for (int k = 0; k < matrix.to().count(); k++) {
                StateJson.number(out, matrix.bytes(i, k) / seconds);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
    }
}
