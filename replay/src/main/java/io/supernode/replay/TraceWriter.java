package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.schemas.FrameHeader;
import io.supernode.schemas.FrameReader;
import io.supernode.schemas.TraceSchemas;
import io.supernode.schemas.UnreadableException;
import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Map;

/**
 * Writes a trace: Avro object containers, blocks compressed and checksummed by zstandard, with {@link TraceMetadata} in
 * their headers and an index at their ends; one file, or as many as {@link TraceSplit} makes it, in a folder. The same
 * records give the same bytes. Memory is bounded by a block.
 *
 * <p>Records are written under another name ({@code .part}) and moved into place by {@link #close}, so that what has
 * the right name is whole. Where the input turns out bad, {@link #abandon} before closing leaves nothing:
 *
 * <pre>{@code
 * try (TraceWriter writer = TraceWriter.create(file, metadata)) {
 *     try { … writer.add(request); … } catch (IOException | RuntimeException e) { writer.abandon(); throw e; }
 * }
 * }</pre>
 *
 * <p>Frames are written in the order of time over all cards, as {@link #addEvents} does: a reader copes with a second
 * of disorder. After an exception of its own the writer is abandoned. Not thread-safe.
 */
public final class TraceWriter implements Closeable {
    /** Records are gathered to blocks of this many bytes, before compression. */
    static final int BLOCK_BYTES = 256 * 1024;
    /** Larger records are refused: a reader must hold one in memory. */
    static final int RECORD_BYTES_MAX = 16 << 20;

    private final Path target;
    private final TraceMetadata metadata;
    private final TraceSplit split;
    private final int blockBytes;
    private final EventBatch events = new EventBatch();
    private final FrameReader[] readers = new FrameReader[EventKind.values().length];
    private TracePartWriter out;
    private int parts;
    private long recordsBefore;
    private long partFirstNanos = Long.MAX_VALUE;
    private boolean abandoned;
    private boolean closed;

    private TraceWriter(Path target, TraceMetadata metadata, TraceSplit split, int blockBytes) throws IOException {
        this.target = target;
        this.metadata = metadata;
        this.split = split;
        this.blockBytes = blockBytes;
        for (EventKind kind : EventKind.values()) {
            readers[kind.ordinal()] = new FrameReader(kind);
        }
        if (!split.isNone()) {
            requireFree(target, "is there already; accepted: the name of a folder to make");
            requireFree(
                    folder(), "is there already, parts of a recording that was cut short; save them or remove them");
            Files.createDirectory(folder());
        }
        begin();
    }

    /**
     * Starts a trace that will replace {@code file}.
     *
     * @throws IOException where the folder cannot be written to
     */
    public static TraceWriter create(Path file, TraceMetadata metadata) throws IOException {
        return create(file, metadata, BLOCK_BYTES);
    }

    /**
     * Starts a trace in parts: {@code target} will be a folder of them. With {@link TraceSplit#NONE} it is a file.
     *
     * @throws IOException where there is something of that name, or nothing can be made there
     */
    public static TraceWriter create(Path target, TraceMetadata metadata, TraceSplit split) throws IOException {
        return new TraceWriter(target, metadata, split, BLOCK_BYTES);
    }

    static TraceWriter create(Path file, TraceMetadata metadata, int blockBytes) throws IOException {
        return new TraceWriter(file, metadata, TraceSplit.NONE, blockBytes);
    }

    static TraceWriter create(Path target, TraceMetadata metadata, TraceSplit split, int blockBytes)
            throws IOException {
        return new TraceWriter(target, metadata, split, blockBytes);
    }

    /** Appends a request. */
    public void add(Request request) throws IOException {
        append(TraceSchemas.encoded(request), request.arrivalNanos(), request.arrivalNanos());
    }

    /**
     * Appends a frame as it came from a topic.
     *
     * @throws IllegalArgumentException where no reader could make sense of it
     */
    public void addFrame(EventKind kind, byte[] frame) throws IOException {
        ByteBuffer record;
        events.clear();
        try {
            readers[kind.ordinal()].read(frame, events);
            record = TraceSchemas.encoded(kind, frame);
        } catch (UnreadableException e) {
            abandoned = true;
            throw new IllegalArgumentException("must be a " + kind + " frame: " + e.getMessage(), e);
        }
        if (events.isEmpty()) {
            append(record, Long.MAX_VALUE, Long.MIN_VALUE);
        } else {
            append(record, events.endNanos(0), events.endNanos(events.size() - 1));
        }
    }

