package io.supernode.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the recorded Mooncake log line by line; just enough of a parser for a file that is known to be well formed. */
final class MooncakeLog implements Iterator<Request>, AutoCloseable {
    private static final Pattern LINE = Pattern.compile("\\{\"timestamp\": (\\d+), \"input_length\": (\\d+), "
            + "\"output_length\": (\\d+), \"hash_ids\": \\[([\\d, ]*)]}");

    private final BufferedReader reader;
    private String line;
    private long index;

    private MooncakeLog(BufferedReader reader) throws IOException {
        this.reader = reader;
        line = reader.readLine();
    }

    static Path path() {
        return Path.of(System.getProperty("traces.dir", "../../shared/traces"))
                .resolve("requests/mooncake_conversation_0-2400s.jsonl");
    }

    static MooncakeLog open() {
        try {
            return new MooncakeLog(Files.newBufferedReader(path()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean hasNext() {
        return line != null;
    }

    @Override
    public Request next() {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            throw new IllegalStateException("line " + (index + 1) + " of " + path() + ": " + line);
        }
        int[] blocks =
                Stream.of(m.group(4).split(", ")).mapToInt(Integer::parseInt).toArray();
        try {
            line = reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Request(
                index++,
                Long.parseLong(m.group(1)) * 1_000_000,
                Long.parseLong(m.group(2)),
                Long.parseLong(m.group(3)),
                blocks);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
