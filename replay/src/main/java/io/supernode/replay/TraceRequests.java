package io.supernode.replay;

import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The requests of a trace file, in the order of the file; frames are passed over. Not thread-safe. */
public final class TraceRequests implements Iterator<Request>, Closeable {
    private final TraceReader reader;
    private Request ahead;
    private boolean ended;

    private TraceRequests(TraceReader reader) {
        this.reader = reader;
    }

    /** @throws IOException as {@link TraceReader#open} */
    public static TraceRequests open(Path file) throws IOException {
        return new TraceRequests(TraceReader.open(file));
    }

    public TraceMetadata metadata() {
        return reader.metadata();
    }

    /** @throws UncheckedIOException around a {@link TraceFormatException} where the file is cut short or damaged */
    @Override
    public boolean hasNext() {
        try {
            while (ahead == null && !ended) {
                if (!reader.next()) {
                    ended = true;
                } else if (reader.isRequest()) {
                    ahead = reader.request();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        return ahead != null;
    }

    @Override
    public Request next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more requests");
        }
        Request next = ahead;
        ahead = null;
        return next;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
