package io.supernode.schemas;

import java.util.Arrays;

/** Writes Avro's binary encoding into an array that it keeps. Reusable, not thread-safe. */
final class AvroOutput {
    /** Longest encoding of a whole number of 64 bits. */
    static final int LONG_BYTES = 10;

    private byte[] bytes;
    private int at;

    AvroOutput(int capacity) {
        bytes = new byte[capacity];
    }

    void clear() {
        at = 0;
    }

    int size() {
        return at;
    }

    /** Makes room for so many numbers; the caller writes no more than that. */
    void reserve(int numbers) {
        long needed = (long) at + (long) numbers * LONG_BYTES;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, bytes.length * 2L)));
        }
    }

    /** A long, an int, an enum's symbol or a count: Avro writes them all alike, sign last, seven bits a byte. */
    void write(long value) {
        long raw = value << 1 ^ value >> 63;
        int next = at;
        while ((raw & ~0x7FL) != 0) {
            bytes[next++] = (byte) (raw | 0x80);
            raw >>>= 7;
        }
        bytes[next++] = (byte) raw;
        at = next;
    }

    void copyTo(byte[] target, int position) {
        System.arraycopy(bytes, 0, target, position, at);
    }
}
