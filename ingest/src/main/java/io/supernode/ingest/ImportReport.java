package io.supernode.ingest;

import java.util.List;

/**
 * What an import found.
 *
 * @param format name of the format it was read as
 * @param requests requests taken
 * @param events events taken
 * @param inputTokens tokens of all prompts
 * @param outputTokens tokens of all answers
 * @param originEpochNanos time of the first record, nanoseconds since 1970 UTC; 0 where the recording tells no date
 * @param spanNanos from the first request to the last, or from the start of the first event to the end of the last
 * @param notes one line each: what the reader of the trace should know of the recording
 */
public record ImportReport(
        String format,
        long requests,
        long events,
        long inputTokens,
        long outputTokens,
        long originEpochNanos,
        long spanNanos,
        List<String> notes) {
    public ImportReport {
        notes = List.copyOf(notes);
    }
}
