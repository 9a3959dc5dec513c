package io.supernode.training;

import io.supernode.cost.Transfer;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.unit.Draws;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;
import java.util.Arrays;

/**
 * One training step, rank by rank. Every card has a clock of its own; a collective starts when its last rank has come, a
 * stage waits for what its neighbour sends, so that waits, bubbles and stragglers come out rather than go in.
 *
 * <p>Each card does one thing at a time, in this order: per microbatch and direction receive, compute, reduce over the
 * tensor-parallel group, send; microbatches in the order of {@link OneForwardOneBackward}; at the end reduce gradients
 * over replicas, reduce their norm over all cards, update, gather parameters over replicas.
 *
 * <p>Events are per card, stage and microbatch: the all-reduces of a stage's layers are one event, which waits once for
 * its last rank and then transits. A send occupies its card for the transit and waits for nobody; a receive waits until
 * the sender starts, transits until the data is here, and takes the link's latency to notice data that came before.
 *
 * <p>The step is a function of its index, its start and nothing else. It keeps arrays between steps; not thread-safe.
 */
final class StepSimulation {
    private static final int GROUP_COMPUTE = 1;
    private static final int CARD_COMPUTE = 2;
    private static final int REDUCTION = 3;
    private static final int PIPELINE = 4;
    private static final int STEP_END = 5;
    private static final int FORWARD = 0;
    private static final int BACKWARD = 1;

    private final StepPlan plan;
    private final Jitter jitter;
    private final Draws draws;
    private final double[] slowness;
    private final int tensor;
    private final int pipeline;
    private final int data;
    private final int microbatches;

    private final long[] clock;
    private final long[] busy;
    private final int[] next;
    /** When a card started to send, and when the other had it: by direction, stage of the sender, microbatch, rank. */
    private final long[][] sent;

    private final long[][] arrived;

    private EventBatch batch;
    private int step;
    private long start;

    /** @param slowness factor on each card's compute time, 1 for a healthy card */
    StepSimulation(TrainingCost cost, long seed, Jitter jitter, double[] slowness) {
        TrainingWorkload workload = cost.workload();
        Layout layout = workload.layout();
        this.plan = new StepPlan(cost);
        this.jitter = jitter;
        this.draws = new Draws(seed);
        this.slowness = slowness;
        tensor = layout.tensor();
        pipeline = layout.pipeline();
        data = layout.data();
        microbatches = workload.microbatches();
        clock = new long[layout.cards()];
        busy = new long[layout.cards()];
        next = new int[pipeline];
        sent = new long[2][pipeline * microbatches * tensor];
        arrived = new long[2][pipeline * microbatches * tensor];
    }

    /**
     * Adds the step's events to {@code into}.
     *
     * @param into null to learn the length alone
     * @return length in nanoseconds, that of the last card
     */
    long run(int step, long startNanos, EventBatch into) {
        this.step = step;
        this.start = startNanos;
        this.batch = into;
        Arrays.fill(clock, startNanos);
        Arrays.fill(busy, 0);
        for (int replica = 0; replica < data; replica++) {
            pipeline(replica);
        }
        overReplicas(BusOp.REDUCE_SCATTER, plan.gradientReduction, 0);
        normReduction();
        for (int card = 0; card < clock.length; card++) {
            update(card);
        }
        overReplicas(BusOp.ALL_GATHER, plan.parameterGathering, 1);
        return close();
    }

    private void pipeline(int replica) {
        Arrays.fill(next, 0);
        int done = 0;
        while (done < pipeline) {
            for (int stage = 0; stage < pipeline; stage++) {
                done += advance(replica, stage);
            }
        }
    }

    /** Does what a stage can do now; 1 when that was its last pass. */
    private int advance(int replica, int stage) {
        int passes = 2 * microbatches;
        if (next[stage] == passes) {
            return 0;
        }
        int warmup = OneForwardOneBackward.warmup(pipeline, stage, microbatches);
        while (next[stage] < passes) {
            int pass = next[stage];
            int microbatch = OneForwardOneBackward.microbatch(pass, warmup, microbatches);
            if (OneForwardOneBackward.isForward(pass, warmup, microbatches)) {
                if (stage > 0 && !reached(stage - 1, microbatch, true)) {
                    return 0;
                }
                pass(replica, stage, microbatch, FORWARD);
            } else {
                if (stage < pipeline - 1 && !reached(stage + 1, microbatch, false)) {
                    return 0;
                }
                pass(replica, stage, microbatch, BACKWARD);
            }
            next[stage]++;
        }
        return 1;
    }

