package io.supernode.ingest;

import io.supernode.replay.TraceMetadata;
import io.supernode.replay.TraceWriter;
import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Records into a trace file, which is there when all of them are and not before. */
final class TraceOutput implements RecordingOutput, Closeable {
    private final Path file;
    private final String sourceFormat;
    private TraceWriter writer;
    private boolean complete;

    TraceOutput(Path file, String sourceFormat) {
        this.file = file;
        this.sourceFormat = sourceFormat;
    }

    @Override
    public void begin(long originEpochNanos, long offsetNanos) throws IOException {
        TraceMetadata metadata = TraceMetadata.of(sourceFormat, originEpochNanos);
        if (offsetNanos > 0) {
            metadata = metadata.with("offsetNanos", Long.toString(offsetNanos));
        }
        try {
            writer = TraceWriter.create(file, metadata);
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
                : Files.isDirectory(file) ? "is a folder" : e.getClass().getSimpleName() + ": " + e.getMessage();
        return new IOException(file + ": cannot be written: " + why, e);
    }
}
