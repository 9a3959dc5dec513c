package io.supernode.ingest;

import io.supernode.serving.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Passes records on, counts them and tells the progress. */
final class CountedOutput implements RecordingOutput {
    private static final int RECORDS_PER_PROGRESS = 4096;

    private final RecordingOutput out;
    private final RecordingInput input;
    private final long bytesTotal;
    private final ImportProgress progress;
    private final List<String> notes = new ArrayList<>();
    private long originEpochNanos;
    private long requests;
    private long inputTokens;
    private long outputTokens;
    private long spanNanos;

    CountedOutput(RecordingOutput out, RecordingInput input, long bytesTotal, ImportProgress progress) {
        this.out = out;
        this.input = input;
        this.bytesTotal = bytesTotal;
        this.progress = progress;
    }

    @Override
    public void begin(long originEpochNanos) throws IOException {
        this.originEpochNanos = originEpochNanos;
        out.begin(originEpochNanos);
    }

    @Override
    public void add(Request request) throws IOException {
        out.add(request);
        requests++;
        inputTokens += request.inputTokens();
        outputTokens += request.outputTokens();
        spanNanos = request.arrivalNanos();
        if (requests % RECORDS_PER_PROGRESS == 0) {
            progress.at(requests, input.bytesRead(), bytesTotal);
        }
    }

    @Override
    public void note(String line) {
        notes.add(line);
        out.note(line);
    }

    long requests() {
        return requests;
    }

    ImportReport report(String format) {
        return new ImportReport(format, requests, inputTokens, outputTokens, originEpochNanos, spanNanos, notes);
    }
}
