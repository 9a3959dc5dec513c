package io.supernode.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a whole trace of what can still be read of one that was cut short or damaged: of each file everything before the
 * first block that is not whole.
 *
 * @param records records that were kept
 * @param keptBytes bytes of the damaged files that they came from
 * @param lostBytes bytes behind them
 * @param problem what ended the reading, of several the first; empty where all blocks were whole
 */
public record TraceRepair(long records, long keptBytes, long lostBytes, String problem) {
    /**
     * Reads {@code damaged}, which stays as it is, and writes {@code repaired}, one file.
     *
     * @param damaged a file, or a folder of parts, finished or not
     * @throws TraceFormatException where not even the first header can be read
     */
    public static TraceRepair repair(Path damaged, Path repaired) throws IOException {
        if (Files.exists(repaired) && Files.isSameFile(damaged, repaired)) {
            throw new IOException(repaired + ": must be another file than the damaged one");
        }
        List<Path> files = TraceParts.leftIn(damaged);
        TraceMetadata metadata;
        try (TracePartReader first = TracePartReader.salvage(files.get(0))) {
            metadata = first.metadata();
        }
        try (TraceWriter writer = TraceWriter.create(repaired, metadata)) {
            TraceRepair all = new TraceRepair(0, 0, 0, "");
            try {
                for (Path file : files) {
                    all = all.plus(copy(file, writer));
                }
            } catch (IOException | RuntimeException e) {
                writer.abandon();
                throw e;
            }
            return new TraceRepair(writer.records(), all.keptBytes, all.lostBytes, all.problem);
        }
    }

    private static TraceRepair copy(Path file, TraceWriter writer) throws IOException {
        long kept = 0;
        String problem = "";
        try (TracePartReader reader = TracePartReader.salvage(file)) {
            try {
                while (reader.next()) {
                    if (reader.isRequest()) {
                        writer.add(reader.request());
                    } else {
                        writer.addFrame(reader.kind(), reader.frame());
                    }
                }
                kept = Files.size(file);
            } catch (TraceFormatException e) {
                problem = e.getMessage(); // from here on it is lost
                kept = reader.blockOffset();
            }
        } catch (TraceFormatException e) {
            problem = e.getMessage(); // it was killed before the file had a header
        }
        return new TraceRepair(0, kept, Files.size(file) - kept, problem);
    }

    private TraceRepair plus(TraceRepair next) {
        return new TraceRepair(
                0, keptBytes + next.keptBytes, lostBytes + next.lostBytes, problem.isEmpty() ? next.problem : problem);
    }
}
