package io.supernode.benchmarks;

import io.supernode.event.EventSource;
import io.supernode.replay.ReplayOptions;
import io.supernode.replay.Speed;
import io.supernode.scenario.Scenario;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The work that all arms do: the default scenario's events from event time 0 to {@code durationNanos}. */
final class Workbench {
    static final String SCENARIO = "llama3-405b";

    /**
     * Between the origins of runs, beside their length, so that no run's time runs backwards on the broker. No more: what says
     * that it is a day from now is not believed at once.
     */
    private static final long APART_NANOS = TimeUnit.MINUTES.toNanos(3);

    private static final AtomicLong RUNS = new AtomicLong();

    private static final AtomicLong NEXT_ORIGIN_NANOS =
            new AtomicLong(TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));

    private final long durationNanos;

    Workbench(long durationNanos) {
        this.durationNanos = durationNanos;
    }

    EventSource events() {
        return Scenario.of(SCENARIO, Map.of()).events();
    }

    int cardsPerNode() {
        return Scenario.of(SCENARIO, Map.of()).machine().cardsPerNode();
    }

    int nodesPerRack() {
        return Scenario.of(SCENARIO, Map.of()).machine().topology().nodesPerRack();
    }

    /** Options of a fresh run at full speed. @param eventsPerFrame 0 for whole frames */
    ReplayOptions options(int eventsPerFrame) {
        long run = RUNS.incrementAndGet();
        return ReplayOptions.of(run)
                .cardsPerNode(cardsPerNode())
                .originEpochNanos(NEXT_ORIGIN_NANOS.getAndAdd(durationNanos + APART_NANOS))
                .speed(Speed.MAX)
                .eventsPerFrame(eventsPerFrame)
                .durationNanos(durationNanos)
                .build();
    }

    Recording record(int eventsPerFrame) {
        return Recording.of(options(eventsPerFrame), events());
    }
}
