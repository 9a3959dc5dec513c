package io.supernode.app.cli;

import java.util.concurrent.TimeUnit;

/** Numbers that tell runs apart: the wall time at which a run was started, in nanoseconds, as fine as the clock has it. */
final class RunNumber {
    private RunNumber() {}

    static long next() {
        java.time.Instant now = java.time.Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
