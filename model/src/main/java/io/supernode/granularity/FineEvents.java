package io.supernode.granularity;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * A run told more finely than it was simulated: each pass, which the run tells as one computation and one collective of each
 * kind, comes out as its layers' collectives and operations ({@link PassExpansion}). Everything else passes through.
 *
 * <p>Given in short slices of time. Held at a time: the run's own events of a pass or two, and the pieces of the
 * passes that have begun; a step as a whole is never told at once. A pass whose events do not all come, or whose times do not
 * fit each other, is told as it was.
 */
public final class FineEvents implements EventSource {
    /** For a run that gives a second at once: shorter slices would be open side by side in their tens. */
    public static final long OF_SECONDS_NANOS = 100_000_000;
    /** For a run that gives an iteration of tens of milliseconds at once: what is in hand stays near the processor. */
    public static final long OF_ITERATIONS_NANOS = 20_000_000;

    /** A card is at most one pass ahead of the others of its unit. */
    private static final int SLOTS = 2;

    private final EventSource run;
    private final PassBook book;
    private final long sliceNanos;
    private final PassExpansion expansion;
    private final Pieces pieces = new Pieces();
    private final EventBatch in = new EventBatch();
    private int[] order = new int[0];

    /** By unit and slot: the cards of the unit. */
    private final CardPass[][][] held;
    /** By card: passes of the present step, that step, and the end of what was told last. */
    private final int[] passes;

    private final int[] steps;
    private final long[] lastEnd;

    /** Events in slices of time that have not been given, by number of the slice. */
    private final TreeMap<Long, EventBatch> waiting = new TreeMap<>();

    private final ArrayDeque<EventBatch> spare = new ArrayDeque<>();
    private long openSlice = Long.MIN_VALUE;
    private EventBatch open;
    private long latest = Long.MIN_VALUE;
    private long through;
    private boolean ended;

    /** @param sliceNanos length of the slices that are given, &gt; 0 */
    public FineEvents(EventSource run, PassBook book, long sliceNanos) {
        this(run, book, sliceNanos, 0);
    }

    /**
     * @param sliceNanos length of the slices that are given, &gt; 0
     * @param fromNanos event time at which a step begins: {@code run} tells all that ends later
     */
    public FineEvents(EventSource run, PassBook book, long sliceNanos, long fromNanos) {
        this.sliceNanos = sliceNanos;
        this.run = run;
        this.book = book;
        through = fromNanos;
        expansion = new PassExpansion(book);
        int units = book.cards() / book.cardsOfUnit();
        held = new CardPass[units][SLOTS][book.cardsOfUnit()];
        for (CardPass[][] unit : held) {
            for (CardPass[] slot : unit) {
                Arrays.setAll(slot, i -> new CardPass());
            }
        }
        passes = new int[book.cards()];
        steps = new int[book.cards()];
        Arrays.fill(steps, -1);
        lastEnd = new long[book.cards()];
    }

    @Override
    public boolean next(EventBatch batch) {
        batch.clear();
        while (true) {
            long slice = Math.floorDiv(through, sliceNanos);
            if (!ended && certain() / sliceNanos <= slice) {
                pull();
                continue;
            }
            if (ended && waiting.isEmpty()) {
                return false;
            }
            give(slice, batch);
            through = ended && waiting.isEmpty() ? latest + 1 : (slice + 1) * sliceNanos;
            return true;
        }
    }

    @Override
    public long throughNanos() {
        return through;
    }

    private void give(long slice, EventBatch batch) {
        EventBatch due = waiting.remove(slice);
        if (due == null) {
            return;
        }
        batch.addAll(due);
        due.clear();
        spare.add(due);
        openSlice = Long.MIN_VALUE;
    }

    /** Time before which nothing more can end: that of the run, and of what each card has begun and not ended. */
    private long certain() {
        long least = run.throughNanos();
        int unitCards = book.cardsOfUnit();
        for (int card = 0; card < lastEnd.length; card++) {
            CardPass[][] slots = held[card / unitCards];
            long from = lastEnd[card];
            for (CardPass[] slot : slots) {
                CardPass pass = slot[card % unitCards];
                from = pass.isEmpty() ? from : Math.min(from, pass.startNanos());
            }
            least = Math.min(least, from);
        }
        return least;
    }

    private void pull() {
        if (!run.next(in)) {
            ended = true;
            for (int unit = 0; unit < held.length; unit++) {
                for (CardPass[] slot : held[unit]) {
                    tellAsItWas(slot, unit * book.cardsOfUnit());
                }
            }
            return;
        }
        order = in.timeOrder(order);
        for (int k = 0; k < in.size(); k++) {
            take(order[k]);
        }
    }

    private void take(int i) {
        int card = in.card(i);
        if (card >= passes.length) {
            bucket(in.endNanos(i)).addFrom(in, i, 0);
            return;
        }
        EventKind kind = in.kind(i);
        boolean compute = kind == EventKind.COMPUTE && isPass(in.computeOp(i));
        int part = kind == EventKind.BUS ? partOfPass(i) : -1;
        if (compute || part >= 0) {
            passEvent(i, card, compute, part);
        } else {
            bucket(in.endNanos(i)).addFrom(in, i, 0);
        }
        if (kind == EventKind.COMPUTE || kind == EventKind.BUS || kind == EventKind.STEP) {
            lastEnd[card] = Math.max(lastEnd[card], in.endNanos(i));
        }
    }

