package io.supernode.app;

import java.nio.file.Path;

/**
 * Where the libraries' log goes. Call before the first library is touched: the logging framework reads it once.
 */
public final class LibraryLog {
    private LibraryLog() {}

    /** @param verbose also what the libraries say while debugging */
    public static void toFile(Path file, boolean verbose) {
        System.setProperty("supernode.log", file.toAbsolutePath().toString());
        System.setProperty("supernode.log.level", verbose ? "DEBUG" : "INFO");
        System.setProperty("log4j2.configurationFile", "log4j2-file.xml");
    }
}
