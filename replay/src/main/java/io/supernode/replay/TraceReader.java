package io.supernode.replay;

import io.supernode.event.EventKind;
import io.supernode.schemas.TraceBlock;
import io.supernode.schemas.UnreadableException;
import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Reads a trace file record by record, in the order of the file. Memory is bounded by a block. A file that is cut
 * short, damaged or something else throws {@link TraceFormatException}; what came before has been given. Not
 * thread-safe.
 */
public final class TraceReader implements Closeable {
    private static final Set<String> FIGURES =
            Set.of(TraceMetadata.RECORDS_KEY, TraceMetadata.FIRST_KEY, TraceMetadata.LAST_KEY);

    private final Path file;
    private final TraceContainer container;
    private final TraceBlock block;
    private final TraceMetadata metadata;
    private final boolean salvages;
    private final long records;
    private final long firstNanos;
    private final long lastNanos;
    private long blockLeft;
    private long read;

    private TraceReader(Path file, TraceContainer container, boolean salvages) throws TraceFormatException {
        this.file = file;
        this.salvages = salvages;
        this.container = container;
        metadata = readMetadata();
        block = new TraceBlock(schema());
        records = figure(TraceMetadata.RECORDS_KEY, 0);
        firstNanos = figure(TraceMetadata.FIRST_KEY, Long.MIN_VALUE);
        lastNanos = figure(TraceMetadata.LAST_KEY, Long.MIN_VALUE);
    }

    /**
     * Opens a trace and reads its header.
     *
     * @throws TraceFormatException where it is no trace, or one that was not finished
     * @throws IOException where it cannot be read at all
     */
    public static TraceReader open(Path file) throws IOException {
        return open(file, false);
    }

    /** Opens a trace that may have been left unfinished, or cut short: its figures are not believed. */
    static TraceReader salvage(Path file) throws IOException {
        return open(file, true);
    }

    private static TraceReader open(Path file, boolean salvages) throws IOException {
        TraceContainer container = new TraceContainer(file);
        try {
            return new TraceReader(file, container, salvages);
        } catch (TraceFormatException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    public TraceMetadata metadata() {
        return metadata;
    }

    /** Records in the file, as its header tells. */
    public long records() {
        return records;
    }

    /** Time of the first request or event, nanoseconds from the origin; 0 where there is none. */
    public long firstNanos() {
        return firstNanos;
    }

    /** Time of the last request or event, nanoseconds from the origin; 0 where there is none. */
    public long lastNanos() {
        return lastNanos;
    }

    /**
     * Goes to the next record; false after the last.
     *
     * @throws TraceFormatException where the file is cut short or damaged
     */
    public boolean next() throws IOException {
        while (true) {
            try {
                if (blockLeft > 0 && block.next()) {
                    blockLeft--;
                    read++;
                    return true;
                }
                if (read > 0) {
                    block.next(); // nothing may follow the last record of a block
                }
                ByteBuffer bytes = container.nextBlock();
                if (bytes == null) {
                    requireAll();
                    return false;
                }
                blockLeft = container.blockRecords();
                block.open(bytes, blockLeft);
            } catch (UnreadableException e) {
                throw TraceFormatException.atRecord(file, read, container.blockOffset(), e.getMessage(), e);
            }
        }
    }

    /** Whether the record at hand is a request; else it is a frame. */
    public boolean isRequest() {
        return block.isRequest();
    }

    /** The request at hand. */
    public Request request() {
        return block.request();
    }

    /** Kind of the frame at hand. */
    public EventKind kind() {
        return block.kind();
    }

    /** The frame at hand, as it came from a topic. */
    public byte[] frame() {
        return block.frame();
    }

    /** Where the block at hand begins in the file. */
    long blockOffset() {
        return container.blockOffset();
    }

    /** Says that the record at hand is not what it should be. */
    TraceFormatException unreadable(UnreadableException e) {
        return TraceFormatException.atRecord(file, read - 1, container.blockOffset(), e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        container.close();
    }

    private void requireAll() throws TraceFormatException {
        if (read != records && !salvages) {
            throw new TraceFormatException(
                    file + ": record " + read + ": the file ends here, its header tells of " + records + " records");
        }
    }

    private TraceMetadata readMetadata() throws TraceFormatException {
        Map<String, String> header = container.header();
        String version = header.get(TraceMetadata.VERSION_KEY);
        if (version == null) {
            throw inHeader("not a trace: an Avro file without " + TraceMetadata.VERSION_KEY);
        }
        if (!version.equals(Long.toString(TraceMetadata.FORMAT_VERSION))) {
            throw inHeader(
                    "must be " + TraceMetadata.FORMAT_VERSION + ": " + TraceMetadata.VERSION_KEY + "=" + version);
        }
        String hash =
                HexFormat.of().formatHex(TraceMetadata.headerHash(header.getOrDefault("avro.schema", ""), header));
        if (!hash.equals(header.get(TraceMetadata.HASH_KEY))) {
            throw inHeader("damaged: schema and entries hash to " + hash + ", " + TraceMetadata.HASH_KEY + "="
                    + header.get(TraceMetadata.HASH_KEY));
        }
        String source = header.getOrDefault(TraceMetadata.SOURCE_KEY, "");
        if (source.isBlank()) {
            throw inHeader("must be the name of a format: " + TraceMetadata.SOURCE_KEY + "=" + source);
        }
        Map<String, String> notes = new TreeMap<>();
        header.forEach((key, value) -> {
            if (key.startsWith(TraceMetadata.NOTE_PREFIX)) {
                notes.put(key.substring(TraceMetadata.NOTE_PREFIX.length()), value);
            }
        });
        return new TraceMetadata(source, figure(TraceMetadata.ORIGIN_KEY, Long.MIN_VALUE), notes);
    }

    private Schema schema() throws TraceFormatException {
        try {
            return new Schema.Parser().parse(container.header().getOrDefault("avro.schema", ""));
        } catch (AvroRuntimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new TraceFormatException(file + ": header: avro.schema is not an Avro schema: " + reason, e);
        }
    }

    private long figure(String key, long least) throws TraceFormatException {
        String value = container.header().getOrDefault(key, "").strip();
        if (salvages && FIGURES.contains(key)) {
            return 0;
        }
        if (value.equals(TraceWriter.UNFINISHED)) {
            throw inHeader("not finished: whoever wrote it was stopped before the end");
        }
        try {
            long figure = Long.parseLong(value);
            if (figure >= least) {
                return figure;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw inHeader("must be a whole number" + (least == 0 ? " >= 0" : "") + ": " + key + "=" + value);
    }

    private TraceFormatException inHeader(String problem) {
        return new TraceFormatException(file + ": header: " + problem);
    }
}
