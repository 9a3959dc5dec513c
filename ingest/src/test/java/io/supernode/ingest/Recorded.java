package io.supernode.ingest;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.schemas.FrameWriter;
import io.supernode.serving.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An output that remembers, and that refuses events which no frame may carry. */
final class Recorded implements RecordingOutput {
    final List<Request> requests = new ArrayList<>();
    final List<Record> events = new ArrayList<>();
    final List<String> remarks = new ArrayList<>();
    final Map<String, String> notes = new TreeMap<>();
    long originEpochNanos = -1;
    long offsetNanos = -1;

    @Override
    public void remark(String line) {
        remarks.add(line);
    }

    @Override
    public void note(String key, String value) {
        notes.put(key, value);
    }

    @Override
    public void begin(long originEpochNanos, long offsetNanos) {
        this.originEpochNanos = originEpochNanos;
        this.offsetNanos = offsetNanos;
    }

    @Override
    public void add(Request request) {
        requests.add(request);
    }

    @Override
    public void addEvents(EventSource source) {
        EventBatch batch = new EventBatch();
        long through = Long.MIN_VALUE;
        while (source.next(batch)) {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < through) {
                    throw new AssertionError("ends before what was given: " + batch.record(i));
                }
                FrameWriter frame = new FrameWriter(batch.kind(i));
                frame.begin(batch.endNanos(i));
                frame.append(batch, i);
                events.add(batch.record(i));
            }
            through = source.throughNanos();
        }
    }
}
