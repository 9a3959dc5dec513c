package io.supernode.training;

import io.supernode.cost.Transfer;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.Fabric;
import java.util.Arrays;

/**
 * Each card's clock in a step, how much of it the card worked, and the events that tell what it did. Time moves only
 * forward. Communication that hides behind computation moves the clock by its exposed part alone.
 */
final class StepClock {
    private final long[] clock;
    private final long[] busy;
    private StepEvents events;
    private int step;
    private long start;

    StepClock(int cards) {
        clock = new long[cards];
        busy = new long[cards];
    }

    /** @param into null to keep time alone */
    void begin(int step, long startNanos, StepEvents into) {
        this.step = step;
        start = startNanos;
        events = into;
        Arrays.fill(clock, startNanos);
        Arrays.fill(busy, 0);
    }

    long of(int card) {
        return clock[card];
    }

    int cards() {
        return clock.length;
    }

    /** The card does nothing until then. */
    void idle(int card, long until) {
        clock[card] = Math.max(clock[card], until);
    }

    void compute(
            int card,
            ComputeOp op,
            long duration,
            long tokens,
            long megaflops,
            long memoryBytes,
            int microbatch,
            int stage) {
        if (events != null) {
            events.at(clock[card] + duration)
                    .addCompute(
                            card, op, clock[card], duration, tokens, megaflops, memoryBytes, step, microbatch, stage);
        }
        clock[card] += duration;
        busy[card] += duration;
    }

    /** A collective for which {@code card} waits until {@code ready}, then transits. */
    record Phase(
            BusOp op, Transfer transfer, int group, int size, int microbatch, int stage, long ready, long transit) {}

    /** Takes part in a collective. */
    void join(int card, Phase phase) {
        join(card, phase, phase.transfer().bytes(), phase.transfer().bytes(), 0, false);
    }

    /**
     * Takes part in a collective of which {@code hidden} nanoseconds go on beside computation: the one before, or the
     * one that {@code follows}.
     */
    void join(int card, Phase phase, long sent, long received, long hidden, boolean follows) {
        long concealed = Math.min(hidden, phase.transit());
        long begin = clock[card] - (follows ? 0 : concealed);
        long wait = phase.ready() - clock[card];
        if (events != null) {
            events.at(begin + wait + phase.transit())
                    .addBus(
                            card,
                            phase.op(),
                            phase.transfer().fabric(),
                            phase.group(),
                            phase.size(),
                            -1,
                            begin,
                            wait + phase.transit(),
                            wait,
                            sent,
                            received,
                            step,
                            phase.microbatch(),
                            phase.stage());
        }
        busy[card] += phase.transit() - concealed;
        clock[card] = phase.ready() + phase.transit() - concealed;
    }

    /** One end of a point-to-point transfer; the card is done with it at {@code end}. */
    void transfer(
            int card,
            BusOp op,
            Transfer transfer,
            int group,
            int peer,
            long end,
            long wait,
            int microbatch,
            int stage) {
        long now = clock[card];
        if (events != null) {
            events.at(end)
                    .addBus(
                            card,
                            op,
                            transfer.fabric(),
                            group,
                            2,
                            peer,
                            now,
                            end - now,
                            wait,
                            op == BusOp.SEND ? transfer.bytes() : 0,
                            op == BusOp.SEND ? 0 : transfer.bytes(),
                            step,
                            microbatch,
                            stage);
        }
        busy[card] += end - now - wait;
        clock[card] = end;
    }

    /**
     * Writes to storage for {@code nanos} and waits for the others until {@code ready}. Storage has a network of its own: no
     * bytes of the cards' links, and none that anybody receives.
     */
    void write(int card, int group, long nanos, long ready, int stage) {
        if (events != null) {
            events.at(ready)
                    .addBus(
                            card,
                            BusOp.BARRIER,
                            Fabric.UNKNOWN,
                            group,
                            clock.length,
                            -1,
                            clock[card],
                            ready - clock[card],
                            ready - clock[card] - nanos,
                            0,
                            0,
                            step,
                            -1,
                            stage);
        }
        busy[card] += nanos;
        clock[card] = ready;
    }

    /** Ends the step when its last card is done and can tell, and reports it; the step's length. */
    long close(StepPlan plan, int microbatches, int[] stageOfCard, Disturbances disturbances) {
        long end = start;
        for (long time : clock) {
            end = Math.max(end, time);
        }
        long length = (disturbances.isEmpty() ? end : told(end, disturbances)) - start;
        for (int card = 0; card < clock.length && events != null; card++) {
            events.at(start + length)
                    .addStep(
                            card,
                            step,
                            start,
                            length,
                            length - busy[card],
                            plan.tokens[card] * microbatches,
                            plan.stepMegaflops[stageOfCard[card]]);
        }
        return length;
    }

    /** A lost card tells that the step ended when it is back. */
    private long told(long end, Disturbances disturbances) {
        long told = end;
        long before;
        do {
            before = told;
            for (int card = 0; card < clock.length; card++) {
                told = Math.max(told, disturbances.silentUntilNanos(card, told));
            }
        } while (told > before);
        return told;
    }
}
