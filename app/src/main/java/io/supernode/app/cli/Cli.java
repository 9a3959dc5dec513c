package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.app.Console;
import io.supernode.app.ExitCode;
import io.supernode.app.Interrupt;
import io.supernode.app.stack.StackException;
import io.supernode.ingest.InputException;
import io.supernode.ingest.kafka.BrokerUnreachableException;
import io.supernode.ingest.kafka.KafkaFailedException;
import io.supernode.ingest.kafka.KafkaSettingsException;
import io.supernode.replay.SendFailedException;
import io.supernode.replay.SourceFailedException;
import io.supernode.replay.TraceFormatException;
import io.supernode.scenario.ScenarioException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: verbs, help, and which error ends with which code. */
@Command(
        name = "supernode",
        mixinStandardHelpOptions = true,
        versionProvider = Cli.Version.class,
        description = "Streaming telemetry and workload replay for AI supernodes.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        footer = {
            "",
            "Examples:",
            "  supernode up                                  a supernode trains LLaMA 3; look at http://127.0.0.1:8384",
            "  supernode run --duration 10m --report r.json  ten minutes of it, as fast as it goes",
            "  supernode import log.jsonl -o trace.avro      a request log becomes a trace",
            "  supernode run --trace trace.avro --scenario deepseek-r1-serving --speed 60x",
            "",
            "Exit codes: 0 fine, 1 failed while running, 2 usage or configuration, 3 unreadable input,",
            "4 replay later than allowed, 5 verification failed."
        })
public final class Cli implements Runnable {
    private static final int UNEXPECTED = -1;

    @Spec
    CommandLine.Model.CommandSpec spec;

    /** Runs one command line and returns its exit code. */
    public static int execute(Console console, Interrupt interrupt, String... arguments) {
        Session session = new Session(console, interrupt);
        CommandLine line = new CommandLine(new Cli())
                .addSubcommand(new UpCommand(session))
                .addSubcommand(new RunCommand(session))
                .addSubcommand(new ModelCommand(session))
                .addSubcommand(new CompareCommand(session))
                .addSubcommand(new ImportCommand(session))
                .addSubcommand(new InfoCommand(session))
                .addSubcommand(new RecordCommand(session))
                .addSubcommand(new ReplayCommand(session))
                .addSubcommand(new VerifyCommand(session))
                .addSubcommand(new TopicsCommand(session))
                .addSubcommand(new ExportCommand(session))
                .addSubcommand(new ScenariosCommand(session))
                .addSubcommand(new HelpCommand());
        line.setOut(console.writer());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler((e, a) -> usage(console, e));
        line.setExecutionExceptionHandler((e, l, p) -> failed(console, e));
        return line.execute(arguments);
    }

    /** No verb: the help is the answer. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int usage(Console console, ParameterException e) {
        String verb = e.getCommandLine().getCommandName();
        StringBuilder line = new StringBuilder(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            line.append("; did you mean ")
                    .append(String.join(", ", unmatched.getSuggestions()))
                    .append('?');
        }
        console.error(line + " (see \"supernode " + ("supernode".equals(verb) ? "" : verb + " ") + "--help\")");
        return ExitCode.USAGE;
    }

    private static int failed(Console console, Exception e) {
        if (e instanceof SourceFailedException && e.getCause() instanceof IOException cause) {
            return failed(console, cause);
        }
        if (e instanceof NoSuchFileException missing) {
            console.error(missing.getFile() + ": no such file");
            return ExitCode.INPUT;
        }
        if (e instanceof AccessDeniedException denied) {
            console.error(denied.getFile() + ": may not be read or written by this user");
            return ExitCode.INPUT;
        }
        int code = exitCode(e);
        console.error((code == UNEXPECTED ? "unexpected: " + e : e.getMessage()));
        if (code == UNEXPECTED) {
            console.trace(e);
        }
        return code == UNEXPECTED ? ExitCode.FAILED : code;
    }

    /** The code of an error that we meant to be told by its message; {@link #UNEXPECTED} for any other. */
    private static int exitCode(Exception e) {
        if (e instanceof ConfigurationException
                || e instanceof ScenarioException
                || e instanceof KafkaSettingsException) {
            return ExitCode.USAGE;
        }
        if (e instanceof InputException || e instanceof TraceFormatException) {
            return ExitCode.INPUT;
        }
        boolean told = e instanceof StackException
                || e instanceof SendFailedException
                || e instanceof SourceFailedException
                || e instanceof BrokerUnreachableException
                || e instanceof KafkaFailedException
                || e instanceof IOException;
        return told ? ExitCode.FAILED : UNEXPECTED;
    }

    /** The version that the build stamped into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {"supernode " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
