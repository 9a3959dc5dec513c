package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Foreign recordings to trace files, in memory that does not depend on their size. */
public final class Importers {
    /** Lets the content tell the format. */
    public static final String AUTO = "auto";

    private static final List<RecordingFormat> FORMATS = List.of(new MooncakeFormat(), new AzureFormat());

    private Importers() {}

    /** What may be named as a format beside {@link #AUTO}. */
    public static List<String> formats() {
        return FORMATS.stream().map(RecordingFormat::name).toList();
    }

    /**
     * Reads a recording into a new trace file, which replaces {@code out} when all is read and not before.
     *
     * @param format one of {@link #formats()} or {@link #AUTO}
     * @throws InputException when {@code in} is not there, or not what it claims to be
     * @throws IOException when {@code out} cannot be written
     */
    public static ImportReport importFile(Path in, String format, Path out, ImportProgress progress)
            throws IOException {
        RecordingFormat chosen = choose(in, format);
        if (Files.exists(out) && Files.isSameFile(in, out)) {
            throw InputException.of(in, "would be overwritten by its trace; accepted: another file to write to");
        }
        try (TraceOutput trace = new TraceOutput(out, chosen.name())) {
            ImportReport report = read(in, chosen, trace, progress);
            trace.complete();
            return report;
        }
    }

    static ImportReport read(Path in, String format, RecordingOutput out, ImportProgress progress) throws IOException {
        return read(in, choose(in, format), out, progress);
    }

    private static ImportReport read(Path in, RecordingFormat format, RecordingOutput out, ImportProgress progress)
            throws IOException {
        long size = Files.size(in);
        try (RecordingInput input = new RecordingInput(Files.newInputStream(in))) {
            CountedOutput counted = new CountedOutput(out, input, size, progress);
            List<String> notes = format.read(in, input, counted);
            progress.at(counted.requests(), size, size);
            return counted.report(format.name(), notes);
        }
    }

    private static RecordingFormat choose(Path in, String format) throws IOException {
        List<String> names = new ArrayList<>(formats());
        names.add(0, AUTO);
        if (!names.contains(format)) {
            throw InputException.of(
                    in, "unknown format: " + InputException.shown(format) + "; accepted: " + String.join(", ", names));
        }
        FileHead head = head(in);
        if (head.gzipped()) {
            throw InputException.of(in, "is compressed with gzip; accepted: the file as text, unpacked");
        }
        for (RecordingFormat candidate : FORMATS) {
            if (format.equals(AUTO)
                    ? candidate.recognises(head)
                    : candidate.name().equals(format)) {
                return candidate;
            }
        }
        throw InputException.of(
                in,
                "format not recognised: the first line is \"" + InputException.shown(head.firstLine())
                        + "\"; looked for: "
                        + FORMATS.stream()
                                .map(f -> f.name() + " (" + f.lookedFor() + ")")
                                .collect(Collectors.joining(", ")));
    }

    private static FileHead head(Path in) throws InputException {
        String accepted = "; accepted: a file to read";
        try {
            if (Files.isDirectory(in)) {
                throw InputException.of(in, "is a folder" + accepted);
            }
            if (Files.size(in) == 0) {
                throw InputException.of(in, "is empty; accepted: at least one request");
            }
            return FileHead.of(in);
        } catch (NoSuchFileException e) {
            throw InputException.of(in, "no such file" + accepted, e);
        } catch (InputException e) {
            throw e;
        } catch (IOException e) {
            throw InputException.of(in, "cannot be read: " + e.getClass().getSimpleName() + accepted, e);
        }
    }
}