    /**
     * Appends all events of a source, cut into frames of one node, one kind and at most 250 ms of event time.
     *
     * @param cardsPerNode cards whose events share a frame, &gt;= 1
     * @throws IOException where writing fails, or what the source failed with when it could not read its input
     * @throws SourceFailedException where the source fails otherwise
     */
    public void addEvents(EventSource source, int cardsPerNode) throws IOException {
        long tick = ReplayOptions.TICK_NANOS_MAX;
        FrameCutter cutter = new FrameCutter(0, 0, cardsPerNode, 0, metadata.originEpochNanos());
        try (StretchPrefetch prefetch = new StretchPrefetch(source, tick)) {
            Stretch s;
            while ((s = prefetch.take(() -> false)) != null) {
                int from = 0;
                while (from < s.count) {
                    long start = Math.floorDiv(s.events.endNanos(s.order[from]), tick) * tick;
                    int to = from;
                    while (to < s.count && s.events.endNanos(s.order[to]) < start + tick) {
                        to++;
                    }
                    long intended = metadata.originEpochNanos() + start + tick;
                    cutter.cut(s.events, s.order, from, to, start, intended, this::addCut);
                    from = to;
                }
                prefetch.recycle(s);
            }
        } catch (UncheckedIOException e) {
            abandoned = true;
            throw e.getCause();
        } catch (SourceFailedException e) {
            abandoned = true;
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Records written so far. */
    public long records() {
        return recordsBefore + out.records();
    }

    /** Bytes written so far, as far as blocks are whole; of the file at hand. */
    public long partBytes() {
        return out.bytes();
    }

    /**
     * Ends the block at hand and hands it to the system: were this process killed now, {@link TraceRepair} would find
     * all that has been added. Blocks that end early pack less well: not after every record.
     */
    public void flush() throws IOException {
        out.flush();
    }

    /** Where it writes until it is closed; of a trace in parts, the one at hand. */
    public Path part() {
        return out.part();
    }

    /** Makes {@link #close} leave nothing. */
    public void abandon() {
        abandoned = true;
    }

    /** Completes the trace and moves it into place; after {@link #abandon} or a failure, removes what was written. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!abandoned) {
                out.finish(split.isNone() ? 0 : parts);
                if (!split.isNone()) {
                    Files.move(folder(), target, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } finally {
            out.close();
            if (!split.isNone() && Files.exists(folder())) {
                remove(folder());
            }
        }
    }

    private void begin() throws IOException {
        Map<String, String> entries = metadata.entries();
        if (split.isNone()) {
            out = TracePartWriter.create(target, entries, blockBytes);
        } else {
            byte[] set = TraceMetadata.headerHash(TraceSchemas.union().toString(), entries);
            entries.put(TraceMetadata.SET_KEY, HexFormat.of().formatHex(set));
            entries.put(TraceMetadata.PART_KEY, Integer.toString(parts));
            out = TracePartWriter.create(folder().resolve(TraceParts.name(parts)), entries, blockBytes);
        }
        parts++;
        partFirstNanos = Long.MAX_VALUE;
    }

    private void addCut(EventKind kind, FrameHeader header, byte[] frame, int count) {
        try {
            addFrame(kind, frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(ByteBuffer record, long first, long last) throws IOException {
        if (record.remaining() > RECORD_BYTES_MAX) {
            abandoned = true;
            throw new IllegalArgumentException(
                    "must be <= " + RECORD_BYTES_MAX + ": bytes of record " + records() + "=" + record.remaining());
        }
        try {
            if (out.records() > 0 && isFull(first)) {
                recordsBefore += out.records();
                out.finish(0);
                begin();
            }
            out.append(record, first, last);
            partFirstNanos = Math.min(partFirstNanos, first);
        } catch (IOException e) {
            abandoned = true;
            throw e;
        }
    }

    private boolean isFull(long nextNanos) {
        return out.bytes() >= split.bytes()
                || nextNanos != Long.MAX_VALUE
                        && partFirstNanos != Long.MAX_VALUE
                        && nextNanos - partFirstNanos >= split.nanos();
    }

    /** Where parts are written until all of them are whole. */
    private Path folder() {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    private static void requireFree(Path folder, String otherwise) throws IOException {
        if (Files.exists(folder)) {
            throw new FileAlreadyExistsException(folder.toString(), null, otherwise);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
