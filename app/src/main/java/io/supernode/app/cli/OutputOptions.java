package io.supernode.app.cli;

import picocli.CommandLine.Option;

/** How much is said, and in which form. */
final class OutputOptions {
    /** The form of data on standard output. */
    enum Format {
        TEXT,
        JSON
    }

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "form of what is written to standard output (default: text)")
    Format format;

    @Option(names = "--quiet", description = "say nothing but data and errors")
    boolean quiet;

    @Option(names = "--verbose", description = "let the log file have what libraries say while debugging")
    boolean verbose;
}
