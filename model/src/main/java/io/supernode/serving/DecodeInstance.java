package io.supernode.serving;

import io.supernode.event.EventBatch;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.ServedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The cards that generate tokens, all in step: an iteration goes layer by layer through dispatch and combine, which
 * start when the slowest die is ready. Batching is continuous: a sequence joins at the next iteration after its keys
 * and values have arrived and leaves at the end of the one that gave its last token. Sequences wait for a place in the
 * order in which their prompts were done; they go to the die with the fewest.
 */
final class DecodeInstance {
    private static final int DRAW_JITTER = 0x4445;
    private static final int DRAW_ACCEPT = 0x4143;
    static final long IDLE = Long.MAX_VALUE;

    private final int cards;
    private final int dies;
    private final DecodeSettings settings;
    private final int expertLayers;
    private final long cacheTokensMax;
    private final DecodeCost cost;
    private final Draws draws;
    private final double jitter;
    private final DecodeBurst burst;

    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private final List<Sequence> arrived = new ArrayList<>();
    private final List<Sequence> active = new ArrayList<>();
    /** by die: sequences that have a place, arrived or not, and the tokens that they will hold at most */
    private final int[] places;

    private final long[] reservedTokens;
    /** by die: sequences that take part in iterations, and their tokens so far */
    private final int[] sequences;

    private final long[] contextTokens;
    private final double[] attentionSeconds;
    private final double[] speed;
    private long endNanos = IDLE;
    private long iterations;

    DecodeInstance(
            DecodeSettings settings,
            ServedModel model,
            long cacheTokensMax,
            DecodeCost cost,
            Draws draws,
            double jitter,
            DecodeBurst burst) {
        this.settings = settings;
        this.cacheTokensMax = cacheTokensMax;
        this.cost = cost;
        this.draws = draws;
        this.jitter = jitter;
        this.burst = burst;
        expertLayers = model.expertLayers();
        cards = settings.cards();
        dies = cards * DieRates.PER_CARD;
        places = new int[dies];
        reservedTokens = new long[dies];
        sequences = new int[dies];
        contextTokens = new long[dies];
        attentionSeconds = new double[cards];
        speed = new double[cards];
    }

    /** End of the iteration under way, or {@link #IDLE}. */
    long endNanos() {
        return endNanos;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && arrived.isEmpty() && active.isEmpty();
    }

    /** Queues a sequence whose prompt is done. */
    void offer(Sequence sequence) {
        waiting.add(sequence);
    }

    /** Gives places to waiting sequences, first come first served, and has their keys and values sent. */
    void admit(CacheTransfers transfers, long now, EventBatch events) {
        while (!waiting.isEmpty()) {
            Sequence sequence = waiting.peek();
            int die = emptiestFor(sequence.finalTokens());
            if (die < 0) {
                return;
            }
            waiting.remove();
            sequence.die = die;
            places[die]++;
            reservedTokens[die] += sequence.finalTokens();
            transfers.send(sequence, die / DieRates.PER_CARD, now, events);
        }
    }

    /** The keys and values of a sequence are there. */
    void join(Sequence sequence) {
        arrived.add(sequence);
    }

    /** Starts an iteration when none is under way and there are sequences. */
    void start(long now) {
        if (endNanos != IDLE) {
            return;
        }
        for (Sequence sequence : arrived) {
            sequences[sequence.die]++;
            contextTokens[sequence.die] += sequence.contextTokens();
            active.add(sequence);
        }
        arrived.clear();
        if (!active.isEmpty()) {
            burst.open(now);
            endNanos = now + (long) Math.ceil(iterate() * 1e9);
            iterations++;
        }
    }

    /** Ends the iteration: each sequence has one token more, or two when its draft was accepted. */
    void end(EventBatch events) {
        long now = endNanos;
        endNanos = IDLE;
        int kept = 0;
        for (int i = 0; i < active.size(); i++) {
            Sequence sequence = active.get(i);
            produce(sequence);
            if (sequence.producedTokens == sequence.outputTokens) {
                leave(sequence, now, events);
            } else {
                active.set(kept++, sequence);
            }
        }
        active.subList(kept, active.size()).clear();
        if (burst.isDue(now) || active.isEmpty() && arrived.isEmpty()) {
            burst.close(now, (int) (iterations - 1 & Integer.MAX_VALUE), events);
        }
    }

