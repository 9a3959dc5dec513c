package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file from outside is not what it claims to be. The message is one line: file, line, what was found under which key,
 * and what would be accepted.
 */
public final class InputException extends IOException {
    private static final int SHOWN_LENGTH = 60;

    private InputException(String message, Throwable cause) {
        super(message, cause);
    }

    static InputException of(Path file, String what) {
        return new InputException(file + ": " + what, null);
    }

    static InputException of(Path file, String what, Throwable cause) {
        return new InputException(file + ": " + what, cause);
    }

    /** @param line from 1, as editors count */
    static InputException at(Path file, long line, String what) {
        return new InputException(file + ":" + line + ": " + what, null);
    }

    static InputException at(Path file, long line, String what, Throwable cause) {
        return new InputException(file + ":" + line + ": " + what, cause);
    }

    /** @param damage the first line that was put up with, while nothing was good before it */
    static InputException nothingGood(String damage) {
        return new InputException(damage, null);
    }

    /** Foreign text made fit for a message: one line, printable, at most 60 characters. */
    static String shown(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (i == SHOWN_LENGTH) {
                return out.append("...").toString();
            }
            char c = text.charAt(i);
            boolean printable = c >= ' ' && c < 0x7F || c >= 0xA0 && Character.isLetterOrDigit(c);
            out.append(printable ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return out.toString();
    }
}
