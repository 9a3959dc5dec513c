package io.supernode.training;

import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.sample.CardProfile;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;
import java.util.Arrays;

/**
 * Training steps, one after the other, without end, given out in slices of one second of event time.
 *
 * <p>Inside, step {@code k} is a function of (scenario, seed, k) alone. It starts where step {@code k - 1} ended, so its
 * start is the sum of the lengths before it: a function of (scenario, seed, k) too, but one that costs {@code k} steps
 * to find, without their events ({@link #seek}); what was found once is kept ({@link StepStarts}). A fixed cadence would
 * give the start for nothing, at the price of steps that all take equally long: it would hide the very thing that the
 * run is there to show.
 *
 * <p>One step is held at a time, about 110 bytes an event, filed by the second in which an event ends ({@link StepSlices}).
 */
public final class TrainingRun implements EventSource {
    /** A step is simulated with what disturbs this long a stretch, or a longer one if it turns out longer. */
    private static final long WINDOW_NANOS = 600_000_000_000L;

    private final StepSimulation simulation;
    private final DisturbanceSchedule schedule;
    private final StepStarts starts;
    private final StepSlices step = new StepSlices();
    /** Whether a step has been simulated whose events have not all been given. */
    private boolean held;

    private int nextStep;
    /** Where the next step starts: the end of the one held. */
    private long stepEnd;

    private long through;

    public TrainingRun(TrainingCost cost, long seed) {
        this(cost, seed, DisturbanceSchedule.NONE, new StepStarts());
    }

    /** @param starts shared by the runs of one scenario and seed */
    public TrainingRun(TrainingCost cost, long seed, DisturbanceSchedule schedule, StepStarts starts) {
        simulation = new StepSimulation(cost, seed, Jitter.MEASURED);
        this.schedule = schedule;
        this.starts = starts;
        starts.follow(schedule);
    }

    /** What gauges say of its cards: weights, gradients and optimizer state; what activations take is not known here. */
    public static CardProfile profile(TrainingCost cost) {
        Layout layout = cost.workload().layout();
        long[] used = new long[layout.cards()];
        Arrays.setAll(used, card -> Math.round(cost.stateBytes(layout.stage(card))));
        return CardProfile.steady(used, 1);
    }

    /** Continues with the start of a step, whatever came before. Time goes on from that step's start. */
    public void seek(int step) {
        begin(starts.lastUpTo(step));
        while (nextStep < step) {
            skip();
        }
        through = stepEnd;
    }

    /** Continues with the step that goes on at {@code nanos}: every event that ends then or later is still to come. */
    public void seekNanos(long nanos) {
        begin(starts.stepAt(nanos));
        int before;
        long startNanos;
        do {
            before = nextStep;
            startNanos = stepEnd;
            skip();
        } while (stepEnd <= nanos);
        begin(before, startNanos);
        through = stepEnd;
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        if (!held) {
            step.begin(stepEnd);
            simulate(step);
            held = true;
        }
        long end = Math.min(stepEnd, (Math.floorDiv(through, StepSlices.SLICE_NANOS) + 1) * StepSlices.SLICE_NANOS);
        if (end == stepEnd) {
            step.giveAll(batch);
            held = false;
        } else {
            step.give(through, batch);
        }
        through = end;
        return true;
    }

    @Override
    public long throughNanos() {
        return through;
    }

    private void begin(int step) {
        begin(step, starts.startNanos(step));
    }

    private void begin(int step, long startNanos) {
        nextStep = step;
        stepEnd = startNanos;
        held = false;
    }

    private void skip() {
        simulate(null);
    }

    private void simulate(StepSlices into) {
        long window = WINDOW_NANOS;
        long length = Long.MAX_VALUE;
        while (length > window) {
            window = length == Long.MAX_VALUE ? window : 2 * length;
            Disturbances during = schedule.during(stepEnd, stepEnd + window);
            if (into != null) {
                into.begin(stepEnd);
            }
            length = simulation.run(nextStep, stepEnd, during, into);
        }
        nextStep++;
        stepEnd += length;
        starts.note(nextStep, stepEnd, schedule);
    }

    /**
     * Events of a step, a few too many. Each card, chunk of layers and microbatch: forward and backward, their
     * reductions, two sends and two receives, with experts two dispatches and two combines; at the end two collectives
     * of replicas (four with experts), one of all cards, the update, a checkpoint and the step.
     */
    public static int mostEvents(TrainingCost cost) {
        TrainingWorkload workload = cost.workload();
        int perPass = workload.layout().expert() > 1 ? 12 : 8;
        int passes = Math.multiplyExact(workload.layout().virtual(), workload.microbatches());
        return Math.multiplyExact(
                cost.machine().cards(),
                Math.addExact(
                        Math.multiplyExact(perPass, passes), workload.shape().hasExperts() ? 8 : 6));
    }
}
