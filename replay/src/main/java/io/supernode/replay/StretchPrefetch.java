package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Pulls the next stretch of events on a thread of its own while the one before it is played: at most one ahead. Cuts
 * the source's stretches at ticks, so that a tick is played whole however short or odd the source's stretches are;
 * what is left over goes into the next.
 */
final class StretchPrefetch implements AutoCloseable {
    /** How often a waiting player looks whether it was stopped. */
    private static final long LOOK_MILLIS = 2;
    /** A source that computes one stretch for longer than this is left to its daemon thread. */
    private static final long CLOSE_MILLIS = 10_000;

    private final EventSource source;
    private final long tickNanos;
    private final Consumer<Stretch> label;
    private final Thread thread;

    // of the thread
    private final EventBatch carry = new EventBatch(16);
    private long throughNanos = Long.MIN_VALUE;
    private boolean exhausted;

    // under the monitor of this
    private final ArrayDeque<Stretch> empty = new ArrayDeque<>();
    private Stretch ready;
    private boolean finished;
    private boolean closed;
    private Throwable failure;

    StretchPrefetch(EventSource source, long tickNanos) {
        this(source, tickNanos, stretch -> {});
    }

    /** @param label writes on every stretch what else there is to say of it; called by the thread that pulls */
    StretchPrefetch(EventSource source, long tickNanos, Consumer<Stretch> label) {
        this.source = source;
        this.tickNanos = tickNanos;
        this.label = label;
        empty.add(new Stretch());
        empty.add(new Stretch());
        thread = new Thread(this::pull, "replay-prefetch");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for the next stretch.
     *
     * @return null when there is none left, or as soon as {@code given up} is true
     * @throws SourceFailedException when the source has failed; everything before has been given
     */
    synchronized Stretch take(BooleanSupplier givenUp) {
        while (ready == null && !finished && !givenUp.getAsBoolean()) {
            try {
                wait(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // for the player to see
            }
        }
        if (ready == null && failure != null) {
            throw new SourceFailedException(describe(failure), failure);
        }
        Stretch next = ready;
        ready = null;
        notifyAll();
        return next;
    }

    /** Gives a played stretch back to be filled again. */
    synchronized void recycle(Stretch played) {
        empty.add(played);
        notifyAll();
    }

    /** Ends the thread. When this returns, the source is no longer used (but see {@link #CLOSE_MILLIS}). */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void pull() {
        Throwable thrown = null;
        try {
            for (Stretch stretch = nextEmpty(); stretch != null && fill(stretch); stretch = nextEmpty()) {
                label.accept(stretch);
                if (!put(stretch)) {
                    break;
                }
            }
        } catch (Throwable t) { // handed to the player, which throws it: nothing is swallowed here
            thrown = t instanceof UncheckedIOException e ? e.getCause() : t;
        }
        synchronized (this) {
            failure = thrown;
            finished = true;
            notifyAll();
        }
    }

    private synchronized Stretch nextEmpty() throws InterruptedException {
        while (empty.isEmpty() && !closed) {
            wait();
        }
        return closed ? null : empty.poll();
    }

    private synchronized boolean put(Stretch stretch) throws InterruptedException {
        while (ready != null && !closed) {
            wait();
        }
        ready = stretch;
        notifyAll();
        return !closed;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private boolean fill(Stretch stretch) {
        while (!exhausted && !isClosed()) {
            if (!source.next(stretch.events)) {
                exhausted = true;
                break;
            }
            long through = Math.floorDiv(source.throughNanos(), tickNanos) * tickNanos;
            if (through > throughNanos) {
                throughNanos = through;
                append(carry, stretch.events);
                carry.clear();
                split(stretch);
                return true;
            }
            append(stretch.events, carry); // not yet a whole tick
        }
        if (carry.isEmpty() || isClosed()) {
            return false;
        }
        stretch.events.clear();
        append(carry, stretch.events);
        carry.clear();
        stretch.order = stretch.events.timeOrder(stretch.order);
        stretch.count = stretch.events.size();
        long last = stretch.events.endNanos(stretch.order[stretch.count - 1]);
        stretch.throughNanos = last + 1;
        return true;
    }

    private void split(Stretch stretch) {
        EventBatch events = stretch.events;
        int[] order = events.timeOrder(stretch.order);
        int count = events.size();
        while (count > 0 && events.endNanos(order[count - 1]) >= throughNanos) {
            count--;
        }
        for (int k = count; k < events.size(); k++) {
            carry.addFrom(events, order[k], 0);
        }
        stretch.order = order;
        stretch.count = count;
        stretch.throughNanos = throughNanos;
    }

    private static void append(EventBatch from, EventBatch to) {
        for (int i = 0; i < from.size(); i++) {
            to.addFrom(from, i, 0);
        }
    }

    private static String describe(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
