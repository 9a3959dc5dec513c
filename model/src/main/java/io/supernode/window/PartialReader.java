package io.supernode.window;

/** Reads what {@link PartialWriter} wrote. Not thread-safe. */
public final class PartialReader {
    private byte[] buffer = new byte[0];
    private int position;

    public void open(byte[] bytes) {
        buffer = bytes;
        position = 0;
    }

    /** @throws IllegalStateException at the end of the bytes, or in a number that does not end */
    public long read() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == buffer.length) {
                throw new IllegalStateException("ends within a number: size=" + buffer.length);
            }
            byte b = buffer[position++];
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("a number of more than ten bytes ends at offset=" + position);
    }

    public int readInt() {
        return (int) read();
    }

    public boolean atEnd() {
        return position == buffer.length;
    }
}
