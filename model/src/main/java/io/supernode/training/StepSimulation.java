package io.supernode.training;

import io.supernode.cost.ExpertLoad;
import io.supernode.cost.Transfer;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.unit.Draws;
import io.supernode.workload.Checkpoint;
import io.supernode.workload.Layout;
import io.supernode.workload.TrainingWorkload;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * One training step, rank by rank. Every card has a clock of its own; a collective starts when its last rank has come, a
 * stage waits for what its neighbour sends, so that waits, bubbles and stragglers come out rather than go in.
 *
 * <p>Each card does one thing at a time, in this order: per microbatch and direction receive, dispatch tokens to their
 * experts, compute, reduce over the tensor-parallel group, combine what experts computed, send; microbatches in the order
 * of {@link PipelineSchedule}; at the end reduce gradients over replicas, reduce their norm over all cards, update,
 * gather parameters over replicas, and after some steps write a checkpoint. Replicas that share experts go through the pipeline together, as a block.
 *
 * <p>Events are per card, chunk of layers and microbatch: the all-reduces of a chunk's layers are one event, which waits
 * once for its last rank and then transits; dispatches and combines likewise. A send occupies its card for the transit
 * and waits for nobody; a receive waits until the sender starts, transits until the data is here, and takes the link's
 * latency to notice data that came before.
 *
 * <p>What disturbs a piece of work is asked for the moment at which it starts: a transfer's when its last rank is there.
 * A card that is lost in the midst of something does it again when it is back; what its host is late for leaves a gap.
 *
 * <p>The step is a function of its index, its start, the disturbances and nothing else. It keeps arrays between steps;
 * not thread-safe.
 */
final class StepSimulation {
    private static final int GROUP_COMPUTE = 1;
    private static final int CARD_COMPUTE = 2;
    private static final int REDUCTION = 3;
    private static final int PIPELINE = 4;
    private static final int STEP_END = 5;
    private static final int EXCHANGE = 6;
    private static final int FORWARD = 0;

    private final StepPlan plan;
    private final PipelineSchedule schedule;
    private final ExpertLoad load;
    private final Jitter jitter;
    private final Draws draws;
    private final Layout layout;
    private final int tensor;
    private final int pipeline;
    private final int expert;
    private final int blocks;
    private final int microbatches;
    private final Checkpoint checkpoint;

    private final StepClock clock;
    private final int[] stageOfCard;
    private final int[] next;
    /** When a card started to send, and when the other had it: by direction, chunk of the sender, microbatch, rank. */
    private final long[][] sent;

    private final long[][] arrived;

    private int step;
    private Disturbances disturbances = Disturbances.NONE;
    private boolean calm = true;
    // of the collective in hand
    private long ready;
    private long transit;

    StepSimulation(TrainingCost cost, long seed, Jitter jitter) {
        TrainingWorkload workload = cost.workload();
        layout = workload.layout();
        this.plan = new StepPlan(cost);
        this.jitter = jitter;
        this.draws = new Draws(seed);
        tensor = layout.tensor();
        pipeline = layout.pipeline();
        expert = layout.expert();
        blocks = layout.data() / expert;
        microbatches = workload.microbatches();
        checkpoint = workload.checkpoint();
        schedule = new PipelineSchedule(pipeline, layout.virtual(), microbatches);
        load = new ExpertLoad(draws, jitter == Jitter.NONE ? 0 : cost.loadVariation(), expert);
        clock = new StepClock(layout.cards());
        stageOfCard = new int[layout.cards()];
        Arrays.setAll(stageOfCard, layout::stage);
        next = new int[pipeline];
        int slots = layout.chunks() * microbatches * expert * tensor;
        sent = new long[2][slots];
        arrived = new long[2][slots];
    }

    /** Adds the events of an undisturbed step to {@code into}. */
    long run(int step, long startNanos, EventBatch into) {
        return run(step, startNanos, Disturbances.NONE, into);
    }

