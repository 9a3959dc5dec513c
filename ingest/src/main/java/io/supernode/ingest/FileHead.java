package io.supernode.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;

/**
 * The beginning of a file, enough to tell what it is.
 *
 * @param text up to 64 KiB as UTF-8, unpacked, without a byte order mark; empty where it does not unpack
 */
record FileHead(String text) {
    static final FileHead NONE = new FileHead("");

    private static final int SIZE = 64 << 10;

    static FileHead of(Path file) throws IOException {
        try (RecordingInput bytes = new RecordingInput(Files.newInputStream(file))) {
            return new FileHead(text(bytes));
        }
    }

    /** The first line that is not blank, without its end. */
    String firstLine() {
        return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    }

    private static String text(RecordingInput bytes) throws IOException {
        byte[] start = new byte[SIZE];
        int length = 0;
        try {
            InputStream unpacked = Unpacked.of(bytes);
            int n;
            while (length < SIZE && (n = unpacked.read(start, length, SIZE - length)) >= 0) {
                length += n;
            }
        } catch (ZipException | EOFException e) {
            // what came before the damage tells the format too; reading it in earnest will say what is wrong
        }
        String text = new String(start, 0, length, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
