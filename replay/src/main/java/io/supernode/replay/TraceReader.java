package io.supernode.replay;

import io.supernode.event.EventKind;
import io.supernode.schemas.TraceIndex;
import io.supernode.schemas.UnreadableException;
import io.supernode.serving.Request;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads a trace record by record, in order: a file, or a folder of parts as the one recording that they are; a part by
 * its own name is read alone. Memory is bounded by a block. What is cut short, damaged or something else throws
 * {@link TraceFormatException}; what came before has been given. Not thread-safe.
 */
public final class TraceReader implements Closeable {
    private final List<Path> files;
    private final long[] recordsOf;
    private final long[] endNanosOf;
    private long records;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;
    private TracePartReader part;
    private int number;

    private TraceReader(Path trace, List<Path> files) throws IOException {
        this.files = files;
        recordsOf = new long[files.size()];
        endNanosOf = new long[files.size()];
        try {
            open(0);
            boolean isFolder = !files.get(0).equals(trace);
            if (isFolder && part.isPart() && part.part() != 0) {
                throw missing(trace, 0);
            }
            for (int i = 1; i < files.size(); i++) {
                try (TracePartReader other = TracePartReader.open(files.get(i))) {
                    requireFollows(trace, other, i);
                    look(other, i);
                }
            }
            look(part, 0);
            if (isFolder && part.isPart()) {
                requireLast(trace);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens a trace and reads its headers.
     *
     * @param trace a trace file, or a folder with all parts of a trace
     * @throws TraceFormatException where it is no trace, or one that was not finished
     * @throws IOException where it cannot be read at all
     */
    public static TraceReader open(Path trace) throws IOException {
        return new TraceReader(trace, TraceParts.of(trace));
    }

    public TraceMetadata metadata() {
        return part.metadata();
    }

    /** Files that it is made of. */
    public int parts() {
        return files.size();
    }

    /** Records in the trace, as its headers tell. */
    public long records() {
        return records;
    }

    /** Time of the first request or event, nanoseconds from the origin; 0 where there is none. */
    public long firstNanos() {
        return records == 0 ? 0 : firstNanos;
    }

    /** Time of the last request or event, nanoseconds from the origin; 0 where there is none. */
    public long lastNanos() {
        return records == 0 ? 0 : lastNanos;
    }

    /**
     * Looks whether every file has the index that it tells of; what is read does not depend on it.
     *
     * @throws TraceFormatException where one is missing or damaged
     */
    public static void requireIndexes(Path trace) throws IOException {
        for (Path file : TraceParts.of(trace)) {
            try (TracePartReader part = TracePartReader.open(file)) {
                if (part.hasDamagedIndex()) {
                    throw new TraceFormatException(file + ": the records are whole, the index behind them is not");
                }
            }
        }
    }

    /**
     * Passes over what ends before a time, as far as that can be done without reading it: what may end at it or later
     * is all there still. A file that has no index is read once to make one.
     */
    public void skipTo(long nanos) throws IOException {
        int to = 0;
        for (int i = 0; i < files.size() - 1 && (recordsOf[i] == 0 || endNanosOf[i] < nanos); i++) {
            to = i + 1;
        }
        open(to);
        TraceIndex told = part.index();
        TraceIndex index = told.size() > 0 ? told : part.indexFromRecords();
        int block = index.blockFor(nanos);
        if (block >= 0) {
            part.seek(index, block);
        } else {
            open(to); // nothing can be passed over
        }
    }

    /**
     * Goes to the next record; false after the last.
     *
     * @throws TraceFormatException where a file is cut short or damaged
     */
    public boolean next() throws IOException {
        while (!part.next()) {
            if (number + 1 == files.size()) {
                return false;
            }
            open(number + 1);
        }
        return true;
    }

    /** Whether the record at hand is a request; else it is a frame. */
    public boolean isRequest() {
        return part.isRequest();
    }

    /** The request at hand. */
    public Request request() {
        return part.request();
    }

    /** Kind of the frame at hand. */
    public EventKind kind() {
        return part.kind();
    }

    /** The frame at hand, as it came from a topic. */
    public byte[] frame() {
        return part.frame();
    }

    /** Where the block at hand begins in its file. */
    long blockOffset() {
        return part.blockOffset();
    }

    /** Says that the record at hand is not what it should be. */
    TraceFormatException unreadable(UnreadableException e) {
        return part.unreadable(e);
    }

    @Override
    public void close() throws IOException {
        if (part != null) {
            part.close();
        }
    }

    private void open(int file) throws IOException {
        TracePartReader next = TracePartReader.open(files.get(file));
        close();
        part = next;
        number = file;
    }

    private void look(TracePartReader of, int i) {
        recordsOf[i] = of.records();
        endNanosOf[i] = of.lastNanos();
        records += of.records();
        if (of.records() > 0) {
            firstNanos = Math.min(firstNanos, of.firstNanos());
            lastNanos = Math.max(lastNanos, of.lastNanos());
        }
    }

    private void requireFollows(Path trace, TracePartReader next, int i) throws TraceFormatException {
        if (!next.set().equals(part.set()) || !part.isPart()) {
            throw new TraceFormatException(
                    trace + ": " + next.file().getFileName() + " belongs to another recording than "
                            + part.file().getFileName() + "; accepted: the parts of one");
        }
        if (next.part() != i) {
            throw missing(trace, i);
        }
    }

    private void requireLast(Path trace) throws IOException {
        try (TracePartReader last = TracePartReader.open(files.get(files.size() - 1))) {
            if (last.parts() != files.size()) {
                throw missing(trace, files.size());
            }
        }
    }

    private static TraceFormatException missing(Path trace, int i) {
        return new TraceFormatException(trace + ": " + TraceParts.name(i)
                + " is missing; accepted: all parts of a recording, or one part by its own name");
    }
}
