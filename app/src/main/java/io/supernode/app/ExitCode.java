package io.supernode.app;

/** What a command's exit tells a script. */
public final class ExitCode {
    public static final int OK = 0;
    /** Failed while running. */
    public static final int FAILED = 1;
    /** Wrong usage or configuration. */
    public static final int USAGE = 2;
    /** An input file is not readable as what it claims to be. */
    public static final int INPUT = 3;

    /** A replay left later than {@code --max-lateness} allows. */
    public static final int FIDELITY = 4;
    /** A trace is not whole, or two are not equal. */
    public static final int VERIFICATION = 5;

    private ExitCode() {}
}
