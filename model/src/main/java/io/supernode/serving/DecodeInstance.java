package io.supernode.serving;

import io.supernode.disturbance.Disturbances;
import io.supernode.disturbance.Outlook;
import io.supernode.event.EventBatch;
import io.supernode.unit.Draws;
import io.supernode.workload.DecodeSettings;
import io.supernode.workload.ServedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * The cards that generate tokens, all in step: an iteration goes layer by layer through dispatch and combine, which
 * start when the slowest die is ready. Batching is continuous: a sequence joins at the next iteration after its keys
 * and values have arrived and leaves at the end of the one that gave its last token. Sequences wait for a place in the
 * order in which their prompts were done; they go to the die with the fewest.
 *
 * <p>What disturbs an iteration is asked for the moment at which it starts. Where a card is lost in the midst of it, all begin
 * with it again when the card is back.
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
    private final Outlook outlook;
    private final HotExperts experts;
    private final double routedPart;

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
    /** by card: jitter, what slows it, that with the load of its experts, and what its host is late for the iteration */
    private final double[] speed;

    private final double[] slowness;
    private final double[] expertSpeed;
    private final double[] lateSeconds;
    private double slowestAttention;
    private double slowestExperts;
    private double slowest;
    private double latest;
    private double dispatchSeconds;
    private double combineSeconds;
    private long iteratedNanos;
    private long endNanos = IDLE;
    private long iterations;
    private final LongUnaryOperator iterate = this::iterate;

    DecodeInstance(
            DecodeSettings settings,
            ServedModel model,
            long cacheTokensMax,
            DecodeCost cost,
            Draws draws,
            double jitter,
            DecodeBurst burst,
            Outlook outlook) {
        this.settings = settings;
        this.cacheTokensMax = cacheTokensMax;
        this.cost = cost;
        this.draws = draws;
        this.jitter = jitter;
        this.burst = burst;
        this.outlook = outlook;
        expertLayers = model.expertLayers();
        cards = settings.cards();
        dies = cards * DieRates.PER_CARD;
        places = new int[dies];
        reservedTokens = new long[dies];
        sequences = new int[dies];
        contextTokens = new long[dies];
        attentionSeconds = new double[cards];
        speed = new double[cards];
        slowness = new double[cards];
        expertSpeed = new double[cards];
        lateSeconds = new double[cards];
        experts = new HotExperts(0, cards);
        routedPart = model.routedPart();
        Arrays.fill(slowness, 1);
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
            long start = outlook.wholeNanos(0, cards, now, iterate);
            endNanos = iteratedNanos;
            report(now, start);
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

    /** Goes through an iteration from a moment on; when it ends. */
    private long iterate(long start) {
        Disturbances disturbances = outlook.at(start);
        experts.look(disturbances, start);
        int fullest = 0;
        int all = active.size();
        double expertSeconds = cost.expertSeconds(all);
        slowestAttention = 0;
        slowestExperts = 0;
        slowest = 1;
        latest = 0;
        for (int c = 0; c < cards; c++) {
            speed[c] = 1 + jitter * draws.bell(DRAW_JITTER, iterations, c, 0, 0);
            double slowerDie = 0;
            for (int die = c * DieRates.PER_CARD; die < (c + 1) * DieRates.PER_CARD; die++) {
                slowerDie = Math.max(slowerDie, cost.attentionSeconds(sequences[die], contextTokens[die]));
                fullest = Math.max(fullest, sequences[die]);
            }
            if (!outlook.isCalm()) {
                disturb(c, disturbances, start, slowerDie + expertSeconds);
            }
            attentionSeconds[c] = slowerDie * speed[c];
            expertSpeed[c] = speed[c] * (1 + routedPart * (experts.of(c) - 1));
            slowestAttention = Math.max(slowestAttention, attentionSeconds[c]);
            slowestExperts = Math.max(slowestExperts, expertSpeed[c]);
        }
        dispatchSeconds = transit(disturbances, start, cost.perIteration(cost.dispatchSeconds(fullest)));
        combineSeconds = transit(disturbances, start, cost.perIteration(cost.combineSeconds(fullest)));
        double seconds = cost.perIteration(slowestAttention + expertSeconds * slowestExperts)
                + dispatchSeconds
                + combineSeconds
                + cost.overheadSeconds() * slowest
                + latest
                + DecodeCost.SCHEDULING_SECONDS;
        iteratedNanos = start + (long) Math.ceil(seconds * 1e9);
        return iteratedNanos;
    }

    private void disturb(int card, Disturbances disturbances, long start, double layerSeconds) {
        slowness[card] = disturbances.slowness(card, -1, start);
        speed[card] *= slowness[card];
        double nanos = (cost.perIteration(layerSeconds) * speed[card] + cost.overheadSeconds() * slowness[card]) * 1e9;
        lateSeconds[card] = disturbances.launchGapNanos(card, start, nanos, iterations, 0, 0) * 1e-9;
        slowest = Math.max(slowest, slowness[card]);
        latest = Math.max(latest, lateSeconds[card]);
    }

    private double transit(Disturbances disturbances, long start, double seconds) {
        double ofFullest = seconds * experts.fullest();
        return disturbances.transitSeconds(burst.fabric(), ofFullest, start, cards, card -> card);
    }

    /** Hands the iteration to the burst: what each card did and waited for. */
    private void report(long now, long start) {
        int all = active.size();
        double expertSeconds = cost.expertSeconds(all);
        double overhead = cost.overheadSeconds();
        long dispatched = 0;
        long combined = 0;
        for (int c = 0; c < cards; c++) {
            int own = addWork(c, all, expertSeconds, overhead);
            addWaits(c, now, start, expertSeconds, overhead);
            long dispatch = (long) (expertLayers * cost.dispatchBytes(own));
            long combine = (long) (expertLayers * cost.combineBytes(own));
            burst.addBytes(c, dispatch, combine);
            dispatched += dispatch;
            combined += combine;
        }
        for (int c = 0; c < cards && experts.fullest() > 1; c++) {
            burst.addRouted(
                    c,
                    experts.part(c, dispatched) - Shares.share(dispatched, cards, c),
                    experts.part(c, combined) - Shares.share(combined, cards, c));
        }
        burst.addTransit(dispatchSeconds, combineSeconds);
    }

    /** @return sequences of the card */
    private int addWork(int card, int all, double expertSeconds, double overhead) {
        double flops = 0;
        double memoryBytes = 0;
        int own = 0;
        for (int die = card * DieRates.PER_CARD; die < (card + 1) * DieRates.PER_CARD; die++) {
            flops += cost.attentionFlops(sequences[die], contextTokens[die]) + cost.expertFlops(all);
            memoryBytes += cost.memoryBytes(sequences[die], contextTokens[die], all);
            own += sequences[die];
        }
        double compute = cost.perIteration(attentionSeconds[card] + expertSeconds * expertSpeed[card])
                + overhead * slowness[card];
        burst.addWork(card, compute, flops, memoryBytes);
        return own;
    }

    /** Those who are there wait in the dispatch for who is lost or late, and for slower attention; else in the combine. */
    private void addWaits(int card, long now, long start, double expertSeconds, double overhead) {
        double lost = (start - outlook.hereNanos(card, now, start)) * 1e-9;
        double dispatch = cost.perIteration(slowestAttention - attentionSeconds[card]);
        double combine = cost.perIteration(expertSeconds * (slowestExperts - expertSpeed[card]));
        burst.addWaits(
                card, dispatch + lost + latest - lateSeconds[card], combine + overhead * (slowest - slowness[card]));
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
