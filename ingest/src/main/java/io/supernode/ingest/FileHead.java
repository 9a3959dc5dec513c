package io.supernode.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The beginning of a file, enough to tell what it is.
 *
 * @param text up to 64 KiB as UTF-8, without a byte order mark
 * @param gzipped whether it starts as gzip files do
 */
record FileHead(String text, boolean gzipped) {
    private static final int SIZE = 64 << 10;

    static FileHead of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(SIZE);
            boolean gzipped = bytes.length > 1 && (bytes[0] & 0xFF) == 0x1F && (bytes[1] & 0xFF) == 0x8B;
            String text = new String(bytes, StandardCharsets.UTF_8);
            return new FileHead(text.startsWith("\uFEFF") ? text.substring(1) : text, gzipped);
        }
    }

    /** The first line that is not blank, without its end. */
    String firstLine() {
        return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    }
}
