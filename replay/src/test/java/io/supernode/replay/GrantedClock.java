package io.supernode.replay;

/**
 * The time that the machine granted to the one thread that asks: a clock over another that stands still while that
 * thread was kept from running. A sleep that ends more than {@link #LONGEST_NANOS} late, and as long a time between
 * two looks, is the machine's doing (its cores were given to others) and counts as that long and no longer. Not
 * thread-safe.
 */
final class GrantedClock implements ReplayClock {
    /** A sleep on an idle Linux machine ends 60 to 100 microseconds late; nobody here computes as long between looks. */
    static final long LONGEST_NANOS = 200_000;

    private final ReplayClock machine;
    private long seenNanos;
    private long takenNanos;

    GrantedClock(ReplayClock machine) {
        this.machine = machine;
        seenNanos = machine.nanos();
    }

    @Override
    public long nanos() {
        return look(seenNanos);
    }

    @Override
    public long epochNanos() {
        return machine.epochNanos();
    }

    @Override
    public void sleepUntil(long nanos) {
        long until = nanos + takenNanos;
        machine.sleepUntil(until);
        look(Math.max(seenNanos, until));
    }

    /** Time that was cut out so far. */
    long takenNanos() {
        return takenNanos;
    }

    private long look(long expectedNanos) {
        long now = machine.nanos();
        takenNanos += Math.max(0, now - expectedNanos - LONGEST_NANOS);
        seenNanos = now;
        return now - takenNanos;
    }
}
