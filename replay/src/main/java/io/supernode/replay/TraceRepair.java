package io.supernode.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a whole trace of what can still be read of one that was cut short or damaged: everything before the first block
 * that is not whole.
 *
 * @param records records that were kept
 * @param keptBytes bytes of the damaged file that they came from
 * @param lostBytes bytes behind them
 * @param problem what ended the reading; empty where the file's blocks were all whole
 */
public record TraceRepair(long records, long keptBytes, long lostBytes, String problem) {
    /**
     * Reads {@code damaged}, which stays as it is, and writes {@code repaired}.
     *
     * @throws TraceFormatException where not even the header can be read
     */
    public static TraceRepair repair(Path damaged, Path repaired) throws IOException {
        if (Files.exists(repaired) && Files.isSameFile(damaged, repaired)) {
            throw new IOException(repaired + ": must be another file than the damaged one");
        }
        try (TraceReader reader = TraceReader.salvage(damaged);
                TraceWriter writer = TraceWriter.create(repaired, reader.metadata())) {
            String problem = "";
            try {
                while (reader.next()) {
                    if (reader.isRequest()) {
                        writer.add(reader.request());
                    } else {
                        writer.addFrame(reader.kind(), reader.frame());
                    }
                }
            } catch (TraceFormatException e) {
                problem = e.getMessage(); // from here on it is lost
            } catch (IOException | RuntimeException e) {
                writer.abandon();
                throw e;
            }
            long kept = problem.isEmpty() ? Files.size(damaged) : reader.blockOffset();
            return new TraceRepair(writer.records(), kept, Files.size(damaged) - kept, problem);
        }
    }
}
