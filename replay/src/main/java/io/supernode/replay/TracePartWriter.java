package io.supernode.replay;

import io.supernode.schemas.TraceSchemas;
import java.io.Closeable;
import java.io.IOException;
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
 * Writes one file of a trace: records in blocks, then the index, then the figures for which the header kept room. The
 * file gets its name when it is whole. Memory is bounded by a block and the index, which is. Not thread-safe.
 */
final class TracePartWriter implements Closeable {
    /** Characters kept free in the header for each figure that is known at the end only. */
    static final int FIGURE_CHARS = 20;

    static final String UNFINISHED = "unfinished";

    private static final int ZSTD_LEVEL = 3;
    private static final int HEADER_BYTES_MAX = 1 << 20;

    private final Path file;
    private final Path part;
    private final DataFileWriter<Object> out;
    private final boolean isOfSet;
    private final int blockBytes;
    private int pendingBytes;
    private long blockStart;
    private long records;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;
    private final TraceIndexBuilder index = new TraceIndexBuilder();

    private TracePartWriter(Path file, Path part, DataFileWriter<Object> out, boolean isOfSet, int blockBytes)
            throws IOException {
        this.file = file;
        this.part = part;
        this.out = out;
        this.isOfSet = isOfSet;
        this.blockBytes = blockBytes;
        blockStart = out.sync();
    }

    /** @param entries of the header, without the figures */
    static TracePartWriter create(Path file, Map<String, String> entries, int blockBytes) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        DataFileWriter<Object> out = new DataFileWriter<>(new GenericDatumWriter<>(TraceSchemas.union()));
        out.setCodec(CodecFactory.zstandardCodec(ZSTD_LEVEL, true));
        out.setSyncInterval(blockBytes);
        entries.forEach(out::setMeta);
        byte[] hash = TraceMetadata.headerHash(TraceSchemas.union().toString(), entries);
        out.setMeta(TraceMetadata.HASH_KEY, HexFormat.of().formatHex(hash));
        boolean isOfSet = entries.containsKey(TraceMetadata.SET_KEY);
        for (String key : TraceMetadata.FIGURES) {
            if (isOfSet || !key.equals(TraceMetadata.PARTS_KEY)) {
                out.setMeta(key, padded(UNFINISHED));
            }
        }
        // the marker between blocks is the hash too, not random: the same input gives the same file
        out.create(TraceSchemas.union(), Files.newOutputStream(part), hash);
        return new TracePartWriter(file, part, out, isOfSet, blockBytes);
    }

    /**
     * Appends a record.
     *
     * @param first time of the first thing in it, {@code last} of the last; {@code first > last} where it has none
     */
    void append(ByteBuffer record, long first, long last) throws IOException {
        if (pendingBytes == 0) {
            index.begin(blockStart, records);
        }
        pendingBytes += record.remaining();
        out.appendEncoded(record);
        records++;
        if (first <= last) {
            firstNanos = Math.min(firstNanos, first);
            lastNanos = Math.max(lastNanos, last);
            index.reach(last);
        }
        if (pendingBytes >= blockBytes) { // the library ends the block just so
            endBlock();
        }
    }

    long records() {
        return records;
    }

    /** Size of the file, as far as its blocks are whole. */
    long bytes() {
        return blockStart;
    }

    /** Where it writes until it is closed. */
    Path part() {
        return part;
    }

    /** Ends the block at hand and hands it to the system. */
    void flush() throws IOException {
        endBlock();
        out.flush();
    }

    /**
     * Completes the file and gives it its name.
     *
     * @param parts of the last part of a set how many there are, else 0
     */
    void finish(int parts) throws IOException {
        try {
            endBlock();
            long indexOffset = blockStart;
            out.appendEncoded(TraceSchemas.encoded(index.index()));
            out.close();
            boolean empty = lastNanos == Long.MIN_VALUE;
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                fill(channel, TraceMetadata.RECORDS_KEY, records);
                fill(channel, TraceMetadata.FIRST_KEY, empty ? 0 : firstNanos);
                fill(channel, TraceMetadata.LAST_KEY, empty ? 0 : lastNanos);
                fill(channel, TraceMetadata.INDEX_KEY, indexOffset);
                if (isOfSet) {
                    fill(channel, TraceMetadata.PARTS_KEY, parts);
                }
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            close();
        }
    }

    /** Removes what was written, unless it is finished. */
    @Override
    public void close() throws IOException {
        try {
            out.close();
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void endBlock() throws IOException {
        blockStart = out.sync();
        pendingBytes = 0;
    }

    private static void fill(FileChannel channel, String key, long figure) throws IOException {
        // an Avro map entry: length of the key, key, length of the value, value
        byte[] name = key.getBytes(StandardCharsets.US_ASCII);
        byte[] entry = new byte[name.length + 2];
        entry[0] = (byte) (name.length << 1);
        System.arraycopy(name, 0, entry, 1, name.length);
        entry[entry.length - 1] = FIGURE_CHARS << 1;
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(channel.size(), HEADER_BYTES_MAX));
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
