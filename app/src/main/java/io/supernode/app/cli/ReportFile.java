package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.report.JsonText;
import io.supernode.app.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are written when a run is over. */
final class ReportFile {
    private ReportFile() {}

    /** Before a long run, not after it: a report that could not be written would be lost. */
    static void requireWritable(String option, Path file) throws ConfigurationException {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new ConfigurationException(option + " " + file + ": must be a file in an existing, writable folder");
        }
    }

    static void write(Path file, RunReport report) throws IOException {
        if (file != null) {
            Files.writeString(file, JsonText.of(report) + System.lineSeparator());
        }
    }
}
