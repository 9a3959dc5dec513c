package io.supernode.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/** Bytes line by line, without copying them into strings. A line may be 4 MiB long: memory stays bounded. */
final class LineReader {
    static final int LONGEST_LINE = 4 << 20;

    private final Path file;
    private final InputStream in;
    private final byte[] block = new byte[64 << 10];
    private int next;
    private int filled;
    private byte[] line = new byte[8 << 10];
    private int length;
    private long number;
    private boolean terminated;

    LineReader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /**
     * Goes to the next line.
     *
     * @return false at the end of the file
     */
    boolean advance() throws InputException {
        length = 0;
        terminated = false;
        boolean any = false;
        while (!terminated && (next < filled || fill())) {
            any = true;
            int end = next;
            while (end < filled && block[end] != '\n') {
                end++;
            }
            append(end);
            terminated = end < filled;
            next = terminated ? end + 1 : end;
        }
        number += any ? 1 : 0;
        return any;
    }

    /** The line's bytes, from 0 to {@link #length()}, without the line feed; overwritten by the next line. */
    byte[] bytes() {
        return line;
    }

    int length() {
        return length;
    }

    /** From 1. */
    long number() {
        return number;
    }

    /** False for a last line that ends with the file and not with a line feed. */
    boolean terminated() {
        return terminated;
    }

    boolean blank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private void append(int end) throws InputException {
        int more = end - next;
        if (length + more > LONGEST_LINE) {
            throw InputException.at(
                    file, number + 1, "line is too long: more than " + LONGEST_LINE + " bytes; accepted: one record");
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.min(LONGEST_LINE, Math.max(length + more, 2 * line.length)));
        }
        System.arraycopy(block, next, line, length, more);
        length += more;
    }

    private boolean fill() throws InputException {
        try {
            next = 0;
            filled = Math.max(0, in.read(block));
            return filled > 0;
        } catch (IOException e) {
            throw InputException.at(file, number + 1, "cannot be read: " + e.getMessage(), e);
        }
    }
}
