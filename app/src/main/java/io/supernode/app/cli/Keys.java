package io.supernode.app.cli;

import io.supernode.app.Console;
import io.supernode.replay.ReplayEngine;
import io.supernode.replay.Speed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A terminal's keys as a player's: space pauses and resumes; up and down double and halve the speed; right plays one
 * tick while paused and else goes 10 s ahead, left goes 10 s back; b plays a burst of a hundred ticks while paused. Where there is no terminal there are no keys. The
 * terminal is given back as it was found, also when the process is ended by a signal.
 */
final class Keys implements AutoCloseable {
    private static final long JUMP_NANOS = 10_000_000_000L;
    private static final int FACTOR = 2;
    private static final int BURST_TICKS = 100;
    private static final int ESCAPE = 27;
    private static final long POLL_MILLIS = 30;
    private static final long STTY_SECONDS = 2;

    private final Console console;
    private final List<ReplayEngine> engines;
    private final Optional<String> found;
    private final Thread restorer;
    private volatile boolean closed;

    private Keys(Console console, List<ReplayEngine> engines, Optional<String> found) {
        this.console = console;
        this.engines = List.copyOf(engines);
        this.found = found;
        restorer = new Thread(this::restore, "terminal");
    }

    /** Whether somebody can press any. */
    static boolean areThere() {
        return found().isPresent();
    }

    /** Takes the keys until closed. */
    static Keys of(Console console, List<ReplayEngine> engines) {
        Optional<String> found = found();
        Keys keys = new Keys(console, engines, found);
        if (found.isPresent()) {
            Runtime.getRuntime().addShutdownHook(keys.restorer);
            stty("-icanon", "-echo", "min", "1");
            Thread reader = new Thread(keys::read, "keys");
            reader.setDaemon(true);
            reader.start();
        }
        return keys;
    }

    /** Says which keys there are. */
    void tell() {
        if (found.isPresent()) {
            console.say(
                    "keys: space pauses, right plays a tick or 10 s ahead, left 10 s back, up and down the speed, b a burst");
        }
    }

    /** What a key, or the escape sequence of one, does. */
    static void press(ReplayEngine engine, String key) {
        switch (key) {
            case " " -> {
                if (!engine.pause()) {
                    engine.resume();
                }
            }
            case "b" -> engine.burst(BURST_TICKS);
            case "\033[A" -> engine.speed(scaled(engine.progress().speed(), FACTOR, 1));
            case "\033[B" -> engine.speed(scaled(engine.progress().speed(), 1, FACTOR));
            case "\033[C" -> {
                if (!engine.step()) {
                    engine.seek(engine.progress().recordingNanos() + JUMP_NANOS);
                }
            }
            case "\033[D" -> back(engine);
            default -> {
                return; // any other key does nothing
            }
        }
    }

    @Override
    public void close() {
        if (found.isPresent() && !closed) {
            closed = true;
            restore();
            try {
                Runtime.getRuntime().removeShutdownHook(restorer);
            } catch (IllegalStateException e) {
                return; // the process is ending, and the hook has run or will: it does the same
            }
        }
    }

    private static void back(ReplayEngine engine) {
        try {
            engine.seek(Math.max(0, engine.progress().recordingNanos() - JUMP_NANOS));
        } catch (IllegalArgumentException e) {
            return; // event times are kept, and do not go back: the key does nothing
        }
    }

    private static Speed scaled(Speed speed, int times, int over) {
        if (speed.isMax()) {
            return speed;
        }
        try {
            return new Speed(speed.numerator() * times, speed.denominator() * over);
        } catch (IllegalArgumentException e) {
            return speed; // at the end of the range
        }
    }

    private void read() {
        try {
            StringBuilder key = new StringBuilder();
            while (!closed) {
                // never blocks in the read: what is typed after the end is the shell's
                if (System.in.available() == 0) {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                    continue;
                }
                int next = System.in.read();
                if (next < 0) {
                    return;
                }
                key.append((char) next);
                boolean begins = key.length() == 1 && next == ESCAPE || key.length() == 2 && next == '[';
                if (!begins) {
                    String pressed = key.toString();
                    engines.forEach(engine -> press(engine, pressed));
                    key.setLength(0);
                }
            }
        } catch (IOException e) {
            return; // the terminal has gone: the replay goes on without keys
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void restore() {
        found.ifPresent(Keys::stty);
    }

    /** How the terminal is set now; empty where standard input is none. */
    private static Optional<String> found() {
        return System.console() == null ? Optional.empty() : stty("-g");
    }

    /** What {@code stty} answers; empty where it cannot be had. */
    private static Optional<String> stty(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT) // the terminal that it asks and sets
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(STTY_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0 ? Optional.of(answer) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no stty here: no keys
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
