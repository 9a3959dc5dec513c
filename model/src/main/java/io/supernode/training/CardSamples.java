package io.supernode.training;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import io.supernode.workload.Layout;
import java.util.Arrays;

/**
 * A training run with what the gauges of its cards say: after each whole second of event time one sample of each card,
 * taken in the last nanosecond of that second, so that a window of the second holds it. A card that is lost sends none.
 *
 * <p>Link counters are the bytes of the bus events that end in the second. What a card computes counts where it is done; of
 * what goes on for longer than to the end of the second after, the part before is left out. The run is pulled one second
 * ahead of what is given. Power follows the work ({@link io.supernode.machine.Card#watts}), its part above idle the clock
 * too; the clock falls with what slows the card; temperature lags behind power.
 */
public final class CardSamples implements EventSource {
    public static final long SECOND = 1_000_000_000L;
    /** Of the cube cores [A]: none is published for the 910C. */
    static final int MEGAHERTZ = 1800;
    /** Coolant at the inlet [A]. */
    static final double INLET_CELSIUS = 35;
    /** Of die to coolant [A]: 75 degrees at 1 kW. */
    static final double CELSIUS_PER_WATT = 0.04;
    /** What a card whose heat slows it to a factor of 2 is warmer by [A]. */
    static final double CELSIUS_OF_HEAT = 30;
    /** Time constant of die and cold plate [A]. */
    static final double LAG_SECONDS = 20;

    private final EventSource run;
    private final DisturbanceSchedule schedule;
    private final Machine machine;
    private final Layout layout;
    private final long[] stateBytes;
    private final CardTemperatures known;
    private final double[] celsius;
    private final EventBatch in = new EventBatch();

    /** Of the second to be given, and of the one after. */
    private Second now;

    private Second ahead;
    private long second;
    private long pulledThrough;
    private boolean ended;

    /** What cards did in a second, and its events. */
    private static final class Second {
        final EventBatch events = new EventBatch();
        final long[] busy;
        final double[] memoryBytes;
        final long[] sent;
        final long[] received;

        Second(int cards) {
            busy = new long[cards];
            memoryBytes = new double[cards];
            sent = new long[cards];
            received = new long[cards];
        }

        void clear() {
            events.clear();
            Arrays.fill(busy, 0);
            Arrays.fill(memoryBytes, 0);
            Arrays.fill(sent, 0);
            Arrays.fill(received, 0);
        }
    }

    /** @param run of that job under that schedule, from its start */
    public CardSamples(EventSource run, TrainingCost cost, DisturbanceSchedule schedule) {
        this(run, cost, schedule, new CardTemperatures(), 0);
    }

    /**
     * @param run of that job under that schedule; all of what ends in {@code second} or later is still to come. What
     *     ended earlier is passed on, and counts for no sample
     * @param known shared by the runs of one scenario; takes note of what becomes known
     * @param second the first to be sampled: 0, or one that {@code known} knows
     */
    public CardSamples(
            EventSource run, TrainingCost cost, DisturbanceSchedule schedule, CardTemperatures known, long second) {
        this.run = run;
        this.schedule = schedule;
        this.known = known;
        this.second = second;
        machine = cost.machine();
        layout = cost.workload().layout();
        stateBytes = new long[layout.pipeline()];
        Arrays.setAll(stateBytes, stage -> Math.round(cost.stateBytes(stage)));
        celsius = second == 0 ? new double[layout.cards()] : known.celsius(second);
        if (second == 0) {
            Arrays.fill(
                    celsius, INLET_CELSIUS + CELSIUS_PER_WATT * machine.card().idleWatts());
        }
        now = new Second(layout.cards());
        ahead = new Second(layout.cards());
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        while (!ended && pulledThrough < (second + 2) * SECOND) {
            pull();
        }
        for (int i = 0; i < now.events.size(); i++) {
            batch.addFrom(now.events, i, 0);
        }
        if (ended && pulledThrough <= second * SECOND) {
            return false;
        }
        sample(batch);
        Second spare = now;
        now = ahead;
        ahead = spare;
        ahead.clear();
        second++;
        known.note(second, celsius, schedule);
        return true;
    }

    @Override
    public long throughNanos() {
        return second * SECOND;
    }

    private void pull() {
        if (!run.next(in)) {
            ended = true;
            return;
        }
        pulledThrough = run.throughNanos();
        for (int i = 0; i < in.size(); i++) {
            // what ends exactly at the end of what has been pulled may be of the second after the next: it is given
            // early
            Second of = in.endNanos(i) < (second + 1) * SECOND ? now : ahead;
            of.events.addFrom(in, i, 0);
            if (in.kind(i) == EventKind.COMPUTE) {
                compute(in.card(i), in.endNanos(i) - in.durationNanos(i), in.endNanos(i), in.hbmBytes(i));
            } else if (in.kind(i) == EventKind.BUS && in.endNanos(i) >= second * SECOND) {
                of.sent[in.card(i)] += in.sentBytes(i);
                of.received[in.card(i)] += in.receivedBytes(i);
            }
        }
    }

    private void compute(int card, long start, long end, long bytes) {
        long boundary = (second + 1) * SECOND;
        spread(now, card, Math.max(start, second * SECOND), Math.min(end, boundary), end - start, bytes);
        spread(ahead, card, Math.max(start, boundary), end, end - start, bytes);
    }

    private static void spread(Second into, int card, long from, long until, long whole, long bytes) {
        if (until > from) {
            into.busy[card] += until - from;
            into.memoryBytes[card] += (double) bytes * (until - from) / whole;
        }
    }

    private void sample(EventBatch batch) {
        long at = (second + 1) * SECOND - 1;
        Disturbances disturbances = schedule.during(second * SECOND, at + 1);
        for (int card = 0; card < layout.cards(); card++) {
            double slowness = disturbances.slowness(card, -1, at);
            double tensor = Math.min(1, (double) now.busy[card] / SECOND);
            double memory = Math.min(1, now.memoryBytes[card] / machine.card().memoryBytesPerSecond());
            double idle = machine.card().watts(0, 0);
            double watts = idle + (machine.card().watts(tensor, memory) - idle) / slowness;
            warm(card, watts, disturbances.heat(card, at));
            if (disturbances.silentUntilNanos(card, at) > at) {
                continue;
            }
            batch.addSample(
                    card,
                    at,
                    SECOND,
                    (int) Math.round(tensor * 1e6),
                    (int) Math.round(memory * 1e6),
                    (int) Math.round(MEGAHERTZ / slowness),
                    (int) Math.round(celsius[card] * 1e3),
                    Math.round(watts * 1e3),
                    stateBytes[layout.stage(card)],
                    now.sent[card],
                    now.received[card],
                    (int) Math.min(Integer.MAX_VALUE, Math.round(disturbances.linkErrorsPerSecond(card, at))),
                    disturbances.planesDown(card, machine.topology().planes(), at));
        }
    }

    private void warm(int card, double watts, double heat) {
        double target = INLET_CELSIUS + CELSIUS_PER_WATT * watts + CELSIUS_OF_HEAT * Math.min(2, heat - 1);
        celsius[card] += (target - celsius[card]) * (1 - StrictMath.exp(-1 / LAG_SECONDS));
    }
}
