package io.supernode.app;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What a person at a terminal sees. Data goes to standard output, everything else to standard error; progress appears
 * on a terminal only and erases itself. Thread-safe.
 */
public final class Console {
    private static final String ERASE_LINE = "\r\033[2K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private boolean quiet;
    private boolean progressShown;

    public Console(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** The process's own streams; a terminal where the launcher or the Java runtime says that there is one. */
    public static Console system() {
        String said = System.getProperty("supernode.terminal");
        boolean terminal = said == null ? System.console() != null : Boolean.parseBoolean(said);
        return new Console(System.out, System.err, terminal);
    }

    /** Where data goes, for help texts. */
    public PrintWriter writer() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    public void quiet(boolean quiet) {
        this.quiet = quiet;
    }

    /** Data: what a script reads. */
    public synchronized void data(String text) {
        eraseProgress();
        out.println(text);
        out.flush();
    }

    /** Chatter, unless quiet. */
    public synchronized void say(String line) {
        if (!quiet) {
            eraseProgress();
            err.println("supernode: " + line);
        }
    }

    /** An error: one line, even when quiet. */
    public synchronized void error(String line) {
        eraseProgress();
        err.println("supernode: " + line.replace('\n', ' '));
    }

    /** Where an error nobody expected came from, for a report to the makers. */
    public synchronized void trace(Throwable e) {
        e.printStackTrace(err);
    }

    /** Replaces the line of progress; nothing where there is no terminal. */
    public synchronized void progress(String line) {
        if (terminal && !quiet) {
            err.print(ERASE_LINE + line);
            err.flush();
            progressShown = true;
        }
    }

    /** Removes the line of progress. */
    public synchronized void endProgress() {
        eraseProgress();
    }

    private void eraseProgress() {
        if (progressShown) {
            err.print(ERASE_LINE);
            err.flush();
            progressShown = false;
        }
    }
}
