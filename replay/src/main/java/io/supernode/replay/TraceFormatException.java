package io.supernode.replay;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not a whole, readable trace. One line: which file, where in it, what was found and what is expected. */
public final class TraceFormatException extends IOException {
    /** A damaged file may put anything into a message: names of any length, line breaks, escape sequences. */
    private static final int MESSAGE_CHARS_MAX = 500;

    public TraceFormatException(String message) {
        this(message, null);
    }

    public TraceFormatException(String message, Throwable cause) {
        super(printable(message), cause);
    }

    static TraceFormatException at(Path file, long byteOffset, String problem, Throwable cause) {
        return new TraceFormatException(file + ": byte " + byteOffset + ": " + problem, cause);
    }

    static TraceFormatException atRecord(Path file, long record, long blockOffset, String problem, Throwable cause) {
        return new TraceFormatException(
                file + ": record " + record + " (block at byte " + blockOffset + "): " + problem, cause);
    }

    private static String printable(String message) {
        StringBuilder line = new StringBuilder(Math.min(message.length(), MESSAGE_CHARS_MAX));
        message.codePoints()
                .limit(MESSAGE_CHARS_MAX)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.LINE_SEPARATOR ? '?' : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }
}
