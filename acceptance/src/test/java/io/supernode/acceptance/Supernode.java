package io.supernode.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The packaged program as a child process, as a person or a script runs it. The launcher is left out but for its own
 * test: it would build, and a test must not build what it tests.
 */
final class Supernode {
    private static final Path HOME = Path.of(System.getProperty("supernode.home", ".."));
    private static final ObjectMapper JSON = new ObjectMapper();

    private Supernode() {}

    static Path home() {
        return HOME;
    }

    /** What a finished process left. */
    record Result(int exitCode, String out, String err, Duration took) {
        JsonNode json() {
            return parse(out);
        }

        /** What a person reads when it fails: every line that is not progress. */
        List<String> errorLines() {
            return err.lines().filter(line -> !line.isBlank()).toList();
        }
    }

    /** Runs to the end; fails, and ends the process, when that takes longer than {@code limit}. */
    static Result run(Path folder, Duration limit, String... arguments) {
        try (Running running = start(folder, arguments)) {
            return running.await(limit);
        }
    }

    static Running start(Path folder, String... arguments) {
        return Running.start(folder, command(arguments));
    }

    /** The words of the command line. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        if (canResetSignals()) {
            // a child of a shell's background job would ignore Ctrl-C, and so would everything it starts
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx3g", "-Dsupernode.home=" + HOME, "-jar", jar().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** {@code up} on a port, with its data in a folder of that port's own. */
    static Running up(Path folder, int port, String... more) {
        List<String> arguments = new ArrayList<>(List.of("up", "--listen", "127.0.0.1:" + port));
        arguments.addAll(List.of("--data-dir", folder.resolve("data-" + port).toString()));
        arguments.addAll(List.of(more));
        return start(folder, arguments.toArray(String[]::new));
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    static JsonNode parse(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jar() {
        Path jar = HOME.resolve("app/target/supernode/lib/supernode-app.jar");
        if (!Files.exists(jar)) {
            throw new AssertionError("not built: " + jar + "; run ./mvnw package -DskipTests first");
        }
        return jar;
    }

    /** {@code env --default-signal} came with GNU coreutils 8.31. */
    private static boolean canResetSignals() {
        try {
            Process probe = new ProcessBuilder("env", "--default-signal=INT", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
