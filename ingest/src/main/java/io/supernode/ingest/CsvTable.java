package io.supernode.ingest;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * A CSV file with names of columns in its first line, row by row. Columns are found by their names: tools add and move
 * them. Not thread-safe.
 */
final class CsvTable {
    private final Path file;
    private final String accepted;
    private final Iterator<CsvRecord> rows;
    private final List<String> names;
    private CsvRecord row;
    private long line;

    /**
     * @param file names the table in messages
     * @param accepted what every message ends with
     * @throws InputException when it has no first line
     */
    CsvTable(Path file, InputStream bytes, String accepted) throws InputException {
        this.file = file;
        this.accepted = accepted;
        rows = CsvReader.builder()
                .allowExtraFields(true) // counted here, to say which line and what was expected
                .allowMissingFields(true)
                .ofCsvRecord(
                        // strict, so that a file in another encoding fails instead of filling with replacements
                        new InputStreamReader(
                                bytes,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPORT)
                                        .onUnmappableCharacter(CodingErrorAction.REPORT)))
                .iterator();
        if (!hasNext()) {
            throw InputException.of(file, "holds no line; " + accepted);
        }
        names = names(rows.next());
    }

    static List<String> names(String firstLine) {
        return List.of(firstLine.split(",")).stream().map(CsvTable::name).toList();
    }

    boolean has(String column) {
        return names.contains(column);
    }

    /** Position of a column that must be there once. */
    int column(String column) throws InputException {
        int place = names.indexOf(column);
        if (place < 0 || place != names.lastIndexOf(column)) {
            throw InputException.at(
                    file,
                    1,
                    "column is " + (place < 0 ? "missing: " : "there twice: ") + column + ", found: "
                            + InputException.shown(String.join(",", names)) + "; " + accepted);
        }
        return place;
    }

    /** Goes to the next row; false at the end. */
    boolean advance() throws InputException {
        if (!hasNext()) {
            return false;
        }
        row = rows.next();
        line = row.getStartingLineNumber();
        if (row.getFieldCount() != names.size()) {
            throw wrong("has " + row.getFieldCount() + " columns instead of " + names.size() + ": "
                    + InputException.shown(String.join(",", row.getFields()))
                    + (hasNext() ? "" : " (the file seems to be cut off here)"));
        }
        return true;
    }

    /** Line of the row at hand, from 1. */
    long line() {
        return line;
    }

    /** Text of the row at hand. */
    String text(int column) {
        return row.getField(column);
    }

    /** A number of tokens. */
    int tokens(int column) throws InputException {
        String name = names.get(column);
        String range = "; accepted: a whole number from 0 to " + Integer.MAX_VALUE;
        try {
            int tokens = Integer.parseInt(text(column).strip());
            if (tokens < 0) {
                throw InputException.at(file, line, "must be >= 0: " + name + "=" + tokens + range);
            }
            return tokens;
        } catch (NumberFormatException e) {
            throw InputException.at(
                    file,
                    line,
                    "is not a number of tokens: " + name + "=" + InputException.shown(text(column)) + range,
                    e);
        }
    }

    /** A decimal number times a power of ten, see {@link Decimal#scaled}. */
    long scaled(int column, int powerOfTen) throws InputException {
        try {
            return Decimal.scaled(text(column), powerOfTen);
        } catch (NumberFormatException e) {
            throw InputException.at(
                    file,
                    line,
                    "is not a number: " + names.get(column) + "=" + InputException.shown(text(column)) + "; "
                            + accepted,
                    e);
        }
    }

    InputException wrong(String what) {
        return InputException.at(file, line, what + "; " + accepted);
    }

    private boolean hasNext() throws InputException {
        try {
            return rows.hasNext();
        } catch (CsvParseException | UncheckedIOException e) {
            throw InputException.at(file, line + 1, problem(e) + " (this line or soon after); " + accepted, e);
        }
    }

    private static String problem(RuntimeException e) {
        if (e.getCause() instanceof CharacterCodingException) {
            return "is not UTF-8 text";
        }
        String why = String.valueOf(e.getCause() instanceof IOException cause ? cause.getMessage() : e.getMessage());
        return (e.getCause() instanceof IOException ? "cannot be read: " : "is not CSV: ") + InputException.shown(why);
    }

    private static List<String> names(CsvRecord header) {
        return header.getFields().stream().map(CsvTable::name).toList();
    }

    private static String name(String field) {
        return field.replace("\uFEFF", "").strip();
    }
}