    /** The same, disturbed; null to learn the length alone. */
    long run(int step, long startNanos, Disturbances disturbances, EventBatch into) {
        return run(step, startNanos, disturbances, into == null ? null : StepEvents.into(into));
    }

    /**
     * Adds the step's events to {@code into}.
     *
     * @param disturbances at least all that are active in the step
     * @param into null to learn the length alone
     * @return length in nanoseconds, that of the last card
     */
    long run(int step, long startNanos, Disturbances disturbances, StepEvents into) {
        this.step = step;
        this.disturbances = disturbances;
        calm = disturbances.isEmpty();
        clock.begin(step, startNanos, into);
        for (int block = 0; block < blocks; block++) {
            pipeline(block);
        }
        overReplicas(BusOp.REDUCE_SCATTER, plan.gradientReduction, 0);
        overBlocks(BusOp.REDUCE_SCATTER, plan.expertGradientReduction, 4);
        normReduction();
        for (int card = 0; card < clock.cards(); card++) {
            update(card);
        }
        overReplicas(BusOp.ALL_GATHER, plan.parameterGathering, 1);
        overBlocks(BusOp.ALL_GATHER, plan.expertParameterGathering, 5);
        if (checkpoint.follows(step)) {
            writeCheckpoint();
        }
        return clock.close(plan, microbatches, stageOfCard, disturbances);
    }

    private void pipeline(int block) {
        Arrays.fill(next, 0);
        int done = 0;
        while (done < pipeline) {
            for (int stage = 0; stage < pipeline; stage++) {
                done += advance(block, stage);
            }
        }
    }

    /** Does what a stage can do now; 1 when that was its last pass. */
    private int advance(int block, int stage) {
        if (next[stage] == schedule.length()) {
            return 0;
        }
        while (next[stage] < schedule.length()) {
            int position = next[stage];
            int chunk = schedule.chunk(stage, position);
            int microbatch = schedule.microbatch(stage, position);
            int direction = schedule.direction(stage, position);
            int before = direction == FORWARD ? chunk - 1 : chunk + 1;
            if (before >= 0 && before < layout.chunks() && !reached(before, microbatch, direction)) {
                return 0;
            }
            pass(block, chunk, microbatch, direction);
            next[stage]++;
        }
        return 1;
    }

    private boolean reached(int chunk, int microbatch, int direction) {
        return next[layout.stageOfChunk(chunk)] > schedule.position(chunk, microbatch, direction);
    }

    /** One microbatch through one chunk, on all replicas of a block. */
    private void pass(int block, int chunk, int microbatch, int direction) {
        int stage = layout.stageOfChunk(chunk);
        int from = direction == FORWARD ? chunk - 1 : chunk + 1;
        int to = direction == FORWARD ? chunk + 1 : chunk - 1;
        int first = layout.card(block * expert, stage, 0);
        int cards = expert * tensor;
        load.draw(step, block, microbatch, chunk);
        if (!calm && expert > 1) {
            favourHotExperts(first);
        }
        if (from >= 0 && from < layout.chunks()) {
            for (int i = 0; i < cards; i++) {
                receive(first + i, chunk, from, i, microbatch, direction);
            }
        }
        Transfer exchange = plan.exchanges[block][chunk];
        if (exchange != null) {
            exchange(BusOp.DISPATCH, first, chunk, microbatch, direction, exchange);
        }
        for (int replica = 0; replica < expert; replica++) {
            compute(first + replica * tensor, chunk, microbatch, direction, load.of(replica));
        }
        if (exchange != null) {
            exchange(BusOp.COMBINE, first, chunk, microbatch, direction, exchange);
        }
        if (to >= 0 && to < layout.chunks()) {
            for (int i = 0; i < cards; i++) {
                send(first + i, chunk, to, i, microbatch, direction);
            }
        }
    }

    private void favourHotExperts(int first) {
        boolean anyHot = false;
        for (int replica = 0; replica < expert; replica++) {
            int card = first + replica * tensor;
            double heat = disturbances.heatOfExperts(card, clock.of(card));
            load.favour(replica, heat);
            anyHot |= heat != 1;
        }
        if (anyHot) {
            load.level();
        }
    }

