package io.supernode.replay;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads an Avro object container block by block (Avro 1.12 specification, "Object Container Files"). Avro's own reader
 * takes the sizes that it finds on trust, asks for as much memory, and does not say where it is; this one bounds every
 * size by what the file can hold and names the byte. Not thread-safe.
 */
final class TraceContainer implements Closeable {
    private static final byte[] MAGIC = {'O', 'b', 'j', 1};
    private static final int MARKER_BYTES = 16;
    private static final int BUFFER = 1 << 16;
    private static final int HEADER_ENTRIES_MAX = 10_000;
    private static final int HEADER_VALUE_BYTES_MAX = 16 << 20;
    /** A block holds at most this much, packed or not: a writer's block and one largest record. */
    private static final int BLOCK_BYTES_MAX = TraceWriter.BLOCK_BYTES + TraceWriter.RECORD_BYTES_MAX + 1024;

    private final Path file;
    private final long size;
    private final SeekableByteChannel channel;
    private final Map<String, String> header = new LinkedHashMap<>();
    private InputStream in;
    private byte[] marker;
    private boolean isPacked;
    private long offset;
    private long firstBlock;
    private long blockOffset;
    private long blockRecords;
    private byte[] packed = {};
    private byte[] unpacked = new byte[TraceWriter.BLOCK_BYTES * 2];

    TraceContainer(Path file) throws IOException {
        this.file = file;
        channel = Files.newByteChannel(file);
        try {
            size = channel.size();
            in = buffered();
            readHeader();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The header's entries. */
    Map<String, String> header() {
        return header;
    }

    /** Reads the next block; null after the last. */
    ByteBuffer nextBlock() throws IOException {
        if (offset == size) {
            return null;
        }
        blockOffset = offset;
        blockRecords = readLong("number of records in a block", 1, Integer.MAX_VALUE);
        int length = (int) readLong("size of a block", 0, BLOCK_BYTES_MAX);
        if (packed.length < length && length <= size - offset) {
            packed = new byte[length];
        }
        readFully(packed, length, "a block of " + length + " bytes");
        byte[] found = new byte[MARKER_BYTES];
        readFully(found, MARKER_BYTES, "the marker after a block");
        if (!Arrays.equals(found, marker)) {
            throw TraceFormatException.at(
                    file, offset - MARKER_BYTES, "the file's marker expected after a block, found other bytes", null);
        }
        return isPacked ? unpack(length) : ByteBuffer.wrap(packed, 0, length);
    }

    /** Records in the block at hand. */
    long blockRecords() {
        return blockRecords;
    }

    /** Where the block at hand starts in the file. */
    long blockOffset() {
        return blockOffset;
    }

    /** Where the first block starts in the file. */
    long firstBlock() {
        return firstBlock;
    }

    /** Where the next block starts in the file. */
    long offset() {
        return offset;
    }

    /** Goes to where a block starts; nothing in between is read. */
    void seek(long blockOffset) throws IOException {
        if (blockOffset < firstBlock || blockOffset > size) {
            throw TraceFormatException.at(file, blockOffset, "no block can start here", null);
        }
        channel.position(blockOffset);
        in = buffered();
        offset = blockOffset;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private InputStream buffered() {
        return new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    }

    private void readHeader() throws IOException {
        byte[] magic = new byte[MAGIC.length];
        if (size >= MAGIC.length) {
            readFully(magic, MAGIC.length, "the first bytes");
        }
        if (!Arrays.equals(magic, MAGIC)) {
            throw TraceFormatException.at(file, 0, "not a trace: an Avro container starts with 'Obj' 1", null);
        }
        for (long n = readCount(); n > 0; n = readCount()) {
            for (long i = 0; i < n; i++) {
                String key = readText("key of the header");
                header.put(key, readText("header entry " + key));
            }
        }
        marker = new byte[MARKER_BYTES];
        readFully(marker, MARKER_BYTES, "the marker after the header");
        firstBlock = offset;
        String codec = header.getOrDefault("avro.codec", "null");
        isPacked = codec.equals("zstandard");
        if (!isPacked && !codec.equals("null")) {
            throw TraceFormatException.at(file, 0, "must be zstandard or null: avro.codec=" + codec, null);
        }
    }

    private long readCount() throws IOException {
        long count = readLong("number of header entries", -HEADER_ENTRIES_MAX, HEADER_ENTRIES_MAX);
        if (count < 0) {
            readLong("size of the header entries", 0, size);
        }
        if (header.size() + Math.abs(count) > HEADER_ENTRIES_MAX) {
            throw TraceFormatException.at(file, offset, "at most " + HEADER_ENTRIES_MAX + " header entries", null);
        }
        return Math.abs(count);
    }

    private String readText(String what) throws IOException {
        int length = (int) readLong("length of " + what, 0, HEADER_VALUE_BYTES_MAX);
        if (length > size - offset) {
            throw endsIn(what);
        }
        byte[] text = new byte[length];
        readFully(text, length, what);
        return new String(text, StandardCharsets.UTF_8);
    }

    private ByteBuffer unpack(int length) throws IOException {
        int filled = 0;
        try (InputStream zstd = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packed, 0, length))) {
            for (int n = 0; n >= 0; n = zstd.read(unpacked, filled, unpacked.length - filled)) {
                filled += n;
                if (filled > BLOCK_BYTES_MAX) {
                    throw TraceFormatException.at(
                            file, blockOffset, "a block unpacks to more than " + BLOCK_BYTES_MAX + " bytes", null);
                }
                if (filled == unpacked.length) {
                    unpacked = Arrays.copyOf(unpacked, filled * 2);
                }
            }
        } catch (TraceFormatException e) {
            throw e;
        } catch (IOException e) {
            throw TraceFormatException.at(
                    file, blockOffset, "a block does not unpack, whole zstandard data expected: " + e.getMessage(), e);
        }
        return ByteBuffer.wrap(unpacked, 0, filled);
    }

    /** Reads a zigzag varint. */
    private long readLong(String what, long least, long most) throws IOException {
        long start = offset;
        long bits = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int b = in.read();
            if (b < 0) {
                throw endsIn(what);
            }
            offset++;
            bits |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                long value = bits >>> 1 ^ -(bits & 1);
                if (value < least || value > most) {
                    throw TraceFormatException.at(
                            file, start, what + " must be " + least + " to " + most + ", found " + value, null);
                }
                return value;
            }
        }
        throw TraceFormatException.at(file, start, what + " must be a number of at most 10 bytes", null);
    }

    private void readFully(byte[] into, int length, String what) throws IOException {
        if (length > size - offset) {
            throw endsIn(what);
        }
        int n = in.readNBytes(into, 0, length);
        offset += n;
        if (n < length) {
            throw endsIn(what); // it was cut while being read
        }
    }

    private TraceFormatException endsIn(String what) {
        return TraceFormatException.at(file, size, "the file ends inside " + what, null);
    }
}