    private boolean reached(int stage, int microbatch, boolean forward) {
        int warmup = OneForwardOneBackward.warmup(pipeline, stage, microbatches);
        int position = forward
                ? OneForwardOneBackward.forwardPosition(microbatch, warmup)
                : OneForwardOneBackward.backwardPosition(microbatch, warmup, microbatches);
        return next[stage] > position;
    }

    private void pass(int replica, int stage, int microbatch, int direction) {
        int first = (replica * pipeline + stage) * tensor;
        int from = direction == FORWARD ? stage - 1 : stage + 1;
        int to = direction == FORWARD ? stage + 1 : stage - 1;
        double shared = 1 + jitter.computeOfGroup() * draws.bell(GROUP_COMPUTE, step, first, microbatch, direction);
        long ready = Long.MIN_VALUE;
        for (int t = 0; t < tensor; t++) {
            if (from >= 0 && from < pipeline) {
                receive(first + t, stage, from, t, microbatch, direction);
            }
            compute(first + t, stage, microbatch, direction, shared);
            ready = Math.max(ready, clock[first + t]);
        }
        if (tensor > 1) {
            reduce(first, stage, microbatch, direction, ready);
        }
        if (to >= 0 && to < pipeline) {
            for (int t = 0; t < tensor; t++) {
                send(first + t, stage, to, t, microbatch, direction);
            }
        }
    }

    private void receive(int card, int stage, int from, int t, int microbatch, int direction) {
        int slot = (from * microbatches + microbatch) * tensor + t;
        int peer = card + (from - stage) * tensor;
        long now = clock[card];
        long end = Math.max(now + plan.pipelineLatency[card], arrived[direction][slot]);
        long wait = Math.max(0, Math.min(sent[direction][slot], end) - now);
        Transfer transfer = plan.pipeline[direction][peer];
        bus(card, BusOp.RECEIVE, transfer, plan.pairGroup(peer, card), 2, peer, end, wait, -1, microbatch, stage);
    }

    private void compute(int card, int stage, int microbatch, int direction, double shared) {
        double own = jitter.computeOfCard() * draws.bell(CARD_COMPUTE, step, card, microbatch, direction);
        double nominal = direction == FORWARD ? plan.forwardNanos[stage] : plan.backwardNanos[stage];
        long duration = Math.round(nominal * (shared + own) * slowness[card]);
        if (batch != null) {
            boolean forward = direction == FORWARD;
            batch.addCompute(
                    card,
                    forward ? ComputeOp.FORWARD : ComputeOp.BACKWARD,
                    clock[card],
                    duration,
                    // a microbatch's tokens count once, where its work ends
                    forward ? 0 : plan.tokens[card],
                    forward ? plan.forwardMegaflops[stage] : plan.backwardMegaflops[stage],
                    forward ? plan.forwardMemoryBytes[stage] : plan.backwardMemoryBytes[stage],
                    step,
                    microbatch,
                    stage);
        }
        clock[card] += duration;
        busy[card] += duration;
    }

    private void reduce(int first, int stage, int microbatch, int direction, long ready) {
        int group = first / tensor;
        Transfer transfer = plan.reductions[direction][group];
        double variation = jitter.transfer() / plan.rootOfReductions[direction][stage];
        long end = ready + transit(transfer, variation, REDUCTION, group, microbatch, direction);
        int communicator = plan.tensorGroup(group, direction);
        for (int card = first; card < first + tensor; card++) {
            long wait = ready - clock[card];
            bus(
                    card,
                    BusOp.ALL_REDUCE,
                    transfer,
                    communicator,
                    tensor,
                    -1,
                    end,
                    wait,
                    transfer.bytes(),
                    microbatch,
                    stage);
        }
    }

