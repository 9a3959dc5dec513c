package io.supernode.exporter;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Frees threads that are held up by a client that does not read: a write that takes too long is interrupted, which
 * closes the connection. The server's own limit is one on whole answers, and would end every stream too. Thread-safe.
 */
final class SlowClients implements Closeable {
    private static final long LOOK_MILLIS = 500;

    /** What is written. */
    interface Output {
        void write() throws IOException;
    }

    /** One write by one thread. */
    private final class Write {
        private final Thread thread = Thread.currentThread();
        private final long begunNanos = System.nanoTime();
        private boolean ended;

        synchronized void end() {
            ended = true;
        }

        synchronized void interruptIfSlow() {
            if (!ended && System.nanoTime() - begunNanos > patienceNanos) {
                thread.interrupt();
            }
        }
    }

    private final long patienceNanos;
    private final Set<Write> writes = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "exporter-slow-clients");
        thread.setDaemon(true);
        return thread;
    });

    SlowClients(long patienceNanos) {
        this.patienceNanos = patienceNanos;
        watch.scheduleWithFixedDelay(
                () -> writes.forEach(Write::interruptIfSlow), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @throws IOException when it fails, and when it takes too long */
    void write(Output output) throws IOException {
        Write write = new Write();
        writes.add(write);
        try {
            output.write();
        } finally {
            writes.remove(write);
            write.end();
            Thread.interrupted(); // the next task of this thread is not meant
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
