package io.supernode.ingest;

import io.supernode.serving.Request;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns the lines of a request log into requests: numbers them, counts their time from the first, and holds to the
 * order of time.
 */
final class RequestLog {
    private final Path file;
    private final String timeKey;
    private final boolean dated;
    private final RecordingOutput out;
    private long requests;
    private long originNanos;
    private long lastNanos;
    private long lastLine;
    private String lastShown = "";

    /**
     * @param timeKey what the file calls the time, for messages
     * @param dated whether times are since 1970 UTC, and not on a clock of the log's own
     */
    RequestLog(Path file, String timeKey, boolean dated, RecordingOutput out) {
        this.file = file;
        this.timeKey = timeKey;
        this.dated = dated;
        this.out = out;
    }

    /**
     * @param line where it stands, from 1
     * @param shown the time as the file writes it
     * @param nanos the same on the log's clock, nanoseconds
     */
    void add(long line, String shown, long nanos, long inputTokens, long outputTokens, int[] prefixBlocks)
            throws IOException {
        if (requests == 0) {
            originNanos = nanos;
            out.begin(dated ? nanos : 0, dated ? 0 : nanos);
        } else if (nanos < lastNanos) {
            throw InputException.at(
                    file,
                    line,
                    "time goes backwards: " + timeKey + "=" + InputException.shown(shown) + " after "
                            + InputException.shown(lastShown) + " on line " + lastLine
                            + "; accepted: requests in the order of their arrival");
        }
        out.add(new Request(requests, nanos - originNanos, inputTokens, outputTokens, prefixBlocks));
        requests++;
        lastNanos = nanos;
        lastLine = line;
        lastShown = shown;
    }

    /** @throws InputException when the log held no request */
    void end() throws InputException {
        if (requests == 0) {
            throw InputException.of(file, "holds no request; accepted: at least one");
        }
    }
}