    private void receive(int card, int chunk, int from, int i, int microbatch, int direction) {
        int stage = layout.stageOfChunk(chunk);
        int slot = slot(from, microbatch, i);
        int peer = card + (layout.stageOfChunk(from) - stage) * expert * tensor;
        long arrival = arrived[direction][slot];
        if (!calm) {
            beginAlive(card, now -> Math.max(now + plan.pipelineLatency[card], arrival));
        }
        long now = clock.of(card);
        long end = Math.max(now + plan.pipelineLatency[card], arrival);
        long wait = Math.max(0, Math.min(sent[direction][slot], end) - now);
        Transfer transfer = plan.pipeline[direction][peer];
        int group = plan.pairGroup(peer, card, direction, from);
        clock.transfer(card, BusOp.RECEIVE, transfer, group, peer, end, wait, microbatch, stage);
    }

    /** A tensor-parallel group computes, and reduces when its last card is done. */
    private void compute(int first, int chunk, int microbatch, int direction, double routed) {
        int variant = direction + 2 * (chunk / pipeline);
        double shared = 1 + jitter.computeOfGroup() * draws.bell(GROUP_COMPUTE, step, first, microbatch, variant);
        double more = plan.routedShare[chunk] * (routed - 1);
        for (int card = first; card < first + tensor; card++) {
            double own = jitter.computeOfCard() * draws.bell(CARD_COMPUTE, step, card, microbatch, variant);
            double nanos = plan.computeNanos[direction][chunk] * (shared + own + more);
            clock.compute(
                    card,
                    direction == FORWARD ? ComputeOp.FORWARD : ComputeOp.BACKWARD,
                    calm ? Math.round(nanos) : disturbedWork(card, nanos, microbatch, variant),
                    // a microbatch's tokens count once, where its work ends
                    direction == FORWARD || chunk >= pipeline ? 0 : plan.tokens[card],
                    plan.megaflops[direction][chunk],
                    plan.memoryBytes[direction][chunk],
                    microbatch,
                    stageOfCard[card]);
        }
        if (tensor > 1) {
            reduce(first, chunk, microbatch, direction);
        }
    }

    private void reduce(int first, int chunk, int microbatch, int direction) {
        int group = first / tensor;
        int variant = direction + 2 * (chunk / pipeline);
        Transfer transfer = plan.reductions[direction][chunk / pipeline][group];
        double variation = jitter.transfer() / plan.rootOfReductions[direction][chunk];
        meet(transfer, transit(transfer, variation, REDUCTION, group, microbatch, variant), tensor, i -> first + i);
        StepClock.Phase phase = new StepClock.Phase(
                BusOp.ALL_REDUCE,
                transfer,
                plan.tensorGroup(group, direction, chunk),
                tensor,
                microbatch,
                stageOfCard[first],
                ready,
                transit);
        for (int card = first; card < first + tensor; card++) {
            clock.join(
                    card,
                    phase,
                    transfer.bytes(),
                    transfer.bytes(),
                    plan.hiddenReductionNanos[direction][chunk],
                    false);
        }
    }

    /** Tokens to their experts, or back: each tensor rank with its like in the block; the fullest card takes longest. */
    private void exchange(BusOp op, int first, int chunk, int microbatch, int direction, Transfer transfer) {
        boolean dispatch = op == BusOp.DISPATCH;
        int variant = 2 * (direction + 2 * (chunk / pipeline)) + (dispatch ? 0 : 1);
        for (int t = 0; t < tensor; t++) {
            int firstOfRank = first + t;
            double variation = jitter.transfer() / plan.rootOfExchanges[chunk];
            long nominal = transit(transfer, variation, EXCHANGE, firstOfRank, microbatch, variant);
            meet(transfer, (long) Math.ceil(nominal * load.fullest()), expert, i -> firstOfRank + i * tensor);
            StepClock.Phase phase = new StepClock.Phase(
                    op,
                    transfer,
                    plan.exchangeGroup(first + t, direction, chunk),
                    expert,
                    microbatch,
                    stageOfCard[first],
                    ready,
                    transit);
            for (int replica = 0; replica < expert; replica++) {
                long loaded = load.bytes(replica, transfer.bytes());
                clock.join(
                        first + replica * tensor + t,
                        phase,
                        dispatch ? transfer.bytes() : loaded,
                        dispatch ? loaded : transfer.bytes(),
                        plan.hiddenExchangeNanos[direction][chunk],
                        dispatch);
            }
        }
    }

