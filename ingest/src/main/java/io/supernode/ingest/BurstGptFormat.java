package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The BurstGPT traces (Wang et al., 2024): CSV with {@code Timestamp} (seconds from the midnight before the first day),
 * {@code Request tokens}, {@code Response tokens}. Both layouts: releases 1 and 2 as they are, release 3 with {@code
 * Session ID} and {@code Elapsed time} after the time; columns are found by name and others passed over. A request
 * without response tokens failed: it is kept, because the service had to look at it, and counted.
 */
final class BurstGptFormat implements RecordingFormat {
    private static final String TIMESTAMP = "Timestamp";
    private static final String INPUT = "Request tokens";
    private static final String OUTPUT = "Response tokens";
    private static final String TOTAL = "Total tokens";
    private static final String ACCEPTED =
            "accepted: the columns Timestamp (seconds),Request tokens,Response tokens, with others beside them";
    private static final int NANOS_POWER = 9;
    private static final int[] NO_BLOCKS = {};

    /** What a log has that is told beside it. */
    private static final class Tally {
        long failed;
        long oddTotals;
    }

    @Override
    public String name() {
        return "burstgpt";
    }

    @Override
    public String lookedFor() {
        return "CSV whose first line names Timestamp, Request tokens, Response tokens";
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
        int totalColumn = table.has(TOTAL) ? table.column(TOTAL) : -1;
        RequestLog log = new RequestLog(file, TIMESTAMP, false, out);
        Tally tally = new Tally();
        recording.asFarAsGood(() -> {
            while (table.advance()) {
                String time = table.text(timeColumn);
                long nanos = table.scaled(timeColumn, NANOS_POWER);
                if (nanos < 0) {
                    throw table.wrong("must be >= 0: " + TIMESTAMP + "=" + InputException.shown(time));
                }
                int input = table.tokens(inputColumn);
                int output = table.tokens(outputColumn);
                boolean oddTotal = totalColumn >= 0 && table.tokens(totalColumn) != (long) input + output;
                log.add(table.line(), time, nanos, input, output, NO_BLOCKS);
                tally.failed += output == 0 ? 1 : 0;
                tally.oddTotals += oddTotal ? 1 : 0;
            }
            log.end();
        });
        if (tally.failed > 0) {
            out.remark("requests without response tokens, which failed: " + tally.failed);
        }
        if (tally.oddTotals > 0) {
            out.remark("requests whose Total tokens are not the sum of the two: " + tally.oddTotals);
        }
    }
}
