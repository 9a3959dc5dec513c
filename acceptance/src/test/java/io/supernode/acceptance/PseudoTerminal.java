package io.supernode.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;

/**
 * A program on a terminal of 80 columns of its own ({@code script} of util-linux makes it), started by a shell that
 * notes how the terminal is set before and after. Closing it ends it and all that it started.
 */
final class PseudoTerminal implements AutoCloseable {
    private static final String SHELL = """
            trap : INT
            stty cols 80 rows 24
            stty -g >before
            sh -c 'echo $$ >pid; exec "$@"' sh "$@"
            echo $? >exit
            stty -g >after
            """;

    private final Path folder;
    private final Process process;

    private PseudoTerminal(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** @param folder of this program alone */
    static PseudoTerminal start(Path folder, List<String> command) {
        try {
            Path shell = Files.writeString(folder.resolve("shell"), SHELL);
            Path screen = folder.resolve("screen");
            List<String> words = new ArrayList<>(List.of("sh", shell.toString()));
            words.addAll(command);
            String line = String.join(
                    " ",
                    words.stream()
                            .map(word -> "'" + word.replace("'", "'\\''") + "'")
                            .toList());
            Process process = new ProcessBuilder(
                            "env", "--default-signal=INT", "script", "-q", "-e", "-c", line, "/dev/null")
                    .directory(folder.toFile())
                    .redirectOutput(screen.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new PseudoTerminal(folder, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void type(String keys) {
        try {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a signal to the program. */
    void signal(String name) {
        Supernode.Result kill = Tool.run(folder, Duration.ofSeconds(5), List.of("kill", "-" + name, file("pid")));
        Assertions.assertEquals(0, kill.exitCode(), kill.err());
    }

    /** All that was written to the screen so far. */
    String screen() {
        return file("screen");
    }

    /** How the terminal is set now: {@code stty -a}. */
    String settings() {
        String device = "/proc/" + file("pid") + "/fd/0";
        return Tool.run(folder, Duration.ofSeconds(5), List.of("stty", "-a", "-F", device))
                .out();
    }

    void until(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                Assertions.fail("not before its end or " + limit + ": " + what + ": " + screen());
            }
            pause();
        }
    }

    /** Waits for the end. @return the program's exit code */
    int await(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                Assertions.fail("still running after " + limit + ": " + screen());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return Integer.parseInt(file("exit"));
    }

    /** Settings of the terminal before the program and after it: {@code stty -g}. */
    List<String> beforeAndAfter() {
        return List.of(file("before"), file("after"));
    }

    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private String file(String name) {
        try {
            return Files.readString(folder.resolve(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
