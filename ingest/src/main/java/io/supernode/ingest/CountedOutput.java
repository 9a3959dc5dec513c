package io.supernode.ingest;

import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.serving.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Passes records on, counts them and tells the progress. */
final class CountedOutput implements RecordingOutput {
    private static final int RECORDS_PER_PROGRESS = 4096;

    private final RecordingOutput out;
    private final Recording recording;
    private final long bytesTotal;
    private final ImportProgress progress;
    private final List<String> remarks = new ArrayList<>();
    private long originEpochNanos;
    private long offsetNanos;
    private long requests;
    private long events;
    private long inputTokens;
    private long outputTokens;
    private long spanNanos;

    CountedOutput(RecordingOutput out, Recording recording, long bytesTotal, ImportProgress progress) {
        this.out = out;
        this.recording = recording;
        this.bytesTotal = bytesTotal;
        this.progress = progress;
    }

    @Override
    public void remark(String line) {
        remarks.add(line);
    }

    @Override
    public void note(String key, String value) {
        out.note(key, value);
    }

    @Override
    public void begin(long originEpochNanos, long offsetNanos) throws IOException {
        this.originEpochNanos = originEpochNanos;
        this.offsetNanos = offsetNanos;
        out.begin(originEpochNanos, offsetNanos);
    }

    @Override
    public void add(Request request) throws IOException {
        out.add(request);
        requests++;
        inputTokens += request.inputTokens();
        outputTokens += request.outputTokens();
        spanNanos = request.arrivalNanos();
        if (requests % RECORDS_PER_PROGRESS == 0) {
            tell();
        }
    }

    @Override
    public void addEvents(EventSource source) throws IOException {
        out.addEvents(new Counted(source));
    }

    long records() {
        return requests + events;
    }

    ImportReport report(String format) {
        List<String> notes = new ArrayList<>();
        if (offsetNanos > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "the first request is at %.3f s of the recording's own clock; times are counted from it",
                    offsetNanos / 1e9));
        }
        notes.addAll(remarks);
        return new ImportReport(
                format, requests, events, inputTokens, outputTokens, originEpochNanos, spanNanos, notes);
    }

    private void tell() {
        progress.at(records(), Math.min(bytesTotal, recording.bytesRead()), bytesTotal);
    }

    private final class Counted implements EventSource {
        private final EventSource source;

        Counted(EventSource source) {
            this.source = source;
        }

        @Override
        public boolean next(EventBatch batch) {
            boolean more = source.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                spanNanos = Math.max(spanNanos, batch.endNanos(i));
                if (batch.kind(i) == EventKind.REQUEST) {
                    inputTokens += batch.inputTokens(i);
                    outputTokens += batch.outputTokens(i);
                }
            }
            events += batch.size();
            tell();
            return more;
        }

        @Override
        public long throughNanos() {
            return source.throughNanos();
        }
    }
}
