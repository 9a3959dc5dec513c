package io.supernode.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (and a polite kill) as a request to finish: whoever runs is told to stop, closes what it opened and returns its
 * exit code, and only then does the process end, with that code. A second signal, or {@link #PATIENCE_SECONDS} without
 * an end, ends it at once.
 */
public final class Interrupt {
    static final long PATIENCE_SECONDS = 9;

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int exitCode = ExitCode.FAILED;
    private Runnable stop = () -> {};
    private boolean requested;

    /** Installs the handler; once per process. */
    public static Interrupt install() {
        Interrupt interrupt = new Interrupt();
        Runtime.getRuntime().addShutdownHook(new Thread(interrupt::onShutdown, "interrupt"));
        return interrupt;
    }

    /** Sets what to do on a request; done at once if the request has come already. Must return quickly. */
    public synchronized void onRequest(Runnable stop) {
        this.stop = stop;
        if (requested) {
            stop.run();
        }
    }

    public synchronized boolean isRequested() {
        return requested;
    }

    /** Everything is closed: ends the process. */
    public void exit(int code) {
        exitCode = code;
        finished.countDown();
        System.exit(code);
    }

    private void onShutdown() {
        if (finished.getCount() == 0) {
            return; // the way out through exit()
        }
        synchronized (this) {
            requested = true;
            stop.run();
        }
        try {
            finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // the virtual machine would answer 130; a run that was asked to stop and did has not failed
        Runtime.getRuntime().halt(exitCode);
    }
}
