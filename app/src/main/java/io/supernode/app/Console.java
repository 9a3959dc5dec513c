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
    private static final String LINE_UP = "\033[1A";
    /** What every terminal shows without breaking a line. */
    private static final int COLUMNS = 79;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private boolean quiet;
    /** Lines of progress on the screen; the cursor stands at the end of the last. */
    private int progressLines;

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

    public boolean isTerminal() {
        return terminal;
    }

    /** Replaces the lines of progress, of which each is cut to 79 characters; nothing where there is no terminal. */
    public synchronized void progress(String... lines) {
        if (terminal && !quiet) {
            StringBuilder out = new StringBuilder(erased());
            for (int i = 0; i < lines.length; i++) {
                String line = lines[i].replace('\n', ' ');
                out.append(i == 0 ? "" : "\n").append(line, 0, Math.min(COLUMNS, line.length()));
            }
            err.print(out); // in one piece: a half-drawn block flickers
            err.flush();
            progressLines = lines.length;
        }
    }

    /** Removes the lines of progress. */
    public synchronized void endProgress() {
        eraseProgress();
    }

    private void eraseProgress() {
        if (progressLines > 0) {
            err.print(erased());
            err.flush();
            progressLines = 0;
        }
    }

    private String erased() {
        return ERASE_LINE + (LINE_UP + ERASE_LINE).repeat(Math.max(0, progressLines - 1));
    }
}
