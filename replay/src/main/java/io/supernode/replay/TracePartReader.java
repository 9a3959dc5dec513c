package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.TraceBlock;
import io.supernode.schemas.TraceIndex;
import io.supernode.schemas.UnreadableException;
import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Reads one file of a trace record by record, in the order of the file. Memory is bounded by a block. A file that is cut
 * short, damaged or something else throws {@link TraceFormatException}; what came before has been given. Not
 * thread-safe.
 */
final class TracePartReader implements Closeable {
    private final Path file;
    private final TraceContainer container;
    private final TraceBlock block;
    private final TraceMetadata metadata;
    private final boolean salvages;
    private final long records;
    private final long firstNanos;
    private final long lastNanos;
    private final long indexOffset;
    private final long parts;
    private long blockLeft;
    private long read;
    private boolean begun;

    private TracePartReader(Path file, TraceContainer container, boolean salvages) throws TraceFormatException {
        this.file = file;
        this.salvages = salvages;
        this.container = container;
        metadata = readMetadata();
        block = new TraceBlock(schema());
        records = figure(TraceMetadata.RECORDS_KEY, 0);
        firstNanos = figure(TraceMetadata.FIRST_KEY, Long.MIN_VALUE);
        lastNanos = figure(TraceMetadata.LAST_KEY, Long.MIN_VALUE);
        indexOffset = container.header().containsKey(TraceMetadata.INDEX_KEY) ? figure(TraceMetadata.INDEX_KEY, 0) : 0;
        parts = isPart() ? figure(TraceMetadata.PARTS_KEY, 0) : 0;
    }

    /**
     * Opens a file and reads its header.
     *
     * @throws TraceFormatException where it is no trace, or one that was not finished
     * @throws IOException where it cannot be read at all
     */
    static TracePartReader open(Path file) throws IOException {
        return open(file, false);
    }

    /** Opens a file that may have been left unfinished, or cut short: its figures are not believed. */
    static TracePartReader salvage(Path file) throws IOException {
        return open(file, true);
    }

