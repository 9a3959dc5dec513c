package io.supernode.window;

import java.util.Arrays;

/** Unsigned whole numbers, seven bits to a byte, smallest first; into a buffer that it keeps. Not thread-safe. */
public final class PartialWriter {
    private static final int LONGEST = 10;

    private byte[] buffer = new byte[512];
    private int length;

    public void clear() {
        length = 0;
    }

    /** Any value; a negative one takes ten bytes. */
    public void write(long value) {
        if (buffer.length - length < LONGEST) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }
}
