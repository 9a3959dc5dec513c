package io.supernode.replay;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.Arrays;

/**
 * Keeps replays of one run together. On a broker it is as late as the foremost sender says, and what comes far behind comes
 * too late: so whoever is about to be ahead of another by more than the slack is held in its sink until the other has come
 * after. The hindmost is never held. All of them go through one sink, one frame at a time: frames that wait in two senders
 * of a broker would overtake each other. Thread-safe.
 */
public final class Abreast {
    private static final long NOTHING_YET = Long.MIN_VALUE;
    private static final long ENDED = Long.MAX_VALUE;

    private final FrameSink shared;
    private final long slackNanos;
    /** Up to where each has sent everything, once it has sent what it is about to send. */
    private final long[] throughNanos;

    /**
     * @param shared where the frames of all of them go; not closed here
     * @param replays how many, &gt;= 2
     * @param slackNanos event time that one may be ahead of another, &gt; 0; less than what its reader allows
     */
    public Abreast(FrameSink shared, int replays, long slackNanos) {
        if (replays < 2 || slackNanos <= 0) {
            throw new IllegalArgumentException(
                    "must be >= 2 replays and a slack > 0: replays=" + replays + " slackNanos=" + slackNanos);
        }
        this.shared = shared;
        this.slackNanos = slackNanos;
        throughNanos = new long[replays];
        Arrays.fill(throughNanos, NOTHING_YET);
    }

    /** The sink of one of the replays, from 0. Once it is closed nobody waits for that one any more. */
    public FrameSink sink(int replay) {
        return new Held(replay);
    }

    private synchronized void await(int replay, long through) {
        if (through > throughNanos[replay]) {
            throughNanos[replay] = through;
            notifyAll();
        }
        while (hindmost() < through - slackNanos) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the replay sees it, and ends
                return;
            }
        }
    }

    private synchronized void end(int replay) {
        throughNanos[replay] = ENDED;
        notifyAll();
    }

    private long hindmost() {
        return Arrays.stream(throughNanos).min().orElseThrow();
    }

    private final class Held implements FrameSink {
        private final int replay;
        private volatile long heldNanos;

        Held(int replay) {
            this.replay = replay;
        }

        @Override
        public void send(EventKind kind, FrameHeader header, byte[] frame) {
            hold(header);
            synchronized (shared) {
                shared.send(kind, header, frame);
            }
        }

        @Override
        public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {
            hold(header);
            synchronized (shared) {
                shared.heartbeat(kind, header, frame);
            }
        }

        private void hold(FrameHeader header) {
            long from = System.nanoTime();
            await(replay, header.throughNanos());
            heldNanos += System.nanoTime() - from;
        }

        @Override
        public void flush() {
            synchronized (shared) {
                shared.flush();
            }
        }

        @Override
        public void startLoop(long number) {
            synchronized (shared) {
                shared.startLoop(number);
            }
        }

        @Override
        public long blockedNanos() {
            return shared.blockedNanos() + heldNanos;
        }

        @Override
        public void close() {
            end(replay);
        }
    }
}
