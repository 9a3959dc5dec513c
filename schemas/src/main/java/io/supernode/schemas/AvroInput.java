package io.supernode.schemas;

/**
 * Reads Avro's binary encoding from bytes that may be anything: a value that is cut off, too long or out of range is an
 * {@link UnreadableException} that tells the offset and what would be accepted. Reusable, not thread-safe.
 */
final class AvroInput {
    private final String recordName;
    private byte[] bytes = {};
    private int at;
    private int end;
    /** Where the open block of an array must end; -1 where it does not tell. */
    private int blockEnd = -1;

    AvroInput(String recordName) {
        this.recordName = recordName;
    }

    /** Continues with bytes {@code from} (inclusive) to {@code to} (exclusive). */
    AvroInput over(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
        this.blockEnd = -1;
        return this;
    }

    int offset() {
        return at;
    }

    boolean isEnd() {
        return at == end;
    }

    long readLong(String field) throws UnreadableException {
        if (at < end) {
            int first = bytes[at];
            if (first >= 0) { // most numbers are small
                at++;
                return first >>> 1 ^ -(first & 1);
            }
        }
        return readLonger(field);
    }

    private long readLonger(String field) throws UnreadableException {
        long raw = 0;
        int next = at;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (next == end) {
                at = next;
                throw unreadable(field, "must be a whole number, ends within it");
            }
            byte b = bytes[next++];
            raw |= (b & 0x7FL) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    break;
                }
                at = next;
                return raw >>> 1 ^ -(raw & 1);
            }
        }
        at = next;
        throw unreadable(field, "must fit 64 bits");
    }

    int readInt(String field) throws UnreadableException {
        int start = at;
        long value = readLong(field);
        if (value != (int) value || at - start > 5) {
            throw unreadable(field, "must fit 32 bits, found " + value);
        }
        return (int) value;
    }

    /** Position of an enum's symbol. */
    int readEnum(String field, int symbolCount) throws UnreadableException {
        int symbol = readInt(field);
        if (symbol < 0 || symbol >= symbolCount) {
            throw unreadable(field, "must be a symbol 0 to " + (symbolCount - 1) + ", found " + symbol);
        }
        return symbol;
    }

    void skipNumbers(int count, String field) throws UnreadableException {
        for (int i = 0; i < count; i++) {
            readLong(field);
        }
    }

    /**
     * Number of items in the next block of an array, 0 after the last; never more than the remaining bytes can hold.
     * After the items of a block comes {@link #endBlock}.
     *
     * @param itemBytes size of an item, at least
     */
    int readBlock(String field, int itemBytes) throws UnreadableException {
        long count = readLong(field);
        blockEnd = -1;
        if (count < 0) { // Avro's other way to write a block: the count negated, then the block's size
            long size = readLong(field);
            if (size < 0 || size > end - at) {
                throw unreadable(field, "size of a block must be 0 to " + (end - at) + ", found " + size);
            }
            count = -count;
            blockEnd = at + (int) size;
        }
        long most = (end - at) / itemBytes;
        if (count < 0 || count > most) {
            throw unreadable(field, "number of items must be 0 to " + most + ", found " + count);
        }
        return (int) count;
    }

    void endBlock(String field) throws UnreadableException {
        if (blockEnd >= 0 && at != blockEnd) {
            throw unreadable(field, "block must end at byte " + blockEnd);
        }
    }

    /** Nothing may follow the record. */
    void requireEnd() throws UnreadableException {
        if (at != end) {
            throw unreadable("end", "must be the last byte, " + (end - at) + " follow");
        }
    }

    UnreadableException unreadable(String field, String problem) {
        return new UnreadableException(
                "not a readable " + recordName + " before byte " + at + ": " + field + " " + problem);
    }
}
