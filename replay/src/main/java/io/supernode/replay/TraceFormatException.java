package io.supernode.replay;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not a whole, readable trace. One line: which file, where in it, what was found and what is expected. */
public final class TraceFormatException extends IOException {
    public TraceFormatException(String message) {
        super(message);
    }

    public TraceFormatException(String message, Throwable cause) {
        super(message, cause);
    }

    static TraceFormatException at(Path file, long byteOffset, String problem, Throwable cause) {
        return new TraceFormatException(file + ": byte " + byteOffset + ": " + problem, cause);
    }

    static TraceFormatException atRecord(Path file, long record, long blockOffset, String problem, Throwable cause) {
        return new TraceFormatException(
                file + ": record " + record + " (block at byte " + blockOffset + "): " + problem, cause);
    }
}
