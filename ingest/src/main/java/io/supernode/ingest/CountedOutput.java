package io.supernode.ingest;

import io.supernode.serving.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Passes records on, counts them and tells the progress. */
final class CountedOutput implements RecordingOutput {
    private static final int RECORDS_PER_PROGRESS = 4096;

    private final RecordingOutput out;
    private final RecordingInput input;
    private final long bytesTotal;
    private final ImportProgress progress;
    private long originEpochNanos;
    private long offsetNanos;
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
            progress.at(requests, input.bytesRead(), bytesTotal);
        }
    }

    long requests() {
        return requests;
    }

    ImportReport report(String format, List<String> formatNotes) {
        List<String> notes = new ArrayList<>();
        if (offsetNanos > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "the first request is at %.3f s of the recording's own clock; times are counted from it",
                    offsetNanos / 1e9));
        }
        notes.addAll(formatNotes);
        return new ImportReport(format, requests, inputTokens, outputTokens, originEpochNanos, spanNanos, notes);
    }
}
