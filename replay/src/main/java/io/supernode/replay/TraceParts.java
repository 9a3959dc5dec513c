package io.supernode.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a trace: itself, or, where it is a folder, its parts in their order. */
final class TraceParts {
    private static final Pattern NAME = Pattern.compile("part-\\d{5,9}\\.avro");
    private static final Pattern NAME_WHILE_WRITTEN = Pattern.compile(NAME.pattern() + "(\\.part)?");

    private TraceParts() {}

    /** What the file of a part is called, in the folder of the trace. */
    static String name(int part) {
        return String.format("part-%05d.avro", part);
    }

    /**
     * The files, in the order in which they are read.
     *
     * @throws TraceFormatException for a folder without parts
     */
    static List<Path> of(Path trace) throws IOException {
        if (!Files.isDirectory(trace)) {
            return List.of(trace);
        }
        return named(trace, NAME);
    }

    /** The same with the part that was being written when its writer was killed. */
    static List<Path> leftIn(Path trace) throws IOException {
        return Files.isDirectory(trace) ? named(trace, NAME_WHILE_WRITTEN) : List.of(trace);
    }

    private static List<Path> named(Path folder, Pattern name) throws IOException {
        List<Path> parts = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> name.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .forEach(parts::add);
        }
        if (parts.isEmpty()) {
            throw new TraceFormatException(
                    folder + ": holds no part of a trace; accepted: a trace file, or a folder with " + name(0)
                            + " and the parts after it");
        }
        return parts;
    }
}
