package io.supernode.app.cli;

import io.supernode.app.ExitCode;
import java.util.Optional;

/** Whether a replay kept its time, as an exit code. */
final class Fidelity {
    private Fidelity() {}

    /** @param missed what was missed, in one line */
    static int exitCode(Session session, Optional<String> missed) {
        missed.ifPresent(session.console()::error);
        return missed.isPresent() ? ExitCode.FIDELITY : ExitCode.OK;
    }
}
