package io.supernode.app.cli;

import static io.supernode.app.report.Readable.count;

import io.supernode.app.ConfigurationException;
import io.supernode.app.ExitCode;
import io.supernode.app.report.Readable;
import io.supernode.replay.TraceComparison;
import io.supernode.replay.TraceFormatException;
import io.supernode.replay.TraceReader;
import io.supernode.replay.TraceRepair;
import io.supernode.replay.TraceSummary;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify} */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Of one trace: whether it is whole. Of two: whether they hold the same events and requests, however framed.",
            "Ends with exit code 5, and one line that says where, when not."
        })
final class VerifyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE", arity = "1..2", description = "one trace, or two to compare")
    private List<Path> files;

    @Option(
            names = "--repair",
            paramLabel = "OUTPUT",
            description = "write what is whole of FILE, such as the .part that a killed recorder left, to OUTPUT")
    private Path repaired;

    @Option(names = "--quiet", description = "say nothing but errors")
    private boolean quiet;

    VerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(quiet);
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
        }
        if (repaired != null) {
            return repair();
        }
        try {
            return files.size() == 1 ? whole(files.get(0)) : equal(files.get(0), files.get(1));
        } catch (TraceFormatException e) {
            session.console().error(e.getMessage());
            return ExitCode.VERIFICATION;
        }
    }

    private int whole(Path file) throws Exception {
        TraceSummary summary = TraceSummary.of(file, false);
        TraceReader.requireIndexes(file);
        session.console()
                .data(file + ": whole, " + count(summary.records()) + " records, "
                        + count(summary.total().events() + summary.requests()) + " events and requests, digest "
                        + summary.digest());
        return ExitCode.OK;
    }

    private int equal(Path left, Path right) throws Exception {
        Optional<String> difference = TraceComparison.firstDifference(left, right);
        if (difference.isPresent()) {
            session.console().error("not equal at " + difference.get());
            return ExitCode.VERIFICATION;
        }
        session.console().data(left + " and " + right + ": equal");
        return ExitCode.OK;
    }

    private int repair() throws Exception {
        if (files.size() != 1) {
            throw new ConfigurationException("--repair " + repaired + ": takes one damaged file, found two");
        }
        if (Files.exists(repaired)) {
            throw new ConfigurationException("--repair " + repaired + ": is there already; name a new file");
        }
        TraceRepair repair = TraceRepair.repair(files.get(0), repaired);
        session.console()
                .data(repaired + ": " + count(repair.records()) + " records kept from "
                        + Readable.scaled(repair.keptBytes(), "B") + ", "
                        + (repair.lostBytes() == 0
                                ? "nothing lost"
                                : count(repair.lostBytes()) + " bytes lost: " + repair.problem()));
        return ExitCode.OK;
    }
}
