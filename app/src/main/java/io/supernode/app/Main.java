package io.supernode.app;

import io.supernode.app.cli.Cli;

/** {@code supernode VERB …} */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Interrupt interrupt = Interrupt.install();
        interrupt.exit(Cli.execute(Console.system(), interrupt, arguments));
    }
}
