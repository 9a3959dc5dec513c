package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The Azure LLM inference traces (Patel et al., ISCA 2024): CSV with the columns {@code TIMESTAMP}, {@code
 * ContextTokens}, {@code GeneratedTokens} in any order, others passed over. Times are to 100 ns and without a zone: they
 * are read as UTC.
 */
final class AzureFormat implements RecordingFormat {
    private static final String TIMESTAMP = "TIMESTAMP";
    private static final String INPUT = "ContextTokens";
    private static final String OUTPUT = "GeneratedTokens";
    private static final String ACCEPTED = "accepted: the columns TIMESTAMP,ContextTokens,GeneratedTokens";
    private static final int[] NO_BLOCKS = {};

    @Override
    public String name() {
        return "azure";
    }

    @Override
    public String lookedFor() {
        return "CSV whose first line names TIMESTAMP, ContextTokens, GeneratedTokens";
    }

    @Override
    public boolean recognises(Recording recording) {
        return CsvTable.names(recording.head().firstLine()).containsAll(List.of(TIMESTAMP, INPUT, OUTPUT));
    }

    @Override
    public void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException {
        Path file = recording.file();
        CsvTable table = new CsvTable(file, recording.open(file), ACCEPTED);
        int timeColumn = table.column(TIMESTAMP);
        int inputColumn = table.column(INPUT);
        int outputColumn = table.column(OUTPUT);
        RequestLog log = new RequestLog(file, TIMESTAMP, true, out);
        recording.asFarAsGood(() -> {
            while (table.advance()) {
                String time = table.text(timeColumn);
                long nanos = UtcTime.nanos(time);
                if (nanos < 0) {
                    throw InputException.at(
                            file,
                            table.line(),
                            "is not a time: " + TIMESTAMP + "=" + InputException.shown(time) + "; accepted: "
                                    + UtcTime.ACCEPTED);
                }
                log.add(table.line(), time, nanos, table.tokens(inputColumn), table.tokens(outputColumn), NO_BLOCKS);
            }
            log.end();
        });
    }
}