    private static TracePartReader open(Path file, boolean salvages) throws IOException {
        TraceContainer container = new TraceContainer(file);
        try {
            return new TracePartReader(file, container, salvages);
        } catch (TraceFormatException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    TraceMetadata metadata() {
        return metadata;
    }

    /** Records in the file, as its header tells. */
    long records() {
        return records;
    }

    /** Time of the first request or event, nanoseconds from the origin; 0 where there is none. */
    long firstNanos() {
        return firstNanos;
    }

    /** Time of the last request or event, nanoseconds from the origin; 0 where there is none. */
    long lastNanos() {
        return lastNanos;
    }

    /**
     * Goes to the next record; false after the last.
     *
     * @throws TraceFormatException where the file is cut short or damaged
     */
    boolean next() throws IOException {
        while (true) {
            try {
                while (blockLeft > 0 && block.next()) {
                    blockLeft--;
                    if (!block.isIndex()) {
                        read++;
                        return true;
                    }
                }
                if (begun) {
                    block.next(); // nothing may follow the last record of a block
                }
                ByteBuffer bytes = nextBlock();
                if (bytes == null) {
                    requireAll();
                    return false;
                }
                blockLeft = container.blockRecords();
                block.open(bytes, blockLeft);
                begun = true;
            } catch (UnreadableException e) {
                throw TraceFormatException.atRecord(file, read, container.blockOffset(), e.getMessage(), e);
            }
        }
    }

    /** Whether the record at hand is a request; else it is a frame. */
    boolean isRequest() {
        return block.isRequest();
    }

    /** The request at hand. */
    Request request() {
        return block.request();
    }

    /** Kind of the frame at hand. */
    EventKind kind() {
        return block.kind();
    }

    /** The frame at hand, as it came from a topic. */
    byte[] frame() {
        return block.frame();
    }

    Path file() {
        return file;
    }

    /** Where the block at hand begins in the file. */
    long blockOffset() {
        return container.blockOffset();
    }

    /** What the part belongs to; empty for a file that is a whole trace. */
    String set() {
        return container.header().getOrDefault(TraceMetadata.SET_KEY, "");
    }

    boolean isPart() {
        return !set().isEmpty();
    }

    /** Its place in the set, from 0. */
    long part() throws TraceFormatException {
        return figure(TraceMetadata.PART_KEY, 0);
    }

    /** Parts in the set, where this is the last of them; else 0. */
    long parts() {
        return parts;
    }

    /**
     * Where in the file which time is, as its end tells; nothing where it tells nothing that can be believed. What has
     * been read so far is forgotten: a {@link #seek} comes next.
     */
    TraceIndex index() throws IOException {
        if (indexOffset == 0) {
            return TraceIndex.NONE;
        }
        try {
            container.seek(indexOffset);
            ByteBuffer bytes = container.nextBlock();
            if (bytes == null || container.blockRecords() != 1) {
                return TraceIndex.NONE;
            }
            block.open(bytes, 1);
            boolean isIndex = block.next() && block.isIndex();
            TraceIndex index = isIndex ? block.index() : TraceIndex.NONE;
            boolean fits = index.size() > 0
                    && index.offsets()[index.size() - 1] < indexOffset
                    && index.recordsBefore()[index.size() - 1] <= records;
            return fits ? index : TraceIndex.NONE;
        } catch (TraceFormatException | UnreadableException e) {
            return TraceIndex.NONE; // a hint is damaged: the records say the same, if with more to read
        } finally {
            blockLeft = 0;
            begun = false;
        }
    }

    /** Whether the file tells of an index and it is not there, or not whole. Forgets what has been read, as {@link #index}. */
    boolean hasDamagedIndex() throws IOException {
        return indexOffset > 0 && records > 0 && index().size() == 0;
    }

    /** The same, from the records, all of which are read. */
    TraceIndex indexFromRecords() throws IOException {
        rewind();
        TraceIndexBuilder built = new TraceIndexBuilder();
        EventBatch events = new EventBatch();
        FrameReader[] readers = new FrameReader[EventKind.values().length];
        for (EventKind kind : EventKind.values()) {
            readers[kind.ordinal()] = new FrameReader(kind);
        }
        long lastBlock = -1;
        while (next()) {
            if (blockOffset() != lastBlock) {
                lastBlock = blockOffset();
                built.begin(lastBlock, read - 1);
            }
            if (isRequest()) {
                built.reach(request().arrivalNanos());
                continue;
            }
            events.clear();
            try {
                readers[kind().ordinal()].read(frame(), events);
            } catch (UnreadableException e) {
                throw unreadable(e);
            }
            if (!events.isEmpty()) {
                built.reach(events.endNanos(events.size() - 1));
            }
        }
        rewind();
        return built.index();
    }

    /** Goes to a block of an index. */
    void seek(TraceIndex index, int blockNumber) throws IOException {
        container.seek(index.offsets()[blockNumber]);
        read = index.recordsBefore()[blockNumber];
        blockLeft = 0;
        begun = false;
    }

    private void rewind() throws IOException {
        container.seek(container.firstBlock());
        read = 0;
        blockLeft = 0;
        begun = false;
    }

    /** Says that the record at hand is not what it should be. */
    TraceFormatException unreadable(UnreadableException e) {
        return TraceFormatException.atRecord(file, read - 1, container.blockOffset(), e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        container.close();
    }

    /** What is damaged in the index is no loss: the records say the same. */
    private ByteBuffer nextBlock() throws IOException {
        boolean isIndex = indexOffset > 0 && read == records && container.offset() == indexOffset;
        try {
            return container.nextBlock();
        } catch (TraceFormatException e) {
            if (isIndex) {
                return null;
            }
            throw e;
        }
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
        if (!version.equals(Long.toString(TraceMetadata.FORMAT_VERSION))
                && !version.equals(Long.toString(TraceMetadata.OLDEST_VERSION))) {
            throw inHeader("must be " + TraceMetadata.OLDEST_VERSION + " to " + TraceMetadata.FORMAT_VERSION + ": "
                    + TraceMetadata.VERSION_KEY + "=" + version);
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
        if (salvages && TraceMetadata.FIGURES.contains(key)) {
            return 0;
        }
        if (value.equals(TracePartWriter.UNFINISHED)) {
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
