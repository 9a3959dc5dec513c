package io.supernode.app.cli;

import static io.supernode.app.report.Readable.count;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.app.report.Readable;
import io.supernode.ingest.ImportOptions;
import io.supernode.ingest.ImportReport;
import io.supernode.ingest.Importers;
import io.supernode.replay.TraceSplit;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
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

    @Parameters(paramLabel = "FILE", description = "the recording; a folder where ranks are files or folders")
    private Path input;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "the trace to write; appears when it is whole")
    private Path trace;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = Importers.AUTO,
            description = "auto or one of mooncake, azure, burstgpt, vllm, kineto, ascend, straggler"
                    + " (default: auto, told by the content)")
    private String format;

    @Option(
            names = "--tile",
            paramLabel = "CARDS",
            description = "fill so many cards with copies of the recorded ranks; the trace is labelled so")
    private int tile;

    @Option(
            names = "--measured",
            description = "of a vllm run: what the engine reached, as request events, instead of the requests alone")
    private boolean measured;

    @Option(
            names = "--bus-kernels",
            paramLabel = "REGEX",
            description = "kineto: kernels with such a name work on the bus (default: those of NCCL, RCCL and of"
                    + " expert-parallel libraries)")
    private String busKernels;

    @Option(
            names = "--keep-going",
            description = "take of a damaged recording what is good before the damage, and say where it is")
    private boolean keepGoing;

    @Option(
            names = "--split",
            paramLabel = "SIZE|TIME",
            converter = SplitConverter.class,
            description = "write a folder of parts, each of about this size or event time, such as 1GB or 10m")
    private TraceSplit split = TraceSplit.NONE;

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
                options(),
                (records, read, total) -> session.console()
                        .progress(
                                "  " + count(records) + " records, " + (total == 0 ? 100 : read * 100 / total) + " %"));
        session.console().endProgress();
        session.console().say(found(report));
        report.notes().forEach(session.console()::say);
        return ExitCode.OK;
    }

    private ImportOptions options() throws ConfigurationException {
        if (tile < 0) {
            throw new ConfigurationException("--tile " + tile + ": must be >= 1");
        }
        ImportOptions options = ImportOptions.DEFAULT
                .withTileCards(tile)
                .withMeasured(measured)
                .withKeepGoing(keepGoing)
                .withSplit(split)
                .withNote(TraceNotes.WRITER, TraceNotes.writer());
        if (busKernels == null) {
            return options;
        }
        try {
            return options.withBusKernels(Pattern.compile(busKernels, Pattern.CASE_INSENSITIVE));
        } catch (PatternSyntaxException e) {
            throw new ConfigurationException("--bus-kernels " + busKernels + ": must be a regular expression: "
                    + e.getDescription() + " at " + e.getIndex());
        }
    }

    private String found(ImportReport report) {
        String records = report.events() > 0 || report.requests() == 0
                ? count(report.events()) + " events"
                : count(report.requests()) + " requests";
        String tokens = report.inputTokens() + report.outputTokens() == 0
                ? ""
                : ", " + count(report.inputTokens()) + " input and " + count(report.outputTokens()) + " output tokens";
        return input.getFileName() + " is " + report.format() + ": " + records + tokens + " in "
                + Readable.seconds(report.spanNanos() / 1e9);
    }
}