    private void produce(Sequence sequence) {
        boolean accepted =
                draws.uniform(DRAW_ACCEPT, sequence.index, sequence.producedTokens, 0, 0) < settings.draftAcceptance();
        long tokens = Math.min(accepted ? 2 : 1, sequence.outputTokens - sequence.producedTokens);
        sequence.producedTokens += tokens;
        contextTokens[sequence.die] += tokens;
        burst.addTokens(sequence.die / DieRates.PER_CARD, tokens);
    }

    private void leave(Sequence sequence, long now, EventBatch events) {
        int die = sequence.die;
        places[die]--;
        reservedTokens[die] -= sequence.finalTokens();
        sequences[die]--;
        contextTokens[die] -= sequence.contextTokens();
        events.addRequest(
                die / DieRates.PER_CARD,
                sequence.index,
                sequence.arrivalNanos,
                sequence.firstTokenNanos,
                now,
                sequence.inputTokens,
                sequence.outputTokens);
    }

    /** Seconds of one iteration; its parts go to the burst. */
    private double iterate() {
        int fullest = 0;
        double slowestAttention = 0;
        double slowestSpeed = 0;
        for (int c = 0; c < cards; c++) {
            speed[c] = 1 + jitter * draws.bell(DRAW_JITTER, iterations, c, 0, 0);
            double slowerDie = 0;
            for (int die = c * DieRates.PER_CARD; die < (c + 1) * DieRates.PER_CARD; die++) {
                slowerDie = Math.max(slowerDie, cost.attentionSeconds(sequences[die], contextTokens[die]));
                fullest = Math.max(fullest, sequences[die]);
            }
            attentionSeconds[c] = slowerDie * speed[c];
            slowestAttention = Math.max(slowestAttention, attentionSeconds[c]);
            slowestSpeed = Math.max(slowestSpeed, speed[c]);
        }
        int all = active.size();
        double experts = cost.expertSeconds(all);
        double overhead = cost.overheadSeconds();
        for (int c = 0; c < cards; c++) {
            addCard(c, all, experts, overhead, slowestAttention, slowestSpeed);
        }
        double dispatch = cost.perIteration(cost.dispatchSeconds(fullest));
        double combine = cost.perIteration(cost.combineSeconds(fullest));
        burst.addTransit(dispatch, combine);
        return cost.perIteration(slowestAttention + experts * slowestSpeed)
                + dispatch
                + combine
                + overhead
                + DecodeCost.SCHEDULING_SECONDS;
    }

    private void addCard(
            int card, int all, double experts, double overhead, double slowestAttention, double slowestSpeed) {
        double flops = 0;
        double memoryBytes = 0;
        int own = 0;
        for (int die = card * DieRates.PER_CARD; die < (card + 1) * DieRates.PER_CARD; die++) {
            flops += cost.attentionFlops(sequences[die], contextTokens[die]) + cost.expertFlops(all);
            memoryBytes += cost.memoryBytes(sequences[die], contextTokens[die], all);
            own += sequences[die];
        }
        burst.addCard(
                card,
                cost.perIteration(attentionSeconds[card] + experts * speed[card]) + overhead,
                cost.perIteration(slowestAttention - attentionSeconds[card]),
                cost.perIteration(experts * (slowestSpeed - speed[card])),
                flops,
                memoryBytes);
        burst.addBytes(
                card, (long) (expertLayers * cost.dispatchBytes(own)), (long) (expertLayers * cost.combineBytes(own)));
    }

    private int emptiestFor(long tokens) {
        int best = -1;
        for (int die = 0; die < dies; die++) {
            // an odd batch gives the first die of a card one place more
            int placesMax = (settings.batch() + DieRates.PER_CARD - 1 - die % DieRates.PER_CARD) / DieRates.PER_CARD;
            boolean fits = places[die] < placesMax && tokens <= cacheTokensMax - reservedTokens[die];
            if (fits && (best < 0 || isEmptier(die, best))) {
                best = die;
            }
        }
        return best;
    }

    private boolean isEmptier(int die, int than) {
        return places[die] != places[than] ? places[die] < places[than] : reservedTokens[die] < reservedTokens[than];
    }
}
