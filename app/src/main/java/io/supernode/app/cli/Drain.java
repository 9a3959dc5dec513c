package io.supernode.app.cli;

import io.supernode.app.report.Readable;
import io.supernode.app.stack.LocalStack;
import io.supernode.app.stack.StackException;
import io.supernode.exporter.RunFigures;
import io.supernode.ingest.kafka.DeadLetterCounter;
import io.supernode.replay.ReplayReport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Waits until what was sent has come out at the far end: every event in a window or put aside, in windows of every scope
 * and length alike, and every anomaly that was found in them.
 */
final class Drain {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_WHEN_INTERRUPTED = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofSeconds(10);

    /** What was counted at the far end when the waiting ended. */
    record Result(RunFigures figures, long deadLettered, boolean complete) {}

    private final Session session;
    private final LocalStack stack;
    private final DeadLetterCounter deadLetters;

    Drain(Session session, LocalStack stack, DeadLetterCounter deadLetters) {
        this.session = session;
        this.stack = stack;
        this.deadLetters = deadLetters;
    }

    /**
     * Returns when everything has arrived, or when nothing more has for a minute (a few seconds after Ctrl-C).
     *
     * @throws StackException when the job failed
     */
    Result await(ReplayReport replay) throws StackException, InterruptedException {
        long sent = replay.sentEvents();
        long lastWindows = -1;
        long lastChange = System.nanoTime();
        while (true) {
            Optional<String> failure = stack.failure();
            if (failure.isPresent()) {
                throw new StackException(failure.get());
            }
            RunFigures figures = stack.exporter().store().figures(replay.run()).orElse(RunFigures.none(replay.run()));
            if (figures.windows() != lastWindows) {
                lastWindows = figures.windows();
                lastChange = System.nanoTime();
            }
            boolean impatient = System.nanoTime() - lastChange > patience().toNanos();
            if (figures.windowedEvents() >= sent || impatient || figures.even()) {
                long putAside = deadLetters.count(replay.run(), LOOK).events();
                boolean complete = figures.windowedEvents() + putAside == sent && figures.even();
                if (complete || impatient) {
                    boolean findings = complete && stack.awaitFindings(patience());
                    session.console().endProgress();
                    if (complete && !findings) {
                        session.console().say("warning    what was found in the last seconds may not be in the report");
                    }
                    return new Result(figures, putAside, complete);
                }
            }
            session.console()
                    .progress("  draining: " + Readable.count(figures.windowedEvents()) + " of " + Readable.count(sent)
                            + " events in windows");
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private Duration patience() {
        return session.interrupt().isRequested() ? PATIENCE_WHEN_INTERRUPTED : PATIENCE;
    }
}