    private void send(int card, int stage, int to, int t, int microbatch, int direction) {
        int slot = (stage * microbatches + microbatch) * tensor + t;
        int peer = card + (to - stage) * tensor;
        Transfer transfer = plan.pipeline[direction][card];
        long transit = transit(transfer, jitter.transfer(), PIPELINE, card, microbatch, direction);
        sent[direction][slot] = clock[card];
        arrived[direction][slot] = clock[card] + transit;
        bus(
                card,
                BusOp.SEND,
                transfer,
                plan.pairGroup(card, peer),
                2,
                peer,
                arrived[direction][slot],
                0,
                transfer.bytes(),
                microbatch,
                stage);
    }

    /** A collective of each card with its like in the other replicas. */
    private void overReplicas(BusOp op, Transfer[] transfers, int phase) {
        int stride = tensor * pipeline;
        for (int place = 0; place < stride && data > 1; place++) {
            long ready = Long.MIN_VALUE;
            for (int card = place; card < clock.length; card += stride) {
                ready = Math.max(ready, clock[card]);
            }
            long end = ready + transit(transfers[place], jitter.transfer(), STEP_END, place, phase, 0);
            for (int card = place; card < clock.length; card += stride) {
                bus(
                        card,
                        op,
                        transfers[place],
                        plan.replicaGroup(place),
                        data,
                        -1,
                        end,
                        ready - clock[card],
                        transfers[place].bytes(),
                        -1,
                        place / tensor);
            }
        }
    }

    private void normReduction() {
        long ready = Long.MIN_VALUE;
        for (long time : clock) {
            ready = Math.max(ready, time);
        }
        Transfer transfer = plan.normReduction;
        long end = ready + transit(transfer, jitter.transfer(), STEP_END, 0, 2, 0);
        for (int card = 0; card < clock.length && clock.length > 1; card++) {
            bus(
                    card,
                    BusOp.ALL_REDUCE,
                    transfer,
                    plan.worldGroup(),
                    clock.length,
                    -1,
                    end,
                    ready - clock[card],
                    transfer.bytes(),
                    -1,
                    card / tensor % pipeline);
        }
    }

    private void update(int card) {
        int stage = card / tensor % pipeline;
        double own = 1 + jitter.compute() * draws.bell(STEP_END, step, card, 3, 0);
        long duration = Math.round(plan.optimizerNanos[stage] * own * slowness[card]);
        if (batch != null) {
            batch.addCompute(
                    card,
                    ComputeOp.OPTIMIZER,
                    clock[card],
                    duration,
                    0,
                    0,
                    plan.optimizerMemoryBytes[stage],
                    step,
                    -1,
                    stage);
        }
        clock[card] += duration;
        busy[card] += duration;
    }

    private long close() {
        long end = start;
        for (long time : clock) {
            end = Math.max(end, time);
        }
        long length = end - start;
        for (int card = 0; card < clock.length && batch != null; card++) {
            batch.addStep(
                    card,
                    step,
                    start,
                    length,
                    length - busy[card],
                    plan.tokens[card] * microbatches,
                    plan.stepMegaflops[card / tensor % pipeline]);
        }
        return length;
    }

    /** Nominal time, varied, and never below what the line rate allows. */
    private long transit(Transfer transfer, double variation, int stream, int a, int b, int c) {
        double seconds = transfer.seconds() * (1 + variation * draws.bell(stream, step, a, b, c));
        return Math.max(1, (long) Math.ceil(Math.max(seconds, transfer.floorSeconds()) * 1e9));
    }

    /** Moves the card's clock to {@code end} and reports what it did until then. */
    private void bus(
            int card,
            BusOp op,
            Transfer transfer,
            int group,
            int size,
            int peer,
            long end,
            long wait,
            long sentBytes,
            int microbatch,
            int stage) {
        long now = clock[card];
        if (batch != null) {
            boolean receives = op == BusOp.RECEIVE;
            batch.addBus(
                    card,
                    op,
                    transfer.fabric(),
                    group,
                    size,
                    peer,
                    now,
                    end - now,
                    wait,
                    receives ? 0 : sentBytes,
                    op == BusOp.SEND ? 0 : transfer.bytes(),
                    step,
                    microbatch,
                    stage);
        }
        clock[card] = end;
        busy[card] += end - now - wait;
    }
}
