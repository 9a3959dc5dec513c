package io.supernode.acceptance;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Something a machine may lack. Its test is skipped there with a line that says so; where the property
 * {@code <name>.required} is true, the lack is a failure: a green run then means that the test ran.
 */
enum Requirement {
    CONTAINERS("a container engine"),
    PROMETHEUS("prometheus and promtool on the PATH"),
    CHROMIUM("chromium on the PATH"),
    NODE("node on the PATH and what `npm ci` installs in grafana/check"),
    TERMINAL("script of util-linux, and stty, on the PATH"),
    TRACES("the recordings in -Dtraces.dir");

    private final String what;

    Requirement(String what) {
        this.what = what;
    }

    void demand(boolean present) {
        if (present) {
            return;
        }
        String property = name().toLowerCase(java.util.Locale.ROOT) + ".required";
        if (Boolean.getBoolean(property)) {
            Assertions.fail(what + " is not here, and " + property + "=true");
        }
        String line = "skipped: " + what + " is not here (-D" + property + "=true makes this a failure)";
        System.err.println(line);
        Assumptions.abort(line);
    }
}
