package io.supernode.ingest;

import io.supernode.serving.Request;
import java.io.IOException;

/** Takes what a format reads, in the order of time. */
interface RecordingOutput {
    /**
     * Says what event time 0 stands for. Called once, before the first record.
     *
     * @param originEpochNanos nanoseconds since 1970 UTC, or on the recording's own clock where it tells no date
     */
    void begin(long originEpochNanos) throws IOException;

    void add(Request request) throws IOException;

    /** One line that the reader of the trace should know of the recording. */
    void note(String line);
}
