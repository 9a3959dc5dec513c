package io.supernode.exporter;

import com.sun.net.httpserver.HttpExchange;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1/stream}: the state as server-sent events. It is written once a tick, whoever looks, and not at all
 * while nobody does. A frame says everything, so a client that cannot keep up loses frames and nothing else; one that
 * does not read at all is dropped. Each client has a thread of its own, none that others need. Thread-safe.
 */
final class StateStream implements Closeable {
    static final int CLIENTS_MAX = 64;
    static final long TICK_MILLIS = 500;
    /** Frames that a client may be behind, or find again after its connection broke. */
    private static final int RING = 8;

    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);
    /** How soon a browser tries again. */
    private static final byte[] RETRY = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII);

    private record Frame(long id, byte[] event) {}

    private final Callable<byte[]> state;
    private final SlowClients slow;
    private final Deque<Frame> ring = new ArrayDeque<>();
    private final ThreadPoolExecutor clients;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "exporter-stream-tick");
        thread.setDaemon(true);
        return thread;
    });
    private long newest;
    private long tickedNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
    private boolean closed;

    /** @param state gives the state as JSON in one line */
    StateStream(Callable<byte[]> state, SlowClients slow) {
        this.state = state;
        this.slow = slow;
        clients = new ThreadPoolExecutor(0, CLIENTS_MAX, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "exporter-stream");
            thread.setDaemon(true);
            return thread;
        });
        ticker.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Takes an exchange over, to its end.
     *
     * @param after the last frame that the client has seen; 0 none
     * @return false where there are as many clients as may be: then nothing happens
     */
    boolean serve(HttpExchange exchange, long after) {
        try {
            clients.execute(() -> stream(exchange, after));
        } catch (RejectedExecutionException e) {
            return false;
        }
        ticker.execute(this::tickIfDue); // whoever comes first need not wait for the next tick
        return true;
    }

    int clients() {
        return clients.getActiveCount();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        ticker.shutdownNow();
        clients.shutdownNow();
    }

    private void tickIfDue() {
        if (System.nanoTime() - tickedNanos >= TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)) {
            tick();
        }
    }

    private void tick() {
        if (clients.getActiveCount() == 0) {
            synchronized (this) {
                ring.clear(); // whoever comes next begins with what is then
            }
            return;
        }
        tickedNanos = System.nanoTime();
        byte[] json;
        try {
            json = state.call();
        } catch (Exception e) {
            return; // the next tick tries again; whoever asks for the state itself is told
        }
        synchronized (this) {
            newest++;
            byte[] head = ("id: " + newest + "\nevent: state\ndata: ").getBytes(StandardCharsets.US_ASCII);
            byte[] event = new byte[head.length + json.length + 2];
            System.arraycopy(head, 0, event, 0, head.length);
            System.arraycopy(json, 0, event, head.length, json.length);
            event[event.length - 2] = '\n';
            event[event.length - 1] = '\n';
            if (ring.size() == RING) {
                ring.removeFirst();
            }
            ring.addLast(new Frame(newest, event));
            notifyAll();
        }
    }

    private void stream(HttpExchange exchange, long after) {
        try (exchange) {
            OutputStream out = exchange.getResponseBody();
            write(out, RETRY);
            long seen = after;
            while (true) {
                Frame frame = next(seen);
                if (frame == null) {
                    if (isClosed()) {
                        return;
                    }
                    write(out, PING);
                } else {
                    write(out, frame.event());
                    seen = frame.id();
                }
            }
        } catch (IOException e) {
            return; // the client has gone, or was dropped
        } catch (InterruptedException e) {
            return; // closed
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The frame after one that was seen, or the newest; null when none came for a while, or closed. */
    private synchronized Frame next(long seen) throws InterruptedException {
        long deadline = System.nanoTime() + PING_NANOS;
        while (!closed) {
            // numbers from another life of this server may be ahead of ours
            long known = seen > newest ? 0 : seen;
            if (newest > known && !ring.isEmpty()) {
                // who is a little behind gets what was missed, in order; whoever begins, or lost touch, what is now
                boolean near = known > 0 && known + 1 >= ring.getFirst().id();
                return ring.stream()
                        .filter(frame -> near && frame.id() == known + 1)
                        .findFirst()
                        .orElseGet(ring::getLast);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return null;
            }
            wait(left);
        }
        return null;
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        slow.write(() -> {
            out.write(bytes);
            out.flush();
        });
    }
}
