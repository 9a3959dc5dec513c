package io.supernode.replay;

import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Time that passes only when someone sleeps, or when a test says so. Its two origins differ, so that mixing shows. */
final class VirtualClock implements ReplayClock {
    static final long START = -123_456_789L;
    static final long EPOCH = 1_700_000_000_000_000_000L;

    private volatile long nanos = START;
    private volatile LongConsumer whenAsleep = elapsed -> {};

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long epochNanos() {
        return EPOCH + nanos - START;
    }

    private final TreeMap<Long, Runnable> alarms = new TreeMap<>();

    @Override
    public void sleepUntil(long until) {
        if (!alarms.isEmpty() && START + alarms.firstKey() <= until) { // a sleep may end early
            nanos = Math.max(nanos, START + alarms.firstKey());
            alarms.pollFirstEntry().getValue().run();
            return;
        }
        nanos = Math.max(nanos, until);
        whenAsleep.accept(nanos - START);
    }

    long elapsed() {
        return nanos - START;
    }

    void pass(long by) {
        nanos += by;
    }

    /** Wakes who sleeps at that time since the start and does something first. */
    void at(long elapsed, Runnable then) {
        alarms.put(elapsed, then);
    }

    /** Called after every sleep with the time since the start. */
    void whenAsleep(LongConsumer then) {
        whenAsleep = then;
    }
}
