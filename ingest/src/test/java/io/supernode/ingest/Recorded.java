package io.supernode.ingest;

import io.supernode.serving.Request;
import java.util.ArrayList;
import java.util.List;

/** An output that remembers. */
final class Recorded implements RecordingOutput {
    final List<Request> requests = new ArrayList<>();
    long originEpochNanos = -1;
    long offsetNanos = -1;

    @Override
    public void begin(long originEpochNanos, long offsetNanos) {
        this.originEpochNanos = originEpochNanos;
        this.offsetNanos = offsetNanos;
    }

    @Override
    public void add(Request request) {
        requests.add(request);
    }
}
