package io.supernode.replay;

import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventSource;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Plays events into a sink at the time they are due. What ends in one tick leaves, cut into frames, at the end of the
 * tick: at {@code start + tick end / speed}, computed afresh for every tick, so that no error adds up and a stall is
 * caught up without the schedule ever moving. What leaves late is sent at once and reported as late. An event that
 * ends before what was sent already (a disordered source) leaves at once.
 *
 * <p>It can be driven while it plays: paused, resumed, stepped, set to another speed, sent to another place of the
 * recording. Each takes effect in the schedule at the moment of the call. What happens to the times of events is
 * {@link EventTime}'s to say; they never go back.
 *
 * <p>{@link #run} is called once, from one thread; everything else from any. The sink is not closed; when {@code run}
 * has returned, neither it nor the source is used any more.
 */
public final class ReplayEngine {
    /** The longest window downstream: what final heartbeats let close, and the second beyond it. */
    private static final long WINDOW_NANOS_MAX = 60_000_000_000L;

    private static final long BEYOND_NANOS = 1_000_000_000L;
    /** How often a replay that stands still looks whether its wall limit has come. */
    private static final long PAUSED_LOOK_NANOS = 100_000_000L;

    private static final long NOWHERE = Passes.NOWHERE;

    private final ReplayOptions options;
    private final ReplaySource source;
    private final FrameSink sink;
    private final ReplayClock clock;
    private final Schedule schedule;
    private final long endNanos;
    private final ReplayTally tally = new ReplayTally();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicLong seekNanos = new AtomicLong(NOWHERE);
    private final AtomicInteger steps = new AtomicInteger();
    private final Queue<LongConsumer> changes = new ConcurrentLinkedQueue<>();

    private volatile Thread thread;
    private volatile boolean stopRequested;
    private volatile boolean ended;
    private volatile long dueNanos;
    private volatile long positionNanos;
    private volatile long shiftNanos;
    private volatile long loop;
    private volatile boolean loops;

    // of the thread that runs
    private FrameCutter cutter;
    private Outbox outbox;
    private long startEpochNanos;
    private ReplayReport.End end;
    private boolean interrupted;
    private boolean scheduleHasBegun;
    /** Frames of before are made again, as fast as it goes, for a sink that leaves them out. */
    private boolean isResuming;

    private long lastEventNanos = Long.MIN_VALUE;
    private long nextHeartbeatNanos;
    private Speed speed;
    private long tickNanos;
    private long heartbeatNanos;

    // the stretch and the tick in hand
    private AgentFaults faults = AgentFaults.NONE;
    private boolean isDue;

    /** Plays events that can be had once: a loop or a seek fails. The source is not closed. */
    public ReplayEngine(ReplayOptions options, EventSource source, FrameSink sink, ReplayClock clock) {
        this(options, ReplaySource.once(source), sink, clock);
    }

    public ReplayEngine(ReplayOptions options, ReplaySource source, FrameSink sink, ReplayClock clock) {
        this.options = options;
        this.source = source;
        this.sink = sink;
        this.clock = clock;
        schedule = new Schedule(clock, options.speed(), () -> positionNanos);
        endNanos = options.endNanos();
        loops = options.playback().loops();
        positionNanos = options.playback().startNanos();
        shiftNanos = positionNanos - options.playback().fromNanos();
        follow(options.speed());
        nextHeartbeatNanos = positionNanos / heartbeatNanos * heartbeatNanos + heartbeatNanos;
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
        outbox = new Outbox(sink, cutter, schedule, tally);
        isResuming = options.resumesAtNanos() > positionNanos;
        schedule.start(positionNanos, options.playback().startsPaused());
        thread = Thread.currentThread();
        try {
            playFrom(NOWHERE, options.playback().fromNanos());
            while (end == null) {
                long left = positionNanos - shiftNanos;
                change(left);
                long sought = seekNanos.getAndSet(NOWHERE);
                long to = sought == NOWHERE ? left : sought;
                if (!options.playback().isContinuous()) {
                    positionNanos = Math.max(positionNanos, to + shiftNanos);
                }
                schedule.jump(positionNanos);
                playFrom(left, to);
            }
            long throughNanos = finish();
            return tally.report(options, originEpochNanos, end, playedNanos(), throughNanos, schedule, loop, sink);
        } finally {
            ended = true;
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

    /**
     * Stands still from this moment on; a frame that is being handed over still goes. Nothing is sent meanwhile.
     *
     * @return false where it is paused already
     */
    public boolean pause() {
        boolean changed = schedule.pause();
        LockSupport.unpark(thread);
        return changed;
    }

    /**
     * Goes on where it was paused: what was late is as late as it was.
     *
     * @return false where it is not paused
     */
    public boolean resume() {
        steps.set(0);
        boolean changed = schedule.resume();
        LockSupport.unpark(thread);
        return changed;
    }

    /**
     * Plays the next tick that holds events, and stands still again.
     *
     * @return false where it is not paused: then nothing happens
     */
    public boolean step() {
        return burst(1);
    }

    /**
     * Plays the next ticks that hold events, at once, and stands still again.
     *
     * @param ticks how many, &gt;= 1
     * @return false where it is not paused: then nothing happens
     */
    public boolean burst(int ticks) {
        if (ticks < 1) {
            throw new IllegalArgumentException("must be >= 1: ticks=" + ticks);
        }
        if (!schedule.isPaused()) {
            return false;
        }
        steps.addAndGet(ticks);
        LockSupport.unpark(thread);
        return true;
    }

    /**
     * Stands still while somebody downstream cannot follow, whatever the speed, paused or not. It goes on where it
     * stood: the time is not made up for, and is told by itself.
     */
    public void hold(boolean still) {
        if (schedule.isHeld() != still) {
            schedule.hold(still);
            LockSupport.unpark(thread);
        }
    }

    /** Plays at another speed from this moment on, paused or not. */
    public void speed(Speed speed) {
        schedule.speed(speed);
        LockSupport.unpark(thread);
    }

    /**
     * Goes on at another place, now. A pause stays a pause.
     *
     * @param recordingNanos time in the recording: what ends earlier is not played
     * @throws IllegalArgumentException for a time below 0, or one that has been played where event times are not
     *     {@link EventTime#MONOTONE}: they would go back
     */
    public void seek(long recordingNanos) {
        if (recordingNanos < 0) {
            throw new IllegalArgumentException("must be >= 0: recordingNanos=" + recordingNanos);
        }
        long here = positionNanos - shiftNanos;
        if (!options.playback().isContinuous() && recordingNanos < here) {
            throw new IllegalArgumentException("must be >= " + here + ", where the replay is, unless event time is"
                    + " MONOTONE: recordingNanos=" + recordingNanos);
        }
        seekNanos.set(recordingNanos);
        LockSupport.unpark(thread);
    }

    /**
     * Changes what is to come: between two ticks, {@code change} is called with the time in the recording that has been
     * reached, on the thread that plays, and the source is opened anew from there. What has been read ahead is dropped; the
     * time that this takes is not made up for.
     *
     * @param change makes the source give something else from that time on, and nothing else before it
     * @return false where the replay has ended: then nothing happens
     */
    public boolean change(LongConsumer change) {
        if (ended) {
            return false;
        }
        changes.add(change);
        LockSupport.unpark(thread);
        return true;
    }

    /**
     * Starts the recording again when it has ended, or no longer. An end that has been read ahead, about a second of
     * event time, stays one.
     *
     * @throws IllegalArgumentException where event times are not {@link EventTime#MONOTONE}
     */
    public void loop(boolean on) {
        if (on && !options.playback().isContinuous()) {
            throw new IllegalArgumentException("a loop needs event time MONOTONE: a second pass with the times of the"
                    + " first would come late to every window");
        }
        loops = on;
    }

    /** Whether the recording starts again at its end. */
    public boolean loops() {
        return loops;
    }

    /** Where the run is, for a progress line; all zero before it starts. */
    public ReplayProgress progress() {
        if (thread == null) {
            return ReplayProgress.before(schedule.speed());
        }
        long wallNanos = schedule.elapsedNanos();
        boolean isPaused = schedule.isPaused();
        boolean keepsPace = ended || schedule.stands() || schedule.speed().isMax();
        return tally.progress(
                positionNanos - options.playback().startNanos(),
                positionNanos - shiftNanos,
                wallNanos,
                schedule,
                loop,
                keepsPace ? 0 : Math.max(0, wallNanos - dueNanos),
                ended);
    }

    private void change(long recordingNanos) {
        for (LongConsumer change = changes.poll(); change != null; change = changes.poll()) {
            change.accept(recordingNanos);
        }
    }

    private void playFrom(long leftNanos, long recordingNanos) {
        Passes passes = new Passes(
                source,
                options.playback(),
                () -> loops,
                options.tickNanos(),
                leftNanos,
                recordingNanos,
                positionNanos,
                loop);
        shiftNanos = positionNanos - recordingNanos;
        try (StretchPrefetch prefetch = new StretchPrefetch(passes, options.tickNanos(), passes::label)) {
            play(prefetch);
        } finally {
            close(passes);
        }
    }

    private static void close(Passes passes) {
        try {
            passes.close();
        } catch (IOException e) {
            throw new SourceFailedException("cannot close the recording: " + e.getMessage(), e);
        }
    }

    private void play(StretchPrefetch prefetch) {
        long knownNanos = positionNanos; // up to here the source has told everything
        Stretch stretch = prefetch.take(this::isLeaving);
        beginSchedule();
        while (stretch != null) {
            // quiet time is played when it is known that something follows: a source's end is not waited for
            if (!quietUntil(knownNanos)) {
                return;
            }
            begin(stretch);
            if (!playTicks(stretch)) {
                return;
            }
            knownNanos = stretch.throughNanos;
            if (knownNanos >= endNanos) {
                if (quietUntil(endNanos) && awaits(endNanos, false)) {
                    positionNanos = endNanos;
                    end = ReplayReport.End.DURATION;
                }
                return;
            }
            prefetch.recycle(stretch);
            dueNanos = schedule.dueNanos(knownNanos);
            stretch = prefetch.take(this::isLeaving);
        }
        if (!isLeaving()) {
            end = ReplayReport.End.SOURCE;
        }
    }

    /** That it takes time to make the first events does not make them late: their time begins when they are there. */
    private void beginSchedule() {
        if (!scheduleHasBegun && !schedule.speed().isMax()) {
            startEpochNanos = clock.epochNanos();
            schedule.restart(Math.max(positionNanos, options.resumesAtNanos()));
        } else if (scheduleHasBegun) {
            schedule.skipTo(positionNanos);
        }
        scheduleHasBegun = true;
    }

    private void begin(Stretch stretch) {
        shiftNanos = stretch.shiftNanos;
        faults = AgentFaults.during(
                source.disturbances(),
                options.cardsPerNode(),
                positionNanos - shiftNanos,
                stretch.throughNanos - shiftNanos);
        if (loop != stretch.loop) {
            loop = stretch.loop;
            sink.startLoop(loop);
        }
    }

    /** @return false when the run has to end */
    private boolean playTicks(Stretch stretch) {
        EventBatch events = stretch.events;
        int[] order = stretch.order;
        int from = 0;
        while (from < stretch.count) {
            follow(schedule.speed());
            long first = events.endNanos(order[from]);
            boolean isLate = first < positionNanos; // the source is disordered: it leaves at once
            // after a seek, the first tick begins where the replay is
            long tickStart =
                    isLate ? positionNanos : Math.max(positionNanos, Math.floorDiv(first, tickNanos) * tickNanos);
            if (tickStart >= endNanos) {
                return true;
            }
            if (!quietUntil(tickStart)) {
                return false;
            }
            long tickEnd = isLate ? tickStart : endOfTick(first, stretch);
            long lateEvents = 0;
            int kept = from;
            int to = from;
            for (; to < stretch.count && events.endNanos(order[to]) < tickEnd; to++) {
                if (isAskedFor(events, order[to])) {
                    order[kept++] = order[to];
                    lateEvents += events.endNanos(order[to]) < tickStart ? 1 : 0;
                }
            }
            if (to == from) {
                return true; // only events at or after the duration are left
            }
            if (!playTick(events, order, from, kept, tickStart, tickEnd)) {
                return false;
            }
            tally.notSent(to - kept, lateEvents);
            from = to;
        }
        return true;
    }

    /** A tick ends where the clock's next one begins, or with the stretch: speed, and so its length, may change. */
    private long endOfTick(long first, Stretch stretch) {
        long whole = (Math.floorDiv(first, tickNanos) + 1) * tickNanos;
        long gridNanos = options.tickNanos(); // what stretches are cut at; the last ends with its last event
        long stretchEnd = -Math.floorDiv(-stretch.throughNanos, gridNanos) * gridNanos;
        return Math.min(Math.min(whole, Math.max(first + 1, stretchEnd)), endNanos);
    }

    /** Plays the events {@code order[from .. to - 1]}: all or, when the run has to leave before they are due, none. */
    private boolean playTick(EventBatch events, int[] order, int from, int to, long tickStart, long tickEnd) {
        EventDigest digest = new EventDigest();
        for (int k = from; k < to; k++) {
            digest.add(events, order[k]);
        }
        isDue = false;
        if (isResuming && tickEnd > options.resumesAtNanos()) {
            isResuming = false;
            startEpochNanos = clock.epochNanos();
            schedule.restart(tickStart);
        }
        long plannedNanos = cut(events, order, from, to, tickStart, tickEnd);
        if (!isDue) {
            if (!awaits(tickEnd, true)) {
                outbox.takeBack();
                return false;
            }
            if (dueNanos != plannedNanos) { // paused, stepped or set to another speed meanwhile: frames tell when
                outbox.takeBack();
                isDue = true;
                cut(events, order, from, to, tickStart, tickEnd);
            }
        }
        send(tickEnd);
        positionNanos = tickEnd;
        if (to > from) {
            lastEventNanos = Math.max(lastEventNanos, events.endNanos(order[to - 1]));
        }
        tally.tick(digest);
        return true;
    }

    /** Cuts a tick into frames that wait. @return when they are due as far as is known now */
    private long cut(EventBatch events, int[] order, int from, int to, long tickStart, long tickEnd) {
        long plannedNanos = isDue ? dueNanos : schedule.dueNanos(tickEnd);
        long nanos = tickEnd - shiftNanos; // in the recording, where disturbances have their time
        FrameCutter.Clocks clocks = (kind, node) -> faults.isEmpty() ? 0 : faults.skewNanos(kind, node, nanos);
        cutter.cut(
                events,
                order,
                from,
                to,
                tickStart,
                intendedEpochNanos(plannedNanos),
                clocks,
                (kind, header, frame, count) -> {
                    outbox.add(kind, header, frame, count, faults, nanos);
                    if (outbox.isFull() && (isDue || awaits(tickEnd, true))) {
                        isDue = true;
                        send(tickEnd);
                    }
                });
        return plannedNanos;
    }

    private void send(long tickEnd) {
        outbox.send(tickEnd, dueNanos, !speed.isMax() && !isResuming);
    }

    /**
     * Lets time without events pass, with its heartbeats. Of those whose moment has passed already only the last is
     * sent, which says what the others would; at the highest speed that is every time.
     */
    private boolean quietUntil(long eventNanos) {
        follow(schedule.speed());
        long until = Math.min(eventNanos, endNanos);
        boolean skips = speed.isMax() && !schedule.stands() || steps.get() > 0;
        long past = skips ? until : Math.min(until, schedule.eventNanos());
        if (nextHeartbeatNanos <= past) {
            nextHeartbeatNanos = past / heartbeatNanos * heartbeatNanos;
        }
        while (nextHeartbeatNanos <= until) {
            if (!awaits(nextHeartbeatNanos, false)) {
                return false;
            }
            heartbeat(nextHeartbeatNanos, intendedEpochNanos(dueNanos));
            positionNanos = Math.max(positionNanos, nextHeartbeatNanos);
            nextHeartbeatNanos += heartbeatNanos;
        }
        return !isLeaving();
    }

    private void heartbeat(long throughNanos, long intendedEpochNanos) {
        outbox.sendKept(throughNanos);
        outbox.heartbeat(cutter.heartbeatHeader(throughNanos, intendedEpochNanos));
    }

    private long finish() {
        outbox.sendKept(Long.MAX_VALUE);
        long throughNanos = Math.addExact(positionNanos, BEYOND_NANOS);
        if (lastEventNanos != Long.MIN_VALUE) {
            long windowEnd = (Math.floorDiv(lastEventNanos, WINDOW_NANOS_MAX) + 1) * WINDOW_NANOS_MAX;
            throughNanos = Math.max(positionNanos, windowEnd + BEYOND_NANOS);
        }
        heartbeat(throughNanos, intendedEpochNanos(schedule.dueNanos(positionNanos)));
        sink.flush();
        return throughNanos;
    }

    private long playedNanos() {
        long start = options.playback().startNanos();
        return switch (end) {
            case SOURCE -> Math.max(start, lastEventNanos) - start;
            case DURATION, WALL_LIMIT, STOPPED -> positionNanos - start;
        };
    }

    /**
     * Waits for the moment of an event time, which {@link #dueNanos} then tells.
     *
     * @param takesStep whether a step that a person asked for ends with it; quiet time before it belongs to the step
     * @return false when the run has to leave before
     */
    private boolean awaits(long eventNanos, boolean takesStep) {
        while (!isLeaving()) {
            long due = schedule.dueNanos(eventNanos);
            long now = schedule.elapsedNanos();
            if (due == Schedule.NEVER && steps.get() > 0) {
                if (takesStep) {
                    steps.decrementAndGet();
                }
                dueNanos = schedule.jump(eventNanos);
                return true;
            }
            long until = due == Schedule.NEVER ? now + PAUSED_LOOK_NANOS : due;
            dueNanos = until;
            if (now >= due) {
                return true;
            }
            clock.sleepUntil(schedule.clockNanos(Math.min(until, options.wallLimitNanos())));
        }
        return false;
    }

    /** Ticks and heartbeats are as long as the speed makes them. */
    private void follow(Speed now) {
        if (now.equals(speed)) {
            return;
        }
        speed = now;
        tickNanos = options.tickNanos(now);
        heartbeatNanos = options.heartbeatNanos(now);
        long next = Math.floorDiv(positionNanos, heartbeatNanos) * heartbeatNanos + heartbeatNanos;
        nextHeartbeatNanos = Math.min(nextHeartbeatNanos, next);
    }

    /** Whether what is being played is to be left: the run ends, or goes on elsewhere. */
    private boolean isLeaving() {
        return isEnding() || seekNanos.get() != NOWHERE || !changes.isEmpty();
    }

    private boolean isEnding() {
        if (Thread.interrupted()) {
            interrupted = true; // told to the caller when the frames are safe
            stopRequested = true;
        }
        if (end == null && stopRequested) {
            end = ReplayReport.End.STOPPED;
        }
        if (end == null && schedule.elapsedNanos() >= options.wallLimitNanos()) {
            end = ReplayReport.End.WALL_LIMIT;
        }
        return end != null;
    }

    private boolean isAskedFor(EventBatch events, int i) {
        return options.cards().contains(events.card(i)) && options.kinds().contains(events.kind(i));
    }

    private long intendedEpochNanos(long dueNanos) {
        return speed.isMax() || dueNanos == Schedule.NEVER ? clock.epochNanos() : startEpochNanos + dueNanos;
    }
}