    private void passEvent(int i, int card, boolean compute, int part) {
        int unit = card / book.cardsOfUnit();
        int place = card % book.cardsOfUnit();
        if (in.step(i) != steps[card]) {
            steps[card] = in.step(i);
            passes[card] = 0;
        }
        int number = passes[card];
        CardPass[] slot = held[unit][number % SLOTS];
        CardPass pass = slot[place];
        boolean strange = !pass.isEmpty() && pass.step != in.step(i)
                || compute && pass.computed
                || part >= 0 && pass.parts[part].here;
        if (strange) {
            tellAsItWas(slot, unit * book.cardsOfUnit());
        }
        if (compute) {
            pass.takeCompute(in, i);
        } else {
            pass.takeBus(part, in, i);
        }
        PassPlan plan = book.plan(unit, number);
        if (pass.isWhole(plan)) {
            passes[card]++;
            if (isWhole(slot, plan, pass)) {
                tell(plan, slot, unit * book.cardsOfUnit());
            }
        }
    }

    private static boolean isWhole(CardPass[] slot, PassPlan plan, CardPass like) {
        for (CardPass pass : slot) {
            if (!pass.isWhole(plan) || pass.step != like.step || pass.microbatch != like.microbatch) {
                return false;
            }
        }
        return true;
    }

    private void tell(PassPlan plan, CardPass[] slot, int firstCard) {
        if (expansion.expand(plan, slot, firstCard, pieces)) {
            for (CardPass pass : slot) {
                pass.clear();
            }
        } else {
            tellAsItWas(slot, firstCard);
        }
    }

    private void tellAsItWas(CardPass[] slot, int firstCard) {
        for (int i = 0; i < slot.length; i++) {
            CardPass pass = slot[i];
            if (pass.computed) {
                pieces.compute(
                        pass,
                        firstCard + i,
                        pass.op,
                        pass.computeStartNanos,
                        pass.computeNanos,
                        pass.tokens,
                        pass.megaflops,
                        pass.hbmBytes);
            }
            for (int kind = 0; kind < pass.parts.length; kind++) {
                CardPass.Part part = pass.parts[kind];
                if (part.here) {
                    pieces.bus(
                            pass,
                            firstCard + i,
                            PassPlan.KINDS[kind],
                            part,
                            part.group,
                            part.startNanos,
                            part.waitNanos + part.transitNanos,
                            part.waitNanos,
                            part.sentBytes,
                            part.receivedBytes);
                }
            }
            pass.clear();
        }
    }

    private static boolean isPass(ComputeOp op) {
        return op == ComputeOp.FORWARD || op == ComputeOp.BACKWARD || op == ComputeOp.DECODE;
    }

    /** Kind of the collective, where it is part of a pass; else -1. */
    private int partOfPass(int i) {
        return switch (in.busOp(i)) {
            // all cards' reduction at the end of a step belongs to no microbatch
            case ALL_REDUCE -> in.microbatch(i) >= 0 ? PassPlan.kindOf(BusOp.ALL_REDUCE) : -1;
            case DISPATCH -> PassPlan.kindOf(BusOp.DISPATCH);
            case COMBINE -> PassPlan.kindOf(BusOp.COMBINE);
            default -> -1;
        };
    }

    /** Where events go that end in the slice of that time; never before what has been given. */
    private EventBatch bucket(long endNanos) {
        latest = Math.max(latest, endNanos);
        long slice = Math.floorDiv(Math.max(endNanos, through), sliceNanos);
        if (slice != openSlice) {
            openSlice = slice;
            open = waiting.get(slice);
            if (open == null) {
                open = spare.isEmpty() ? new EventBatch() : spare.poll();
                waiting.put(slice, open);
            }
        }
        return open;
    }

    private final class Pieces implements PassExpansion.Sink {
        @Override
        public void compute(
                CardPass pass,
                int card,
                ComputeOp op,
                long start,
                long duration,
                long tokens,
                long megaflops,
                long hbmBytes) {
            bucket(start + duration)
                    .addCompute(
                            card,
                            op,
                            start,
                            duration,
                            tokens,
                            megaflops,
                            hbmBytes,
                            pass.step,
                            pass.microbatch,
                            pass.stage);
        }

        @Override
        public void bus(
                CardPass pass,
                int card,
                BusOp op,
                CardPass.Part part,
                int group,
                long start,
                long duration,
                long wait,
                long sent,
                long received) {
            bucket(start + duration)
                    .addBus(
                            card,
                            op,
                            part.fabric,
                            group,
                            part.groupSize,
                            -1,
                            start,
                            duration,
                            wait,
                            sent,
                            received,
                            pass.step,
                            pass.microbatch,
                            pass.stage);
        }
    }
}
