package io.supernode.sample;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.machine.Machine;
import java.util.Arrays;

/**
 * A run with what the gauges of its cards say: after each whole second of event time one sample of each card,
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
    private final CardProfile profile;
    private final CardTemperatures known;
    private final double[] celsius;
    private final EventBatch in = new EventBatch();

    /** Of the second to be given, and of the one after. */
    private Second now;

    private Second ahead;
    private long second;
    /** Pulled, and of seconds after these two. */
    private EventBatch later = new EventBatch();

    private EventBatch spare = new EventBatch();
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

    /** @param run of that machine under that schedule, from its start */
    public CardSamples(EventSource run, Machine machine, CardProfile profile, DisturbanceSchedule schedule) {
        this(run, machine, profile, schedule, new CardTemperatures(), 0);
    }

    /**
     * @param run of that machine under that schedule; all of what ends in {@code second} or later is still to come. What
     *     ended earlier is passed on, and counts for no sample
     * @param known shared by the runs of one scenario; takes note of what becomes known
     * @param second the first to be sampled: 0, or one that {@code known} knows
     */
    public CardSamples(
            EventSource run,
            Machine machine,
            CardProfile profile,
            DisturbanceSchedule schedule,
            CardTemperatures known,
            long second) {
        this.run = run;
        this.machine = machine;
        this.profile = profile;
        this.schedule = schedule;
        this.known = known;
        this.second = second;
        celsius = second == 0 ? new double[machine.cards()] : known.celsius(second);
        if (second == 0) {
            Arrays.fill(
                    celsius, INLET_CELSIUS + CELSIUS_PER_WATT * machine.card().idleWatts());
        }
        now = new Second(machine.cards());
        ahead = new Second(machine.cards());
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        while (!ended && pulledThrough < (second + 2) * SECOND) {
            pull();
        }
        for (int i = 0; i < now.events.size(); i++) {
            batch.addFrom(now.events, i, 0);
            profile.take(now.events, i);
        }
        if (ended && pulledThrough <= second * SECOND) {
            return false;
        }
        sample(batch);
        Second past = now;
        now = ahead;
        ahead = past;
        ahead.clear();
        second++;
        fileLater();
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
            file(in, i);
        }
    }

    private void fileLater() {
        EventBatch held = later;
        later = spare;
        later.clear();
        spare = held;
        for (int i = 0; i < held.size(); i++) {
            file(held, i);
        }
    }

    private void file(EventBatch from, int i) {
        long end = from.endNanos(i);
        if (end >= (second + 2) * SECOND) {
            later.addFrom(from, i, 0);
            return;
        }
        Second of = end < (second + 1) * SECOND ? now : ahead;
        of.events.addFrom(from, i, 0);
        if (from.kind(i) == EventKind.COMPUTE) {
            compute(from.card(i), from.startNanos(i), end, from.hbmBytes(i));
        } else if (from.kind(i) == EventKind.BUS && end >= second * SECOND) {
            of.sent[from.card(i)] += from.sentBytes(i);
            of.received[from.card(i)] += from.receivedBytes(i);
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
        for (int card = 0; card < machine.cards(); card++) {
            double slowness = disturbances.slowness(card, -1, at);
            double tensor = Math.min(1, (double) now.busy[card] / SECOND);
            double memory = Math.min(1, now.memoryBytes[card] / machine.card().memoryBytesPerSecond());
            double idle = machine.card().watts(0, 0);
            double watts = idle + (machine.card().watts(tensor * profile.matrixShare(card), memory) - idle) / slowness;
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
                    profile.hbmUsedBytes(card),
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
