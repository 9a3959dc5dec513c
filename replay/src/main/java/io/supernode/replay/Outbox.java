package io.supernode.replay;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The frames of the tick in hand until their moment has come, and what becomes of them on their way to the sink: agents lose
 * some, repeat some and keep some back ({@link AgentFaults}). Counts what was sent. Not thread-safe.
 */
final class Outbox {
    private static final EventKind[] KINDS = EventKind.values();
    /** Bytes of frames that may wait for their moment; a tick with more encodes the rest as it sends. */
    private static final long WAITING_BYTES_MAX = 4 << 20;
    /** Bytes of frames that agents may keep back; what they have kept longest goes when there are more. */
    private static final long KEPT_BYTES_MAX = 256 << 20;

    private final FrameSink sink;
    private final FrameCutter cutter;
    private final Schedule schedule;
    private final ReplayTally tally;

    private record Waiting(EventKind kind, FrameHeader header, byte[] frame, int events, int copies, long lateNanos) {}

    /** @param order frames kept until the same moment leave in the order in which they were made */
    private record Kept(long untilNanos, long order, Waiting frame) {}

    private final List<Waiting> waiting = new ArrayList<>();
    private final PriorityQueue<Kept> kept =
            new PriorityQueue<>(Comparator.comparingLong(Kept::untilNanos).thenComparingLong(Kept::order));
    private long waitingBytes;
    private long keptBytes;
    private long keptFrames;

    Outbox(FrameSink sink, FrameCutter cutter, Schedule schedule, ReplayTally tally) {
        this.sink = sink;
        this.cutter = cutter;
        this.schedule = schedule;
        this.tally = tally;
    }

    /**
     * Takes a frame.
     *
     * @param nanos time in the recording at which its tick ends
     */
    void add(EventKind kind, FrameHeader header, byte[] frame, int events, AgentFaults faults, long nanos) {
        int copies = 1;
        long lateNanos = 0;
        if (!faults.isEmpty()) {
            copies = faults.copies(kind, header.node(), header.sequence(), nanos);
            lateNanos = faults.latenessNanos(kind, header.node(), nanos);
        }
        waiting.add(new Waiting(kind, header, frame, events, copies, lateNanos));
        waitingBytes += frame.length;
    }

    /** Whether so much waits that it has to be sent before more is made. */
    boolean isFull() {
        return waitingBytes >= WAITING_BYTES_MAX;
    }

    /** Forgets what waits, as if it had never been cut. */
    void takeBack() {
        for (Waiting w : waiting) {
            cutter.takeBack(w.kind(), w.header());
        }
        waiting.clear();
        waitingBytes = 0;
    }

    /**
     * Sends what waits, but what agents lose or keep back.
     *
     * @param tickEndNanos event time at which the tick ends
     * @param dueNanos wall time at which it was due
     * @param paced whether it had to keep pace
     */
    void send(long tickEndNanos, long dueNanos, boolean paced) {
        long unpacedNanos = schedule.unpacedNanos();
        long begunNanos = schedule.elapsedNanos();
        for (Waiting w : waiting) {
            if (w.copies() == 0) {
                tally.lost(w.events());
            } else if (w.lateNanos() > 0) {
                keep(tickEndNanos + w.lateNanos(), w);
            } else {
                begunNanos = send(w, begunNanos);
                if (paced) {
                    tally.paced(w.events(), dueNanos, begunNanos, unpacedNanos);
                }
            }
        }
        waiting.clear();
        waitingBytes = 0;
        sendKept(tickEndNanos);
    }

    /** Sends what agents have kept back until then. */
    void sendKept(long nanos) {
        while (!kept.isEmpty() && (kept.peek().untilNanos() <= nanos || keptBytes > KEPT_BYTES_MAX)) {
            Waiting w = kept.poll().frame();
            keptBytes -= w.frame().length;
            send(w, schedule.elapsedNanos());
            tally.delayed(w.events());
        }
    }

    void heartbeat(FrameHeader header) {
        long begunNanos = schedule.elapsedNanos();
        for (EventKind kind : KINDS) {
            sink.heartbeat(kind, header, cutter.heartbeat(kind, header));
        }
        tally.heartbeat(begunNanos, schedule.elapsedNanos());
    }

    private void keep(long untilNanos, Waiting w) {
        kept.add(new Kept(untilNanos, keptFrames++, w));
        keptBytes += w.frame().length;
    }

    /** @return when it had been sent */
    private long send(Waiting w, long begunNanos) {
        long doneNanos = begunNanos;
        for (int copy = 0; copy < w.copies(); copy++) {
            sink.send(w.kind(), w.header(), w.frame());
            long begun = doneNanos;
            doneNanos = schedule.elapsedNanos();
            tally.frame(w.kind(), w.events(), w.frame().length, begun, doneNanos);
            if (copy > 0) {
                tally.repeated(w.events());
            }
        }
        return doneNanos;
    }
}
