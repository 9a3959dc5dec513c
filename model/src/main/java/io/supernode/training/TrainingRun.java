package io.supernode.training;

import io.supernode.event.EventBatch;
import io.supernode.event.EventSource;
import io.supernode.workload.TrainingWorkload;
import java.util.Arrays;

/**
 * Training steps, one after the other, without end, given out in slices of one second of event time.
 *
 * <p>Inside, step {@code k} is a function of (scenario, seed, k) alone. It starts where step {@code k - 1} ended, so its
 * start is the sum of the lengths before it: a function of (scenario, seed, k) too, but one that costs {@code k} steps
 * to find, without their events ({@link #seek}). A fixed cadence would give the start for
 * nothing, at the price of steps that all take equally long: it would hide the very thing that the run is there to show.
 *
 * <p>One step is held at a time, about 110 bytes an event.
 */
public final class TrainingRun implements EventSource {
    private static final long SLICE_NANOS = 1_000_000_000;

    private final StepSimulation simulation;
    private final EventBatch step;
    private int[] order = new int[0];
    private int position;
    private int nextStep;
    /** Where the next step starts: the end of the one held. */
    private long stepEnd;

    private long through;

    public TrainingRun(TrainingCost cost, long seed) {
        this(cost, seed, Jitter.MEASURED, healthy(cost));
    }

    /** @param slowness factor on each card's compute time, 1 for a healthy card */
    TrainingRun(TrainingCost cost, long seed, Jitter jitter, double[] slowness) {
        simulation = new StepSimulation(cost, seed, jitter, slowness);
        step = new EventBatch(mostEvents(cost));
    }

    /** Continues with the start of a step, whatever came before. Time goes on from that step's start. */
    public void seek(int step) {
        stepEnd = 0;
        for (int k = 0; k < step; k++) {
            stepEnd += simulation.run(k, stepEnd, null);
        }
        nextStep = step;
        through = stepEnd;
        order = new int[0];
        position = 0;
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        if (position == order.length) {
            step.clear();
            stepEnd += simulation.run(nextStep++, stepEnd, step);
            order = step.timeOrder();
            position = 0;
        }
        long end = Math.min(stepEnd, (Math.floorDiv(through, SLICE_NANOS) + 1) * SLICE_NANOS);
        while (position < order.length && (end == stepEnd || step.endNanos(order[position]) < end)) {
            batch.addFrom(step, order[position++], 0);
        }
        through = end;
        return true;
    }

    @Override
    public long throughNanos() {
        return through;
    }

    /**
     * Events of a step, a few too many. Each card, chunk of layers and microbatch: forward and backward, their
     * reductions, two sends and two receives, with experts two dispatches and two combines; at the end two collectives
     * of replicas (four with experts), one of all cards, the update and the step.
     */
    public static int mostEvents(TrainingCost cost) {
        TrainingWorkload workload = cost.workload();
        int perPass = workload.layout().expert() > 1 ? 12 : 8;
        int passes = Math.multiplyExact(workload.layout().virtual(), workload.microbatches());
        return Math.multiplyExact(
                cost.machine().cards(),
                Math.addExact(
                        Math.multiplyExact(perPass, passes), workload.shape().hasExperts() ? 7 : 5));
    }

    static double[] healthy(TrainingCost cost) {
        double[] slowness = new double[cost.machine().cards()];
        Arrays.fill(slowness, 1);
        return slowness;
    }
}
