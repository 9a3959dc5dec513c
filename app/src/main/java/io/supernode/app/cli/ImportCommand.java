package io.supernode.app.cli;

import static io.supernode.app.report.Readable.count;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.app.report.Readable;
import io.supernode.ingest.ImportReport;
import io.supernode.ingest.Importers;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import} */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Turns a recording that others made into a trace file.")
final class ImportCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE", description = "the recording")
    private Path input;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "the trace file to write; appears when it is whole")
    private Path trace;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = Importers.AUTO,
            description = "auto, mooncake or azure (default: auto, told by the content)")
    private String format;

    @Option(names = "--quiet", description = "say nothing but errors")
    private boolean quiet;

    ImportCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(quiet);
        if (!format.equals(Importers.AUTO) && !Importers.formats().contains(format)) {
            throw new ConfigurationException(
                    "--format " + format + ": must be auto or one of " + String.join(", ", Importers.formats()));
        }
        ImportReport report = Importers.importFile(
                input,
                format,
                trace,
                (records, read, total) -> session.console()
                        .progress("  " + count(records) + " requests, " + (total == 0 ? 100 : read * 100 / total)
                                + " %"));
        session.console().endProgress();
        session.console()
                .say(input.getFileName() + " is " + report.format() + ": " + count(report.requests()) + " requests, "
                        + count(report.inputTokens()) + " input and " + count(report.outputTokens())
                        + " output tokens in " + Readable.seconds(report.spanNanos() / 1e9));
        report.notes().forEach(session.console()::say);
        return ExitCode.OK;
    }
}
