package io.supernode.ingest;

import io.supernode.event.EventSource;
import io.supernode.replay.TraceMetadata;
import io.supernode.replay.TraceSplit;
import io.supernode.replay.TraceWriter;
import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Records into a trace file, which is there when all of them are and not before. */
final class TraceOutput implements RecordingOutput, Closeable {
    /** Cards whose events share a frame. Only how the file is cut depends on it: replaying cuts anew. */
    private static final int CARDS_PER_NODE = 8;

    private final Path file;
    private final String sourceFormat;
    private final TraceSplit split;
    private final Map<String, String> notes = new TreeMap<>();
    private TraceWriter writer;
    private boolean complete;

    TraceOutput(Path file, String sourceFormat, ImportOptions options) {
        this.file = file;
        this.sourceFormat = sourceFormat;
        split = options.split();
        notes.putAll(options.notes());
    }

    @Override
    public void remark(String line) {
        // for the one who imports, not for the trace
    }

    @Override
    public void note(String key, String value) {
        notes.put(key, value);
    }

    @Override
    public void begin(long originEpochNanos, long offsetNanos) throws IOException {
        if (offsetNanos > 0) {
            notes.put("offsetNanos", Long.toString(offsetNanos));
        }
        try {
            writer = TraceWriter.create(file, new TraceMetadata(sourceFormat, originEpochNanos, notes), split);
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    @Override
    public void add(Request request) throws IOException {
        try {
            writer.add(request);
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    @Override
    public void addEvents(EventSource events) throws IOException {
        try {
            writer.addEvents(events, CARDS_PER_NODE);
        } catch (InputException e) {
            throw e;
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /** All is there: closing keeps the file. */
    void complete() {
        complete = true;
    }

    @Override
    public void close() throws IOException {
        if (writer == null) {
            return;
        }
        if (!complete) {
            writer.abandon();
        }
        try {
            writer.close();
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    private IOException notWritten(IOException e) {
        Path folder = file.toAbsolutePath().getParent();
        String why = folder != null && !Files.isDirectory(folder)
                ? "no such folder"
                : e instanceof FileAlreadyExistsException
                        ? e.getMessage()
                        : Files.isDirectory(file)
                                ? "is a folder"
                                : e.getClass().getSimpleName() + ": " + e.getMessage();
        return new IOException(file + ": cannot be written: " + why, e);
    }
}