    private void send(int card, int chunk, int to, int i, int microbatch, int direction) {
        int stage = layout.stageOfChunk(chunk);
        int slot = slot(chunk, microbatch, i);
        int peer = card + (layout.stageOfChunk(to) - stage) * expert * tensor;
        int variant = direction + 2 * (chunk / pipeline);
        Transfer transfer = plan.pipeline[direction][card];
        long nominal = transit(transfer, jitter.transfer(), PIPELINE, card, microbatch, variant);
        long transit = calm ? nominal : disturbedSend(card, peer, transfer, nominal);
        long now = clock.of(card);
        long end = now + transit;
        sent[direction][slot] = now;
        arrived[direction][slot] = end;
        int group = plan.pairGroup(card, peer, direction, chunk);
        clock.transfer(card, BusOp.SEND, transfer, group, peer, end, 0, microbatch, stage);
    }

    private int slot(int chunk, int microbatch, int i) {
        return (chunk * microbatches + microbatch) * expert * tensor + i;
    }

    /** A collective of each card with its like in the other replicas. */
    private void overReplicas(BusOp op, Transfer[] transfers, int phase) {
        for (int place = 0; place < tensor * pipeline && layout.data() > 1; place++) {
            int[] cards = new int[layout.data()];
            for (int replica = 0; replica < cards.length; replica++) {
                cards[replica] = layout.card(replica, place / tensor, place % tensor);
            }
            // gradients are reduced while the last of them are computed
            long hidden = op == BusOp.REDUCE_SCATTER ? plan.hiddenGradientNanos[place / tensor] : 0;
            together(op, transfers[place], plan.replicaGroup(place), cards, place, phase, hidden);
        }
    }

    /** A collective of each card with those of the other blocks that hold the same experts. */
    private void overBlocks(BusOp op, Transfer[] transfers, int phase) {
        for (int place = 0; place < transfers.length; place++) {
            int[] cards = new int[blocks];
            for (int block = 0; block < blocks; block++) {
                cards[block] =
                        layout.card(block * expert + place % expert, place / expert / tensor, place / expert % tensor);
            }
            together(op, transfers[place], plan.blockGroup(place), cards, place, phase, 0);
        }
    }

    private void together(
            BusOp op, Transfer transfer, int group, int[] cards, int place, int phaseOfStep, long hidden) {
        meet(
                transfer,
                transit(transfer, jitter.transfer(), STEP_END, place, phaseOfStep, 0),
                cards.length,
                i -> cards[i]);
        StepClock.Phase phase =
                new StepClock.Phase(op, transfer, group, cards.length, -1, stageOfCard[cards[0]], ready, transit);
        for (int card : cards) {
            clock.join(card, phase, transfer.bytes(), transfer.bytes(), hidden, false);
        }
    }

    private void normReduction() {
        Transfer transfer = plan.normReduction;
        meet(transfer, transit(transfer, jitter.transfer(), STEP_END, 0, 2, 0), clock.cards(), i -> i);
        for (int card = 0; card < clock.cards() && clock.cards() > 1; card++) {
            clock.join(
                    card,
                    new StepClock.Phase(
                            BusOp.ALL_REDUCE,
                            transfer,
                            plan.worldGroup(),
                            clock.cards(),
                            -1,
                            stageOfCard[card],
                            ready,
                            transit));
        }
    }

