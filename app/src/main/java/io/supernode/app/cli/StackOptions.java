package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.LibraryLog;
import io.supernode.app.stack.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the one-machine stack keeps its data. */
final class StackOptions {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "folder for the broker's log, checkpoints and the log file; a later run goes on with it"
                    + " (default: data beside the launcher)")
    Path dataFolder;

    @Option(names = "--clear", description = "first remove what earlier runs left in the data folder")
    boolean clear;

    /** Takes the folder, and sends the libraries' log there. */
    DataFolder open(boolean verbose) throws ConfigurationException, IOException {
        String home = System.getProperty("supernode.home", ".");
        Path folder = (dataFolder == null ? Path.of(home, "data") : dataFolder)
                .toAbsolutePath()
                .normalize();
        DataFolder data = DataFolder.open(folder, clear);
        LibraryLog.toFile(data.log(), verbose);
        return data;
    }
}
