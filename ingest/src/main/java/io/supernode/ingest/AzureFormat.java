package io.supernode.ingest;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
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
    public boolean recognises(FileHead head) {
        return List.of(head.firstLine().split(",")).containsAll(List.of(TIMESTAMP, INPUT, OUTPUT));
    }

    @Override
    public List<String> read(Path file, RecordingInput input, RecordingOutput out) throws IOException {
        // strict, so that a file in another encoding fails instead of filling with replacement characters
        Reader text = new InputStreamReader(
                input,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        CsvReader<CsvRecord> csv = CsvReader.builder()
                .allowExtraFields(true) // counted here, to say which line and what was expected
                .allowMissingFields(true)
                .ofCsvRecord(text);
        Rows rows = new Rows(file, csv.iterator());
        CsvRecord header = rows.next();
        if (header == null) {
            throw InputException.of(file, "holds no line; " + ACCEPTED);
        }
        Columns columns = Columns.of(file, header);
        RequestLog log = new RequestLog(file, TIMESTAMP, true, out);
        for (CsvRecord row = rows.next(); row != null; row = rows.next()) {
            long line = row.getStartingLineNumber();
            if (row.getFieldCount() != columns.count) {
                throw InputException.at(
                        file,
                        line,
                        "has " + row.getFieldCount() + " columns instead of " + columns.count + ": "
                                + InputException.shown(String.join(",", row.getFields()))
                                + (rows.atEnd() ? " (the file seems to be cut off here)" : "") + "; " + ACCEPTED);
            }
            String time = row.getField(columns.time);
            long nanos = UtcTime.nanos(time);
            if (nanos < 0) {
                throw InputException.at(
                        file,
                        line,
                        "is not a time: " + TIMESTAMP + "=" + InputException.shown(time) + "; accepted: "
                                + UtcTime.ACCEPTED);
            }
            long inputTokens = tokens(file, line, INPUT, row.getField(columns.input));
            long outputTokens = tokens(file, line, OUTPUT, row.getField(columns.output));
            log.add(line, time, nanos, inputTokens, outputTokens, NO_BLOCKS);
        }
        log.end();
        return List.of();
    }

    private static long tokens(Path file, long line, String column, String text) throws InputException {
        String accepted = "; accepted: a whole number from 0 to " + Integer.MAX_VALUE;
        try {
            int tokens = Integer.parseInt(text.strip());
            if (tokens < 0) {
                throw InputException.at(file, line, "must be >= 0: " + column + "=" + tokens + accepted);
            }
            return tokens;
        } catch (NumberFormatException e) {
            throw InputException.at(
                    file,
                    line,
                    "is not a number of tokens: " + column + "=" + InputException.shown(text) + accepted,
                    e);
        }
    }

    /** Where the columns stand in each row, from 0. */
    private record Columns(int time, int input, int output, int count) {
        static Columns of(Path file, CsvRecord header) throws InputException {
            List<String> names = header.getFields().stream()
                    .map(name -> name.replace("\uFEFF", "").strip())
                    .toList();
            return new Columns(
                    place(file, names, TIMESTAMP), place(file, names, INPUT), place(file, names, OUTPUT), names.size());
        }

        private static int place(Path file, List<String> names, String column) throws InputException {
            int place = names.indexOf(column);
            if (place < 0 || place != names.lastIndexOf(column)) {
                throw InputException.at(
                        file,
                        1,
                        "column is " + (place < 0 ? "missing: " : "there twice: ") + column + ", found: "
                                + InputException.shown(String.join(",", names)) + "; " + ACCEPTED);
            }
            return place;
        }
    }

    /** The rows, with the reader's failures told as ours. */
    private static final class Rows {
        private final Path file;
        private final Iterator<CsvRecord> rows;
        private long line;

        Rows(Path file, Iterator<CsvRecord> rows) {
            this.file = file;
            this.rows = rows;
        }

        /** The next row; null at the end. */
        CsvRecord next() throws InputException {
            if (atEnd()) {
                return null;
            }
            CsvRecord row = rows.next();
            line = row.getStartingLineNumber();
            return row;
        }

        boolean atEnd() throws InputException {
            try {
                return !rows.hasNext();
            } catch (CsvParseException | UncheckedIOException e) {
                String what = e.getCause() instanceof CharacterCodingException
                        ? "is not UTF-8 text"
                        : "is not CSV: " + InputException.shown(String.valueOf(e.getMessage()));
                throw InputException.at(file, line + 1, what + " (this line or soon after); " + ACCEPTED, e);
            }
        }
    }
}
