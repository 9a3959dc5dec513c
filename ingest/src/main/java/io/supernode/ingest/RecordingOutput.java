package io.supernode.ingest;

import io.supernode.event.EventSource;
import io.supernode.serving.Request;
import java.io.IOException;

/** Takes what a format reads, in the order of time. */
interface RecordingOutput {
    /** One line that the reader of the trace should know of the recording. */
    void remark(String line);

    /** Something to keep in the trace's own description; before {@link #begin}. */
    void note(String key, String value);

    /**
     * Says what event time 0 stands for: the first record. Called once, before it.
     *
     * @param originEpochNanos that time, nanoseconds since 1970 UTC; 0 where the recording tells no date
     * @param offsetNanos that time on the recording's own clock where it tells no date, nanoseconds; else 0
     */
    void begin(long originEpochNanos, long offsetNanos) throws IOException;

    void add(Request request) throws IOException;

    /** All events of a recording. */
    void addEvents(EventSource events) throws IOException;
}
