package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Request logs of the Mooncake paper (Qin et al., FAST 2025): JSON Lines with {@code timestamp} (milliseconds from the
 * start of the log, whole), {@code input_length}, {@code output_length} (tokens) and {@code hash_ids} (identifiers of
 * successive prompt blocks of 512 tokens; optional). Times are kept as recorded; equal lines are separate requests.
 * Other keys are passed over.
 */
final class MooncakeFormat implements RecordingFormat {
    private static final String TIMESTAMP = "timestamp";
    private static final String INPUT = "input_length";
    private static final String OUTPUT = "output_length";
    private static final String BLOCKS = "hash_ids";
    private static final String ACCEPTED =
            "accepted: one object per line with whole numbers timestamp (ms), input_length,"
                    + " output_length and a list hash_ids";
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int BLOCK_TOKENS = 512;
    private static final int[] NO_BLOCKS = {};

    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    @Override
    public String name() {
        return "mooncake";
    }

    @Override
    public String lookedFor() {
        return "a JSON object per line with timestamp, input_length, output_length";
    }

    @Override
    public boolean recognises(Recording recording) {
        String line = recording.head().firstLine().stripLeading();
        return line.startsWith("{")
                && line.contains('"' + TIMESTAMP + '"')
                && line.contains('"' + INPUT + '"')
                && line.contains('"' + OUTPUT + '"');
    }

    @Override
    public void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException {
        Path file = recording.file();
        RequestLog log = new RequestLog(file, TIMESTAMP, false, out);
        LineReader lines = new LineReader(file, recording.open(file));
        long[] oddBlocks = {0};
        recording.asFarAsGood(() -> {
            while (lines.advance()) {
                if (lines.blank()) {
                    continue;
                }
                Line line = parse(file, lines);
                log.add(
                        lines.number(),
                        Long.toString(line.millis),
                        line.millis * NANOS_PER_MILLI,
                        line.inputTokens,
                        line.outputTokens,
                        line.blocks);
                oddBlocks[0] += line.blocks.length > 0 && line.blocks.length != blocksOf(line.inputTokens) ? 1 : 0;
            }
            log.end();
        });
        if (oddBlocks[0] > 0) {
            out.remark("requests with another number of hash_ids than one for each " + BLOCK_TOKENS
                    + " tokens of input_length: " + oddBlocks[0]);
        }
    }

    private static long blocksOf(long inputTokens) {
        return (inputTokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    }

    private record Line(long millis, long inputTokens, long outputTokens, int[] blocks) {}

    private Line parse(Path file, LineReader lines) throws InputException {
        try (JsonParser parser = json.createParser(lines.bytes(), 0, lines.length())) {
            Fields fields = new Fields(file, lines.number(), parser);
            Line line = fields.read();
            if (parser.nextToken() != null) {
                throw fields.wrong("more than one value on the line");
            }
            return line;
        } catch (JsonProcessingException e) {
            throw InputException.at(file, lines.number(), problem(e, lines) + "; " + ACCEPTED, e);
        } catch (InputException e) {
            throw e;
        } catch (IOException e) { // a parser over an array does no input
            throw new IllegalStateException(e);
        }
    }

    private static String problem(JsonProcessingException e, LineReader lines) {
        String why = e.getOriginalMessage();
        if (e instanceof JsonEOFException || why.contains("end-of-input")) { // the parser has it both ways
            return lines.terminated() ? "line is cut off" : "file is cut off inside this line";
        }
        int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
        return "is not JSON at column " + column + ": " + InputException.shown(why);
    }

    /** The fields of one line while it is parsed. */
    private static final class Fields {
        private static final long MISSING = -1;
        private static final long LATEST_MILLIS = Long.MAX_VALUE / NANOS_PER_MILLI;

        private final Path file;
        private final long number;
        private final JsonParser parser;
        private final List<String> found = new ArrayList<>();

        Fields(Path file, long number, JsonParser parser) {
            this.file = file;
            this.number = number;
            this.parser = parser;
        }

        Line read() throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw wrong("is not an object: " + InputException.shown(parser.getText()));
            }
            long millis = MISSING;
            long input = MISSING;
            long output = MISSING;
            int[] blocks = NO_BLOCKS;
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                found.add(key);
                parser.nextToken();
                switch (key) {
                    case TIMESTAMP -> millis = whole(key, LATEST_MILLIS);
                    case INPUT -> input = whole(key, Integer.MAX_VALUE);
                    case OUTPUT -> output = whole(key, Integer.MAX_VALUE);
                    case BLOCKS -> blocks = blocks();
                    default -> parser.skipChildren();
                }
            }
            requireFound(TIMESTAMP, millis);
            requireFound(INPUT, input);
            requireFound(OUTPUT, output);
            return new Line(millis, input, output, blocks);
        }

        InputException wrong(String what) {
            return InputException.at(file, number, what + "; " + ACCEPTED);
        }

        private void requireFound(String key, long value) throws InputException {
            if (value == MISSING) {
                throw wrong("key is missing: " + key + ", found: " + InputException.shown(String.join(", ", found)));
            }
        }

        private int[] blocks() throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw wrong("must be a list: " + BLOCKS + "=" + InputException.shown(parser.getText()));
            }
            int[] blocks = new int[64];
            int count = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (count == blocks.length) {
                    blocks = Arrays.copyOf(blocks, 2 * count);
                }
                blocks[count++] = (int) whole(BLOCKS, Integer.MAX_VALUE);
            }
            return Arrays.copyOf(blocks, count);
        }

        private long whole(String key, long largest) throws IOException {
            if (parser.currentToken() == null) { // the line ends where a value should stand: let the parser say so
                parser.nextToken();
            }
            String text = parser.getText();
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw wrong("must be a whole number: " + key + "=" + InputException.shown(String.valueOf(text)));
            }
            if (text.startsWith("-")) {
                throw wrong("must be >= 0: " + key + "=" + InputException.shown(text));
            }
            long value = text.length() > 19 ? Long.MAX_VALUE : parseOrLargest(text);
            if (value > largest) {
                throw wrong("must be <= " + largest + ": " + key + "=" + InputException.shown(text));
            }
            return value;
        }

        private static long parseOrLargest(String digits) {
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) { // 19 digits beyond 2^63 - 1
                return Long.MAX_VALUE;
            }
        }
    }
}
