package io.supernode.replay;

import io.supernode.event.EventKind;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a replay is asked to do.
 *
 * @param run identifies the run in every frame
 * @param supernode index of the supernode in every frame, from 0
 * @param cardsPerNode cards whose events one agent flushes together, &gt;= 1
 * @param originEpochNanos wall time that event time 0 stands for; empty: the moment the replay starts
 * @param speed event time per wall time
 * @param eventsPerFrame 0: as many as fit {@link #FRAME_BYTES_MAX}; N: N to a frame, fewer only in the last frame of
 *     a node's flush, so that 1 is one event per frame always
 * @param flushNanos how long an agent gathers events before it flushes, wall time, &gt;= 1
 * @param durationNanos event time that is played, loops included: an event that ends at its end or later is not sent, not even
 *     its part before; {@link #UNLIMITED} for none
 * @param wallLimitNanos wall time after which the replay ends, wherever it is; {@link #UNLIMITED} for none
 * @param cards cards whose events are sent
 * @param kinds kinds of events that are sent
 * @param playback which part of the recording is played, how often, and at which event times
 * @param resumesAtNanos event time up to which the run has been sent before: until then nothing is paced; 0 for a new run
 */
public record ReplayOptions(
        long run,
        int supernode,
        int cardsPerNode,
        OptionalLong originEpochNanos,
        Speed speed,
        int eventsPerFrame,
        long flushNanos,
        long durationNanos,
        long wallLimitNanos,
        CardSet cards,
        Set<EventKind> kinds,
        Playback playback,
        long resumesAtNanos) {
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Largest frame, bytes. */
    public static final int FRAME_BYTES_MAX = 64 * 1024;

    /** Longest stretch of event time in one flush, whatever the speed: windows are one second and longer. */
    public static final long TICK_NANOS_MAX = 250_000_000;

    private static final long FLUSH_NANOS = 10_000_000;
    private static final long HEARTBEAT_WALL_NANOS = 100_000_000;
    /** At {@link Speed#MAX} there is no wall time to count by. */
    private static final long HEARTBEAT_EVENT_NANOS = 1_000_000_000;

    public ReplayOptions {
        requireAtLeast(0, supernode, "supernode");
        requireAtLeast(1, cardsPerNode, "cardsPerNode");
        requireAtLeast(0, eventsPerFrame, "eventsPerFrame");
        requireAtLeast(1, flushNanos, "flushNanos");
        requireAtLeast(1, durationNanos, "durationNanos");
        requireAtLeast(1, wallLimitNanos, "wallLimitNanos");
        requireAtLeast(0, resumesAtNanos, "resumesAtNanos");
        kinds = Set.copyOf(kinds);
    }

    /** Options with the defaults of {@link Builder}. */
    public static Builder of(long run) {
        return new Builder(run);
    }

    /** Event time in one flush: frames never cross a multiple of it. At least 1. */
    public long tickNanos() {
        return tickNanos(speed);
    }

    /** As {@link #tickNanos()}, at another speed. */
    long tickNanos(Speed speed) {
        if (speed.isMax()) {
            return TICK_NANOS_MAX;
        }
        if (flushNanos >= speed.wallNanos(TICK_NANOS_MAX)) {
            return TICK_NANOS_MAX;
        }
        return Math.max(1, speed.eventNanos(flushNanos));
    }

    /** Event time between heartbeats: the ticks in 100 ms of wall time; at {@link Speed#MAX}, one second. */
    public long heartbeatNanos() {
        return heartbeatNanos(speed);
    }

    /** As {@link #heartbeatNanos()}, at another speed. */
    long heartbeatNanos(Speed speed) {
        long tick = tickNanos(speed);
        long asked = speed.isMax() ? HEARTBEAT_EVENT_NANOS : speed.eventNanos(HEARTBEAT_WALL_NANOS);
        return tick * Math.max(1, asked / tick);
    }

    /** Event time at which the replay ends. */
    long endNanos() {
        long start = playback.startNanos();
        return durationNanos > UNLIMITED - start ? UNLIMITED : start + durationNanos;
    }

    private static void requireAtLeast(long least, long value, String name) {
        if (value < least) {
            throw new IllegalArgumentException("must be >= " + least + ": " + name + "=" + value);
        }
    }

    /** Starts from everything, at the speed at which it happened, from nodes of eight cards that flush every 10 ms. */
    public static final class Builder {
        private final long run;
        private int supernode;
        private int cardsPerNode = 8;
        private OptionalLong originEpochNanos = OptionalLong.empty();
        private Speed speed = Speed.REAL_TIME;
        private int eventsPerFrame;
        private long flushNanos = FLUSH_NANOS;
        private long durationNanos = UNLIMITED;
        private long wallLimitNanos = UNLIMITED;
        private CardSet cards = CardSet.ALL;
        private Set<EventKind> kinds = EnumSet.allOf(EventKind.class);
        private Playback playback = Playback.WHOLE;
        private long resumesAtNanos;

        private Builder(long run) {
            this.run = run;
        }

        public Builder supernode(int supernode) {
            this.supernode = supernode;
            return this;
        }

        public Builder cardsPerNode(int cardsPerNode) {
            this.cardsPerNode = cardsPerNode;
            return this;
        }

        public Builder originEpochNanos(long originEpochNanos) {
            this.originEpochNanos = OptionalLong.of(originEpochNanos);
            return this;
        }

        public Builder speed(Speed speed) {
            this.speed = speed;
            return this;
        }

        public Builder eventsPerFrame(int eventsPerFrame) {
            this.eventsPerFrame = eventsPerFrame;
            return this;
        }

        public Builder flushNanos(long flushNanos) {
            this.flushNanos = flushNanos;
            return this;
        }

        public Builder durationNanos(long durationNanos) {
            this.durationNanos = durationNanos;
            return this;
        }

        public Builder wallLimitNanos(long wallLimitNanos) {
            this.wallLimitNanos = wallLimitNanos;
            return this;
        }

        public Builder cards(CardSet cards) {
            this.cards = cards;
            return this;
        }

        public Builder kinds(Set<EventKind> kinds) {
            this.kinds = kinds;
            return this;
        }

        public Builder playback(Playback playback) {
            this.playback = playback;
            return this;
        }

        public Builder resumesAtNanos(long resumesAtNanos) {
            this.resumesAtNanos = resumesAtNanos;
            return this;
        }

        /** The same options for another run. */
        public Builder ofRun(long another) {
            Builder same = new Builder(another);
            same.supernode = supernode;
            same.cardsPerNode = cardsPerNode;
            same.originEpochNanos = originEpochNanos;
            same.speed = speed;
            same.eventsPerFrame = eventsPerFrame;
            same.flushNanos = flushNanos;
            same.durationNanos = durationNanos;
            same.wallLimitNanos = wallLimitNanos;
            same.cards = cards;
            same.kinds = kinds;
            same.playback = playback;
            same.resumesAtNanos = resumesAtNanos;
            return same;
        }

        public ReplayOptions build() {
            return new ReplayOptions(
                    run,
                    supernode,
                    cardsPerNode,
                    originEpochNanos,
                    speed,
                    eventsPerFrame,
                    flushNanos,
                    durationNanos,
                    wallLimitNanos,
                    cards,
                    kinds,
                    playback,
                    resumesAtNanos);
        }
    }
}
