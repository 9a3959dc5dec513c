package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays events into a sink at the time they are due. What ends in one tick leaves, cut into frames, at the end of the
 * tick: at {@code start + tick end / speed}, computed afresh for every tick, so that no error adds up and a stall is
 * caught up without the schedule ever moving. What leaves late is sent at once and reported as late. An event that
 * ends before what was sent already (a disordered source) leaves at once.
 *
 * <p>{@link #run} is called once, from one thread; {@link #stop} and {@link #progress} from any. Neither the source nor
 * the sink is closed; when {@code run} has returned, neither is used any more.
 */
public final class ReplayEngine {
    private static final EventKind[] KINDS = EventKind.values();
    /** Bytes of frames that may wait for their moment; a tick with more encodes the rest as it sends. */
    private static final long WAITING_BYTES_MAX = 4 << 20;
    /** The longest window downstream: what final heartbeats let close, and the second beyond it. */
    private static final long WINDOW_NANOS_MAX = 60_000_000_000L;

    private static final long BEYOND_NANOS = 1_000_000_000L;

    private final ReplayOptions options;
    private final EventSource source;
    private final FrameSink sink;
    private final ReplayClock clock;
    private final Speed speed;
    private final long tickNanos;
    private final long heartbeatNanos;
    private final ReplayTally tally;
    private final AtomicBoolean started = new AtomicBoolean();

    private volatile Thread thread;
    private volatile boolean stopRequested;
    private volatile ReplayProgress reached = new ReplayProgress(0, 0, 0, 0, 0, 0, false);

    // the schedule; written by the thread that runs before it publishes the first progress, or volatile
    private long startNanos;
    private volatile long dueNanos;

    // of the thread that runs
    private FrameCutter cutter;
    private long startEpochNanos;
    private ReplayReport.End end;
    private boolean interrupted;
    private long positionNanos;
    private long lastEventNanos = Long.MIN_VALUE;
    private long nextHeartbeatNanos;

    // the tick in hand
    private record Waiting(EventKind kind, FrameHeader header, byte[] frame, int events) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private long waitingBytes;
    private boolean isDue;

    public ReplayEngine(ReplayOptions options, EventSource source, FrameSink sink, ReplayClock clock) {
        this.options = options;
        this.source = source;
        this.sink = sink;
        this.clock = clock;
        speed = options.speed();
        tickNanos = options.tickNanos();
        heartbeatNanos = options.heartbeatNanos();
        nextHeartbeatNanos = heartbeatNanos;
        tally = new ReplayTally(!speed.isMax());
    }

    /**
     * Plays until the events, the duration or the wall limit end or {@link #stop} is called, then sends final
     * heartbeats that let the last window close, and flushes.
     *
     * @throws SendFailedException when a frame did not arrive
     * @throws SourceFailedException when the events could not be had
     */
    public ReplayReport run() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a replay runs once");
        }
        startEpochNanos = clock.epochNanos();
        long originEpochNanos = options.originEpochNanos().orElse(startEpochNanos);
        cutter = new FrameCutter(
                options.run(), options.supernode(), options.cardsPerNode(), options.eventsPerFrame(), originEpochNanos);
        startNanos = clock.nanos();
        thread = Thread.currentThread();
        try {
            try (StretchPrefetch prefetch = new StretchPrefetch(source, tickNanos)) {
                play(prefetch);
            }
            long throughNanos = finish();
            return tally.report(options, originEpochNanos, end, playedNanos(), throughNanos, elapsedNanos());
        } finally {
            reached = tally.progress(positionNanos, elapsedNanos(), 0, true);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the run within a tick: what is due has been sent, what is not yet due will not be. Returns at once. */
    public void stop() {
        stopRequested = true;
        LockSupport.unpark(thread);
    }

    /** Where the run is, for a progress line; all zero before it starts. */
    public ReplayProgress progress() {
        ReplayProgress last = reached;
        if (thread == null || last.ended()) {
            return last;
        }
        long wallNanos = elapsedNanos();
        long lagNanos = speed.isMax() ? 0 : Math.max(0, wallNanos - dueNanos);
        return new ReplayProgress(
                last.eventNanos(), wallNanos, last.sentEvents(), last.sentFrames(), last.sentBytes(), lagNanos, false);
    }

    private void play(StretchPrefetch prefetch) {
        long knownNanos = 0; // up to here the source has told everything
        Stretch stretch = prefetch.take(this::isEnding);
        while (stretch != null) {
            // quiet time is played when it is known that something follows: a source's end is not waited for
            if (!quietUntil(knownNanos) || !playTicks(stretch)) {
                return;
            }
            knownNanos = stretch.throughNanos;
            if (knownNanos >= options.durationNanos()) {
                if (quietUntil(options.durationNanos()) && awaits(options.durationNanos())) {
                    positionNanos = options.durationNanos();
                    end = ReplayReport.End.DURATION;
                }
                return;
            }
            prefetch.recycle(stretch);
            dueNanos = speed.wallNanos(knownNanos);
            stretch = prefetch.take(this::isEnding);
        }
        if (end == null) {
            end = ReplayReport.End.SOURCE;
        }
    }

    /** @return false when the run has to end */
    private boolean playTicks(Stretch stretch) {
        EventBatch events = stretch.events;
        int[] order = stretch.order;
        int from = 0;
        while (from < stretch.count) {
            long first = events.endNanos(order[from]);
            boolean isLate = first < positionNanos; // the source is disordered: it leaves at once
            long tickStart = isLate ? positionNanos : Math.floorDiv(first, tickNanos) * tickNanos;
            if (tickStart >= options.durationNanos()) {
                return true;
            }
            if (!quietUntil(tickStart)) {
                return false;
            }
            long tickEnd = isLate ? tickStart : Math.min(tickStart + tickNanos, options.durationNanos());
            int kept = from;
            int to = from;
            for (; to < stretch.count && events.endNanos(order[to]) < tickEnd; to++) {
                if (isAskedFor(events, order[to])) {
                    order[kept++] = order[to];
                }
            }
            if (to == from) {
                return true; // only events at or after the duration are left
            }
            if (!playTick(events, order, from, kept, to - kept, tickStart, tickEnd)) {
                return false;
            }
            from = to;
        }
        return true;
    }

    /** Plays the events {@code order[from .. to - 1]}: all or, when the run has to end before they are due, none. */
    private boolean playTick(
            EventBatch events, int[] order, int from, int to, int filtered, long tickStart, long tickEnd) {
        EventDigest digest = new EventDigest();
        for (int k = from; k < to; k++) {
            digest.add(events, order[k]);
        }
        long intended = intendedEpochNanos(tickEnd);
        isDue = false;
        cutter.cut(events, order, from, to, tickStart, intended, (kind, header, frame, count) -> {
            waiting.add(new Waiting(kind, header, frame, count));
            waitingBytes += frame.length;
            if (waitingBytes >= WAITING_BYTES_MAX && (isDue || awaits(tickEnd))) {
                isDue = true;
                sendWaiting();
            }
        });
        if (!isDue && !awaits(tickEnd)) {
            waiting.clear();
            waitingBytes = 0;
            return false;
        }
        sendWaiting();
        positionNanos = tickEnd;
        if (to > from) {
            lastEventNanos = Math.max(lastEventNanos, events.endNanos(order[to - 1]));
        }
        tally.tick(digest, filtered);
        reached = tally.progress(positionNanos, 0, 0, false);
        return true;
    }

    private void sendWaiting() {
        long begunNanos = elapsedNanos();
        for (int i = 0; i < waiting.size(); i++) {
            Waiting w = waiting.get(i);
            sink.send(w.kind(), w.header(), w.frame());
            long doneNanos = elapsedNanos();
            tally.frame(w.kind(), w.events(), w.frame().length, dueNanos, begunNanos, doneNanos);
            begunNanos = doneNanos;
        }
        waiting.clear();
        waitingBytes = 0;
    }

    /**
     * Lets time without events pass, with its heartbeats. Of those whose moment has passed already only the last is
     * sent, which says what the others would; at the highest speed that is every time.
     */
    private boolean quietUntil(long eventNanos) {
        long until = Math.min(eventNanos, options.durationNanos());
        long past = speed.isMax() ? until : Math.min(until, speed.eventNanos(elapsedNanos()));
        if (nextHeartbeatNanos <= past) {
            nextHeartbeatNanos = past / heartbeatNanos * heartbeatNanos;
        }
        while (nextHeartbeatNanos <= until) {
            if (!awaits(nextHeartbeatNanos)) {
                return false;
            }
            heartbeat(nextHeartbeatNanos, intendedEpochNanos(nextHeartbeatNanos));
            positionNanos = Math.max(positionNanos, nextHeartbeatNanos);
            reached = tally.progress(positionNanos, 0, 0, false);
            nextHeartbeatNanos += heartbeatNanos;
        }
        return !isEnding();
    }

    private void heartbeat(long throughNanos, long intendedEpochNanos) {
        FrameHeader header = cutter.heartbeatHeader(throughNanos, intendedEpochNanos);
        long begunNanos = elapsedNanos();
        for (EventKind kind : KINDS) {
            sink.heartbeat(kind, header, cutter.heartbeat(kind, header));
        }
        tally.heartbeat(begunNanos, elapsedNanos());
    }

    private long finish() {
        long throughNanos = Math.addExact(positionNanos, BEYOND_NANOS);
        if (lastEventNanos != Long.MIN_VALUE) {
            long windowEnd = (Math.floorDiv(lastEventNanos, WINDOW_NANOS_MAX) + 1) * WINDOW_NANOS_MAX;
            throughNanos = Math.max(positionNanos, windowEnd + BEYOND_NANOS);
        }
        heartbeat(throughNanos, intendedEpochNanos(positionNanos));
        sink.flush();
        return throughNanos;
    }

    private long playedNanos() {
        return switch (end) {
            case SOURCE -> Math.max(0, lastEventNanos);
            case DURATION, WALL_LIMIT, STOPPED -> positionNanos;
        };
    }

    /** Waits for the moment of an event time. @return false when the run has to end before */
    private boolean awaits(long eventNanos) {
        long due = speed.wallNanos(eventNanos);
        dueNanos = due;
        while (!isEnding()) {
            if (elapsedNanos() >= due) {
                return true;
            }
            clock.sleepUntil(startNanos + Math.min(due, options.wallLimitNanos()));
        }
        return false;
    }

    private boolean isEnding() {
        if (Thread.interrupted()) {
            interrupted = true; // told to the caller when the frames are safe
            stopRequested = true;
        }
        if (end == null && stopRequested) {
            end = ReplayReport.End.STOPPED;
        }
        if (end == null && elapsedNanos() >= options.wallLimitNanos()) {
            end = ReplayReport.End.WALL_LIMIT;
        }
        return end != null;
    }

    private boolean isAskedFor(EventBatch events, int i) {
        return options.cards().contains(events.card(i)) && options.kinds().contains(events.kind(i));
    }

    private long intendedEpochNanos(long eventNanos) {
        return speed.isMax() ? clock.epochNanos() : startEpochNanos + speed.wallNanos(eventNanos);
    }

    private long elapsedNanos() {
        return clock.nanos() - startNanos;
    }
}
