package io.supernode.replay;

import java.util.function.LongSupplier;

/**
 * Which moment of wall time an event time is due at. A straight line from an anchor, computed afresh for every time
 * asked for, so that no error adds up; a change of speed, a pause and a jump each begin a new line at the very moment
 * at which they were asked for, however late that is noticed, and cost at most a nanosecond. Wall times are nanoseconds
 * from the start. Thread-safe.
 */
final class Schedule {
    /** Due time of everything while the schedule stands still. */
    static final long NEVER = Long.MAX_VALUE;

    private final ReplayClock clock;
    private final LongSupplier reached;
    private volatile long startNanos;
    private Speed speed;
    private boolean isPaused;
    private boolean isHeld;
    private long wallAnchor;
    private long eventAnchor;
    private long pausedNanos;
    private long heldNanos;
    private long unpacedNanos;

    /** @param reached event time that has been played, which is where {@link Speed#MAX} is */
    Schedule(ReplayClock clock, Speed speed, LongSupplier reached) {
        this.clock = clock;
        this.speed = speed;
        this.reached = reached;
    }

    synchronized void start(long eventNanos, boolean paused) {
        startNanos = clock.nanos();
        eventAnchor = eventNanos;
        isPaused = paused;
    }

    /** Starts again, now, paused or not as it is: what was before it does not count. */
    synchronized void restart(long eventNanos) {
        startNanos = clock.nanos();
        eventAnchor = eventNanos;
        wallAnchor = 0;
        pausedNanos = 0;
        heldNanos = 0;
        unpacedNanos = 0;
    }

    /** Makes an event time due now; the time since the last change was not to be kept pace with. */
    synchronized void skipTo(long eventNanos) {
        boolean paced = !stands() && !speed.isMax();
        long waited = elapsedNanos() - wallAnchor;
        jump(eventNanos);
        unpacedNanos += paced ? waited : 0;
    }

    long elapsedNanos() {
        return clock.nanos() - startNanos;
    }

    /** When the measuring clock shows {@code wallNanos} from the start. */
    long clockNanos(long wallNanos) {
        return startNanos + wallNanos;
    }

    synchronized long dueNanos(long eventNanos) {
        return stands() ? NEVER : Math.addExact(wallAnchor, speed.wallNanos(eventNanos - eventAnchor));
    }

    /** Event time that is due now. */
    synchronized long eventNanos() {
        return at(elapsedNanos());
    }

    synchronized Speed speed() {
        return speed;
    }

    synchronized boolean isPaused() {
        return isPaused;
    }

    synchronized void speed(Speed faster) {
        turn();
        speed = faster;
    }

    /** @return false where it is paused already */
    synchronized boolean pause() {
        if (isPaused) {
            return false;
        }
        turn();
        isPaused = true;
        return true;
    }

    /** @return false where it is not paused */
    synchronized boolean resume() {
        if (!isPaused) {
            return false;
        }
        turn();
        isPaused = false;
        return true;
    }

    /** Stands still for somebody who cannot follow, whether a person has paused it or not. */
    synchronized void hold(boolean still) {
        turn();
        isHeld = still;
    }

    synchronized boolean isHeld() {
        return isHeld;
    }

    /** Makes an event time due now. @return this moment */
    synchronized long jump(long eventNanos) {
        turn();
        eventAnchor = eventNanos;
        return wallAnchor;
    }

    /** Wall time spent paused so far. */
    synchronized long pausedNanos() {
        return pausedNanos + (isPaused ? elapsedNanos() - wallAnchor : 0);
    }

    /** Wall time spent held so far, and not paused at the same time. */
    synchronized long heldNanos() {
        return heldNanos + (isHeld && !isPaused ? elapsedNanos() - wallAnchor : 0);
    }

    /** Wall time so far that was not to be kept pace with: paused, held, or at {@link Speed#MAX}. */
    synchronized long unpacedNanos() {
        return unpacedNanos + (stands() || speed.isMax() ? elapsedNanos() - wallAnchor : 0);
    }

    /** Whether nothing is due: paused, or held. */
    synchronized boolean stands() {
        return isPaused || isHeld;
    }

    /** Begins a new line where the old one is now. */
    private void turn() {
        long now = elapsedNanos();
        eventAnchor = at(now);
        pausedNanos += isPaused ? now - wallAnchor : 0;
        heldNanos += isHeld && !isPaused ? now - wallAnchor : 0;
        unpacedNanos += stands() || speed.isMax() ? now - wallAnchor : 0;
        wallAnchor = now;
    }

    private long at(long wallNanos) {
        if (stands()) {
            return eventAnchor;
        }
        if (speed.isMax()) {
            return Math.max(eventAnchor, reached.getAsLong());
        }
        try {
            return Math.addExact(eventAnchor, speed.eventNanos(wallNanos - wallAnchor));
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE; // beyond 292 years: later than any event
        }
    }
}
