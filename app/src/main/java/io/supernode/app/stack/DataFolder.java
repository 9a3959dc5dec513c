package io.supernode.app.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/**
 * The folder in which one machine's stack keeps its data: the broker's log, checkpoints and the log file. Held by one
 * process at a time. A later run goes on with what is there, or clears it.
 */
public final class DataFolder implements AutoCloseable {
    private static final String LOCK = "supernode.lock";

    private final Path root;
    private final FileChannel lockFile;

    private DataFolder(Path root, FileChannel lockFile) {
        this.root = root;
        this.lockFile = lockFile;
    }

    /**
     * Takes the folder for this process, creating it if it is missing.
     *
     * @param clear removes what earlier runs left
     * @throws IOException when the folder cannot be made, belongs to something else, or another process holds it
     */
    public static DataFolder open(Path root, boolean clear) throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new IOException("--data-dir " + root + " is not a folder");
        }
        boolean ours = !Files.exists(root) || Files.exists(root.resolve(LOCK)) || isEmpty(root);
        if (!ours) {
            throw new IOException(
                    "--data-dir " + root + " holds files that are not Supernode's; name a new or an empty folder");
        }
        Files.createDirectories(root);
        FileChannel channel = FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock(channel) == null) {
            channel.close();
            throw new IOException(
                    "--data-dir " + root + " is in use by another supernode process; stop it or name another folder");
        }
        DataFolder folder = new DataFolder(root, channel);
        if (clear) {
            folder.clear();
        }
        return folder;
    }

    public Path root() {
        return root;
    }

    public Path broker() {
        return root.resolve("kafka");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path temporary() {
        return root.resolve("tmp");
    }

    /** The token of the page, where one had to be made up; kept when the folder is cleared. */
    public Path token() {
        return root.resolve("token");
    }

    public Path log() {
        return root.resolve("supernode.log");
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void clear() throws IOException {
        for (Path part : new Path[] {broker(), checkpoints(), temporary(), log()}) {
            deleteRecursively(part);
        }
    }

    static void deleteRecursively(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
                if (failed != null) {
                    throw failed;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
