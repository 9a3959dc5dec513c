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
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;

/**
 * Writes a trace file: an Avro object container, blocks compressed and checksummed by zstandard, with
 * {@link TraceMetadata} in its header. The same records give the same bytes. Memory is bounded by a block.
 *
 * <p>Records are written under another name ({@code .part}) and moved into place by {@link #close}, so that what has
 * the right name is whole. Where the input turns out bad, {@link #abandon} before closing leaves no file:
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
    /** Characters kept free in the header for each figure that is known at the end only. */
    static final int FIGURE_CHARS = 20;

    static final String UNFINISHED = "unfinished";

    private static final int ZSTD_LEVEL = 3;

    private final Path file;
    private final Path part;
    private final TraceMetadata metadata;
    private final DataFileWriter<Object> out;
    private final EventBatch events = new EventBatch();
    private final FrameReader[] readers = new FrameReader[EventKind.values().length];
    private long records;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;
    private boolean abandoned;
    private boolean closed;

    private TraceWriter(Path file, Path part, TraceMetadata metadata, DataFileWriter<Object> out) {
        this.file = file;
        this.part = part;
        this.metadata = metadata;
        this.out = out;
        for (EventKind kind : EventKind.values()) {
            readers[kind.ordinal()] = new FrameReader(kind);
        }
    }

    /**
     * Starts a trace that will replace {@code file}.
     *
     * @throws IOException where the folder cannot be written to
     */
    public static TraceWriter create(Path file, TraceMetadata metadata) throws IOException {
        return create(file, metadata, BLOCK_BYTES);
    }

    static TraceWriter create(Path file, TraceMetadata metadata, int blockBytes) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        DataFileWriter<Object> out = new DataFileWriter<>(new GenericDatumWriter<>(TraceSchemas.union()));
        out.setCodec(CodecFactory.zstandardCodec(ZSTD_LEVEL, true));
        out.setSyncInterval(blockBytes);
        Map<String, String> entries = metadata.entries();
        entries.forEach(out::setMeta);
        byte[] hash = TraceMetadata.headerHash(TraceSchemas.union().toString(), entries);
        out.setMeta(TraceMetadata.HASH_KEY, HexFormat.of().formatHex(hash));
        String free = padded(UNFINISHED);
        for (String key : new String[] {TraceMetadata.RECORDS_KEY, TraceMetadata.FIRST_KEY, TraceMetadata.LAST_KEY}) {
            out.setMeta(key, free);
        }
        // the marker between blocks is the hash too, not random: the same input gives the same file
        out.create(TraceSchemas.union(), Files.newOutputStream(part), hash);
        return new TraceWriter(file, part, metadata, out);
    }

    /** Appends a request. */
    public void add(Request request) throws IOException {
        append(TraceSchemas.encoded(request));
        span(request.arrivalNanos(), request.arrivalNanos());
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
        append(record);
        if (!events.isEmpty()) {
            span(events.endNanos(0), events.endNanos(events.size() - 1));
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
        return records;
    }

    /**
     * Ends the block at hand and hands it to the system: were this process killed now, {@link TraceRepair} would find
     * everything written so far.
     */
    public void flush() throws IOException {
        out.flush();
    }

    /** Where it writes until it is closed. */
    public Path part() {
        return part;
    }

    /** Makes {@link #close} leave no file. */
    public void abandon() {
        abandoned = true;
    }

    /** Completes the file and moves it into place; after {@link #abandon} or a failure, removes what was written. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            out.close();
            if (!abandoned) {
                complete();
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void addCut(EventKind kind, FrameHeader header, byte[] frame, int count) {
        try {
            addFrame(kind, frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(ByteBuffer record) throws IOException {
        if (record.remaining() > RECORD_BYTES_MAX) {
            abandoned = true;
            throw new IllegalArgumentException(
                    "must be <= " + RECORD_BYTES_MAX + ": bytes of record " + records + "=" + record.remaining());
        }
        try {
            out.appendEncoded(record);
        } catch (IOException e) {
            abandoned = true;
            throw e;
        }
        records++;
    }

    private void span(long first, long last) {
        firstNanos = Math.min(firstNanos, first);
        lastNanos = Math.max(lastNanos, last);
    }

    /** Fills in the figures for which the header kept room, and sees the bytes to the disk. */
    private void complete() throws IOException {
        boolean empty = lastNanos == Long.MIN_VALUE;
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            fill(channel, TraceMetadata.RECORDS_KEY, records);
            fill(channel, TraceMetadata.FIRST_KEY, empty ? 0 : firstNanos);
            fill(channel, TraceMetadata.LAST_KEY, empty ? 0 : lastNanos);
            channel.force(true);
        }
    }

    private static void fill(FileChannel channel, String key, long figure) throws IOException {
        // an Avro map entry: length of the key, key, length of the value, value
        byte[] name = key.getBytes(StandardCharsets.US_ASCII);
        byte[] entry = new byte[name.length + 2];
        entry[0] = (byte) (name.length << 1);
        System.arraycopy(name, 0, entry, 1, name.length);
        entry[entry.length - 1] = FIGURE_CHARS << 1;
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(channel.size(), 1 << 20));
        while (head.hasRemaining() && channel.read(head, head.position()) >= 0) {
            // until the head is read
        }
        int at = indexOf(head.array(), entry);
        if (at < 0) {
            throw new IOException("no room kept in the header for " + key);
        }
        ByteBuffer value = ByteBuffer.wrap(padded(Long.toString(figure)).getBytes(StandardCharsets.US_ASCII));
        long position = at + entry.length;
        while (value.hasRemaining()) {
            position += channel.write(value, position);
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int i = 0; i + part.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    private static String padded(String figure) {
        return " ".repeat(FIGURE_CHARS - figure.length()) + figure;
    }
}