    /** Every card writes its share, and waits until the last has. */
    private void writeCheckpoint() {
        ready = Long.MIN_VALUE;
        for (int card = 0; card < clock.cards(); card++) {
            long nanos = plan.checkpointNanos[stageOfCard[card]];
            if (!calm) {
                beginAlive(card, now -> now + nanos);
            }
            ready = Math.max(ready, clock.of(card) + nanos);
        }
        for (int card = 0; card < clock.cards(); card++) {
            int stage = stageOfCard[card];
            clock.write(card, plan.worldGroup(), plan.checkpointNanos[stage], ready, stage);
        }
    }

    private void update(int card) {
        int stage = stageOfCard[card];
        double own = 1 + jitter.compute() * draws.bell(STEP_END, step, card, 3, 0);
        double nanos = plan.optimizerNanos[stage] * own;
        long duration = calm ? Math.round(nanos) : disturbedWork(card, nanos, -1, 0);
        clock.compute(card, ComputeOp.OPTIMIZER, duration, 0, 0, plan.optimizerMemoryBytes[stage], -1, stage);
    }

    /** Length of a piece of work of one card; moves the card to where it starts. */
    private long disturbedWork(int card, double nanos, int microbatch, int variant) {
        int stage = stageOfCard[card];
        int replica = layout.replica(card);
        long now = clock.of(card);
        clock.idle(card, now + disturbances.launchGapNanos(card, now, nanos, step, microbatch, variant));
        beginAlive(card, start -> start + disturbedWork(card, stage, replica, nanos, microbatch, start));
        return disturbedWork(card, stage, replica, nanos, microbatch, clock.of(card));
    }

    private long disturbedWork(int card, int stage, int replica, double nanos, int microbatch, long start) {
        double uneven = microbatch < 0 ? 1 : disturbances.unevenness(replica, step, microbatch, card, start);
        return Math.round(nanos * disturbances.slowness(card, stage, start) * uneven);
    }

    /** When the last of the cards is there, and how long what they do together then takes. */
    private void meet(Transfer transfer, long nominal, int count, IntUnaryOperator cards) {
        ready = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            ready = Math.max(ready, clock.of(cards.applyAsInt(i)));
        }
        transit = nominal;
        if (calm) {
            return;
        }
        long before;
        do {
            before = ready;
            transit = disturbedTransit(transfer, nominal, ready, count, cards);
            for (int i = 0; i < count; i++) {
                int card = cards.applyAsInt(i);
                long back = disturbances.restartNanos(card, ready, ready + transit);
                if (back > ready) {
                    clock.idle(card, back);
                    ready = back;
                }
            }
        } while (ready > before);
    }

    private long disturbedSend(int card, int peer, Transfer transfer, long nominal) {
        IntUnaryOperator ends = i -> i == 0 ? card : peer;
        beginAlive(card, start -> start + disturbedTransit(transfer, nominal, start, 2, ends));
        return disturbedTransit(transfer, nominal, clock.of(card), 2, ends);
    }

    private long disturbedTransit(Transfer transfer, long nominal, long start, int count, IntUnaryOperator cards) {
        return disturbances.transitNanos(transfer.fabric(), nominal, start, count, cards);
    }

    /** A card that would be lost before something ends begins with it when it is back. */
    private void beginAlive(int card, LongUnaryOperator end) {
        long start;
        long back;
        do {
            start = clock.of(card);
            back = disturbances.restartNanos(card, start, end.applyAsLong(start));
            clock.idle(card, back);
        } while (back > start);
    }

    /** Nominal time, varied, and never below what the line rate allows. */
    private long transit(Transfer transfer, double variation, int stream, int a, int b, int c) {
        double seconds = transfer.seconds() * (1 + variation * draws.bell(stream, step, a, b, c));
        return Math.max(1, (long) Math.ceil(Math.max(seconds, transfer.floorSeconds()) * 1e9));
    }
}
