package io.supernode.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Foreign recordings to trace files, in memory that does not depend on their size. */
public final class Importers {
    /** Lets the content tell the format. */
    public static final String AUTO = "auto";

    private static final List<RecordingFormat> FORMATS = List.of(
            new MooncakeFormat(),
            new AzureFormat(),
            new BurstGptFormat(),
            new VllmFormat(),
            new KinetoFormat(),
            new AscendFormat(),
            new StragglerFormat());

    private static final int RANK_FOLDERS_DEEP = 3;
    private static final int FILES_SUMMED = 100_000;

    private Importers() {}

    /** What may be named as a format beside {@link #AUTO}. */
    public static List<String> formats() {
        return FORMATS.stream().map(RecordingFormat::name).toList();
    }

    /** As {@link #importFile(Path, String, Path, ImportOptions, ImportProgress)}, with nothing special asked for. */
    public static ImportReport importFile(Path in, String format, Path out, ImportProgress progress)
            throws IOException {
        return importFile(in, format, out, ImportOptions.DEFAULT, progress);
    }

    /**
     * Reads a recording into a new trace, a file or a folder of parts, which replaces {@code out} when all is read and not before.
     *
     * @param in a file, or a folder where a recording is one
     * @param format one of {@link #formats()} or {@link #AUTO}
     * @throws InputException when {@code in} is not there, or not what it claims to be
     * @throws IOException when {@code out} cannot be written
     */
    public static ImportReport importFile(
            Path in, String format, Path out, ImportOptions options, ImportProgress progress) throws IOException {
        try (Recording recording = Recording.at(in)) {
            return importRecording(recording, choose(recording, format), out, options, progress);
        }
    }

    private static ImportReport importRecording(
            Recording recording, RecordingFormat chosen, Path out, ImportOptions options, ImportProgress progress)
            throws IOException {
        Path in = recording.path();
        if (Files.exists(out) && Files.isSameFile(in, out)) {
            throw InputException.of(in, "would be overwritten by its trace; accepted: another file to write to");
        }
        try (TraceOutput trace = new TraceOutput(out, chosen.name(), options)) {
            ImportReport report = read(recording, chosen, options, trace, progress);
            trace.complete();
            return report;
        }
    }

    static ImportReport read(Path in, String format, RecordingOutput out, ImportProgress progress) throws IOException {
        return read(in, format, ImportOptions.DEFAULT, out, progress);
    }

    static ImportReport read(
            Path in, String format, ImportOptions options, RecordingOutput out, ImportProgress progress)
            throws IOException {
        try (Recording recording = Recording.at(in)) {
            return read(recording, choose(recording, format), options, out, progress);
        }
    }

    private static ImportReport read(
            Recording recording,
            RecordingFormat format,
            ImportOptions options,
            RecordingOutput out,
            ImportProgress progress)
            throws IOException {
        long total = format.passes() * size(recording);
        CountedOutput counted = new CountedOutput(out, recording, total, progress);
        if (options.keepGoing()) {
            recording.keepGoing();
        }
        format.read(recording, options, counted);
        if (counted.records() == 0 && !recording.damage().isEmpty()) {
            throw InputException.nothingGood(recording.damage().get(0));
        }
        recording.damage().forEach(line -> counted.remark("DAMAGED, kept as far as it is good: " + line));
        progress.at(counted.records(), total, total);
        return counted.report(format.name());
    }

    private static long size(Recording recording) throws IOException {
        if (!recording.isFolder()) {
            return Files.size(recording.path());
        }
        try (Stream<Path> files = Files.walk(recording.path(), RANK_FOLDERS_DEEP)) {
            return files.filter(Files::isRegularFile)
                    .limit(FILES_SUMMED)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (UncheckedIOException e) { // only the progress depends on it
            return 0;
        }
    }

    private static RecordingFormat choose(Recording in, String format) throws IOException {
        List<String> names = new ArrayList<>(formats());
        names.add(0, AUTO);
        if (!names.contains(format)) {
            throw InputException.of(
                    in.path(),
                    "unknown format: " + InputException.shown(format) + "; accepted: " + String.join(", ", names));
        }
        for (RecordingFormat candidate : FORMATS) {
            if (format.equals(AUTO)
                    ? candidate.recognises(in)
                    : candidate.name().equals(format)) {
                return candidate;
            }
        }
        String found = in.isFolder()
                ? "the folder holds " + InputException.shown(named(in))
                : "the first line is \"" + InputException.shown(in.head().firstLine()) + "\"";
        throw InputException.of(
                in.path(),
                "format not recognised: " + found + "; looked for: "
                        + FORMATS.stream()
                                .map(f -> f.name() + " (" + f.lookedFor() + ")")
                                .collect(Collectors.joining(", ")));
    }

    private static String named(Recording folder) {
        return folder.entries().isEmpty()
                ? "nothing"
                : folder.entries().stream()
                        .limit(5)
                        .map(entry -> entry.getFileName().toString())
                        .collect(Collectors.joining(", "));
    }
}
