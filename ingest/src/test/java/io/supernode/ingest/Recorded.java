package io.supernode.ingest;

import io.supernode.serving.Request;
import java.util.ArrayList;
import java.util.List;

/** An output that remembers. */
final class Recorded implements RecordingOutput {
    final List<Request> requests = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    long originEpochNanos = -1;

    @Override
    public void begin(long originEpochNanos) {
        this.originEpochNanos = originEpochNanos;
    }

    @Override
    public void add(Request request) {
        requests.add(request);
    }

    @Override
    public void note(String line) {
        notes.add(line);
    }
}
