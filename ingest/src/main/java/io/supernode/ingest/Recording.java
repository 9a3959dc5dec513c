package io.supernode.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What is to be imported: a file, or a folder of files; looked at once for all formats. Not thread-safe. */
final class Recording implements Closeable {
    /** More files than any recording has: a folder by mistake is found out, not listed into memory. */
    private static final int FILES_MAX = 100_000;

    private final Path path;
    private final boolean folder;
    private final List<Path> entries;
    private final FileHead head;
    private final Set<String> damage = new LinkedHashSet<>();
    private boolean keepsGoing;
    private long bytesBefore;
    private RecordingInput open;
    private InputStream unpacked;

    private Recording(Path path, boolean folder, List<Path> entries, FileHead head) {
        this.path = path;
        this.folder = folder;
        this.entries = entries;
        this.head = head;
    }

    /** @throws InputException when there is nothing to read */
    static Recording at(Path path) throws InputException {
        String accepted = "; accepted: a file or a folder to read";
        try {
            if (Files.isDirectory(path)) {
                return new Recording(path, true, entries(path), FileHead.NONE);
            }
            if (Files.size(path) == 0) {
                throw InputException.of(path, "is empty; accepted: at least one record");
            }
            return new Recording(path, false, List.of(), FileHead.of(path));
        } catch (NoSuchFileException e) {
            throw InputException.of(path, "no such file" + accepted, e);
        } catch (InputException e) {
            throw e;
        } catch (IOException e) {
            throw InputException.of(path, "cannot be read: " + e.getClass().getSimpleName() + accepted, e);
        }
    }

    /** A part of reading it. */
    interface Reading {
        void read() throws IOException;
    }

    /** From now on a damaged file is put up with, and read as far as it is good. */
    void keepGoing() {
        keepsGoing = true;
    }

    /**
     * Reads one of its files to the end or, where that is enough, to where it is damaged.
     *
     * @return whether it was read to the end
     */
    boolean asFarAsGood(Reading reading) throws IOException {
        try {
            reading.read();
            return true;
        } catch (InputException e) {
            if (!keepsGoing) {
                throw e;
            }
            damage.add(e.getMessage());
            return false;
        }
    }

    /** What was found damaged and put up with, one line each. */
    List<String> damage() {
        return List.copyOf(damage);
    }

    Path path() {
        return path;
    }

    boolean isFolder() {
        return folder;
    }

    /** What lies in the folder, in the order of names; nothing for a file. */
    List<Path> entries() {
        return entries;
    }

    /** How the file begins; empty for a folder. */
    FileHead head() {
        return head;
    }

    /** The recording where it must be a file. */
    Path file() throws InputException {
        if (folder) {
            throw InputException.of(path, "is a folder; accepted: a file to read");
        }
        return path;
    }

    /** The bytes of one of its files, unpacked; closes the file opened before. */
    InputStream open(Path file) throws InputException {
        try {
            close();
            open = new RecordingInput(Files.newInputStream(file));
            unpacked = Unpacked.of(open);
            return unpacked;
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException
                    ? "no such file"
                    : "cannot be read: " + e.getClass().getSimpleName();
            throw InputException.of(file, why + "; accepted: a file to read", e);
        }
    }

    /** Bytes read so far, as they are in the files; a file that is read twice counts twice. */
    long bytesRead() {
        return bytesBefore + (open == null ? 0 : open.bytesRead());
    }

    /** Closes the file that is open. */
    @Override
    public void close() throws IOException {
        bytesBefore = bytesRead();
        open = null;
        if (unpacked != null) {
            unpacked.close();
            unpacked = null;
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            List<Path> entries = list.limit(FILES_MAX + 1L).sorted().toList();
            if (entries.size() > FILES_MAX) {
                throw InputException.of(folder, "holds more than " + FILES_MAX + " files; accepted: a recording");
            }
            return entries;
        }
    }
}
