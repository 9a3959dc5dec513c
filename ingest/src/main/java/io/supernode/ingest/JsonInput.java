package io.supernode.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * A JSON document of any size, token by token, in bounded memory: no name, text or nesting may be larger than any
 * recording has it. Failures are told with file and line. Not thread-safe.
 */
final class JsonInput {
    private static final int LONGEST_TEXT = 8 << 20;
    private static final int DEEPEST = 200;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();

    private final Path file;
    private final String accepted;
    private final RecordingInput bytes;
    private final JsonParser parser;

    /**
     * @param file names the document in messages
     * @param accepted what every message ends with
     */
    JsonInput(Path file, InputStream bytes, String accepted) throws InputException {
        this.file = file;
        this.accepted = accepted;
        this.bytes = new RecordingInput(bytes);
        try {
            parser = JSON.createParser(this.bytes);
        } catch (IOException e) {
            throw InputException.at(file, 1, "cannot be read: " + InputException.shown(e.getMessage()), e);
        }
    }

    /** The next token; null after the last. */
    JsonToken next() throws InputException {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** The next token where the document must go on. */
    JsonToken nextInside() throws InputException {
        JsonToken token = next();
        if (token == null) {
            throw wrong("is cut off");
        }
        return token;
    }

    /** The next name in an object; null at its end. */
    String nextName() throws InputException {
        JsonToken token = nextInside();
        return token == JsonToken.FIELD_NAME ? text() : null;
    }

    JsonToken token() {
        return parser.currentToken();
    }

    /** The token at hand as text: numbers as they are written. */
    String text() throws InputException {
        try {
            String text = parser.getText();
            return text == null ? "" : text;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Goes to the end of the object or list at hand; nothing to do for anything else. */
    void skip() throws InputException {
        int depth = 0;
        for (JsonToken at = token(); at != null; at = nextInside()) {
            depth += at.isStructStart() ? 1 : at.isStructEnd() ? -1 : 0;
            if (depth <= 0) {
                return;
            }
        }
    }

    /** A whole number of 64 bits. */
    long whole(String key) throws InputException {
        String text = text();
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw wrong("must be a whole number: " + key + "=" + InputException.shown(text));
        }
    }

    /** A decimal number, also one in quotes, times a power of ten, see {@link Decimal#scaled}. */
    long scaled(String key, int powerOfTen) throws InputException {
        return scaled(key, text(), powerOfTen);
    }

    long scaled(String key, String text, int powerOfTen) throws InputException {
        try {
            return Decimal.scaled(text, powerOfTen);
        } catch (NumberFormatException e) {
            throw wrong("is not a number that can be used: " + key + "=" + InputException.shown(text));
        }
    }

    /** Line of the token at hand, from 1. */
    long line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** What is wrong at the token at hand. */
    InputException wrong(String what) {
        return InputException.at(file, Math.max(1, line()), what + "; " + accepted);
    }

    private InputException failed(IOException e) {
        JsonLocation at = parser.currentLocation();
        return InputException.at(file, Math.max(1, at.getLineNr()), problem(e, at) + "; " + accepted, e);
    }

    private String problem(IOException e, JsonLocation at) {
        if (e instanceof EOFException) {
            return "is cut off: " + InputException.shown(String.valueOf(e.getMessage()));
        }
        if (e instanceof JsonProcessingException json) {
            String why = String.valueOf(json.getOriginalMessage());
            return json instanceof JsonEOFException || why.contains("end-of-input") || isAtEnd(at)
                    ? "is cut off"
                    : "is not JSON at column " + Math.max(1, at.getColumnNr()) + ": " + InputException.shown(why);
        }
        String why = InputException.shown(String.valueOf(e.getMessage()));
        return e instanceof CharConversionException ? "is not text: " + why : "cannot be read: " + why;
    }

    /** Whether the parser stumbled over the end: a number that is cut off looks like a wrong one to it. */
    private boolean isAtEnd(JsonLocation at) {
        try {
            return at.getByteOffset() >= bytes.bytesRead() && bytes.read() < 0;
        } catch (IOException e) {
            return false; // then what it stumbled over is said
        }
    }
}
