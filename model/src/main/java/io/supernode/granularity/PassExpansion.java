package io.supernode.granularity;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import java.util.Arrays;

/**
 * Tells a pass in pieces. What was told as a whole stays what it was, to the nanosecond and to the byte: the pass's begin
 * and end, each card's computing, its waiting and the transit of each kind of collective, its tokens, work and bytes.
 *
 * <p>All cards of a unit go from collective to collective together. The transits are cut into equal pieces; the time that is
 * left between them is given to the windows between collectives by the work in them; what a card has too much of it, it
 * waits: first for those that came later to the pass, then in each window before a collective of the kind in which it
 * waited, in proportion. So a piece of computation is as long as its share of the card's, but for the waiting of the first
 * window, and a collective starts with its last rank and ends for all at once.
 */
final class PassExpansion {
    /** Takes the pieces. */
    interface Sink {
        void compute(
                CardPass pass,
                int card,
                ComputeOp op,
                long start,
                long duration,
                long tokens,
                long megaflops,
                long hbmBytes);

        void bus(
                CardPass pass,
                int card,
                BusOp op,
                CardPass.Part part,
                int group,
                long start,
                long duration,
                long wait,
                long sent,
                long received);
    }

    private final int groups;
    private long[] exposed = new long[0];
    private long[] ready = new long[0];
    private long[] room = new long[0];
    private long[] wait = new long[0];
    private long[] sentBefore;
    private long[] receivedBefore;
    private final long[] sentThrough = new long[PassPlan.KINDS.length];
    private final long[] receivedThrough = new long[PassPlan.KINDS.length];
    private long tail;
    private long lastStart;

    PassExpansion(PassBook book) {
        groups = book.groups();
        int cells = book.cardsOfUnit() * PassPlan.KINDS.length;
        sentBefore = new long[cells];
        receivedBefore = new long[cells];
    }

    /**
     * Tells the pass of all cards of a unit.
     *
     * @return false, and nothing told, where the cards' times do not fit each other as those of a pass do
     */
    boolean expand(PassPlan plan, CardPass[] cards, int firstCard, Sink sink) {
        int collectives = plan.collectives();
        reserve(collectives);
        for (CardPass card : cards) {
            card.findHidden();
        }
        if (!schedule(plan, cards)) {
            return false;
        }
        sumBytes(plan, cards);
        for (int i = 0; i < cards.length; i++) {
            card(plan, cards[i], i, firstCard + i, sink);
        }
        return true;
    }

    /** When the last rank of each collective is there; the last collective ends with the pass, but for what is behind it. */
    private boolean schedule(PassPlan plan, CardPass[] cards) {
        int collectives = plan.collectives();
        lastStart = Long.MIN_VALUE;
        long end = cards[0].endNanos();
        long transits = 0;
        for (int k = 0; k < collectives; k++) {
            exposed[k] = cards[0].parts[plan.kind[k]].exposed(plan.count[plan.kind[k]], plan.turn[k]);
            transits += exposed[k];
        }
        for (CardPass card : cards) {
            lastStart = Math.max(lastStart, card.startNanos());
            if (collectives > 0 && (card.endNanos() != end || card.exposedNanos() != transits)) {
                return false;
            }
        }
        long gap = end - lastStart - transits;
        if (collectives > 0 && gap < 0) {
            return false;
        }
        long before = 0;
        for (int k = 0; k < collectives; k++) {
            long through = (long) (gap * plan.windowsThrough[k]);
            ready[k] = (k == 0 ? lastStart : ready[k - 1] + exposed[k - 1]) + through - before;
            before = through;
        }
        tail = gap - before;
        for (CardPass card : cards) {
            long idle = card.idleNanos();
            if (idle < 0 || collectives > 0 && card.computeNanos < tail || collectives == 0 && idle > 0) {
                return false;
            }
        }
        return true;
    }

    private void card(PassPlan plan, CardPass pass, int i, int card, Sink sink) {
        int collectives = plan.collectives();
        long start = pass.startNanos();
        long behind = collectives == 0 ? pass.computeNanos : tail;
        if (collectives > 0) {
            findRoom(plan, pass);
            findWaits(plan, pass);
        }
        Arrays.fill(sentThrough, 0);
        Arrays.fill(receivedThrough, 0);
        long now = start;
        for (int k = 0; k <= collectives; k++) {
            long duration = k < collectives ? room[k] - wait[k] : behind;
            compute(plan, k, pass, card, now, duration, sink);
            now += duration;
            if (k < collectives) {
                now = collective(plan, k, pass, i, card, now, sink);
            }
        }
    }

    /** Time between the transits, in which the card computes or waits. */
    private void findRoom(PassPlan plan, CardPass pass) {
        long from = pass.startNanos();
        for (int k = 0; k < plan.collectives(); k++) {
            room[k] = ready[k] - from;
            from = ready[k] + exposed[k];
        }
    }

    private void findWaits(PassPlan plan, CardPass pass) {
        Arrays.fill(wait, 0, plan.collectives(), 0);
        long left = pass.idleNanos();
        wait[0] = Math.min(left, lastStart - pass.startNanos());
        left -= wait[0];
        for (int kind = 0; kind < PassPlan.KINDS.length && left > 0; kind++) {
            if (plan.has(kind)) {
                long own = pass.parts[kind].waitNanos - (plan.kind[0] == kind ? wait[0] : 0);
                left -= spread(plan, kind, Math.min(own, left));
            }
        }
        spread(plan, -1, left);
    }

    /**
     * Adds waiting to the windows before collectives of a kind, in proportion to the room that is left in them.
     *
     * @param kind -1 for any
     * @return what found room
     */
    private long spread(PassPlan plan, int kind, long amount) {
        long capacity = 0;
        for (int k = 0; k < plan.collectives(); k++) {
            capacity += kind < 0 || plan.kind[k] == kind ? room[k] - wait[k] : 0;
        }
        long whole = Math.min(amount, capacity);
        if (whole <= 0) {
            return 0;
        }
        double share = (double) whole / capacity;
        long given = 0;
        long passed = 0;
        for (int k = 0; k < plan.collectives(); k++) {
            if (kind < 0 || plan.kind[k] == kind) {
                long free = room[k] - wait[k];
                passed += free;
                // as much as fits here, and no less than what will not fit later
                long through = Math.min(given + free, Math.min(whole, (long) (share * passed)));
                through = Math.max(through, Math.max(given, whole - (capacity - passed)));
                wait[k] += through - given;
                given = through;
            }
        }
        return whole;
    }

    private void compute(PassPlan plan, int window, CardPass pass, int card, long start, long duration, Sink sink) {
        int end = plan.firstOp[window + 1];
        long begin = 0;
        for (int o = plan.firstOp[window]; o < end; o++) {
            long through = o == end - 1 ? duration : (long) (duration * plan.timeThrough[o]);
            sink.compute(
                    pass,
                    card,
                    plan.op[o],
                    start + begin,
                    through - begin,
                    o == plan.op.length - 1 ? pass.tokens : 0, // tokens count where their pass ends
                    part(pass.megaflops, plan.flopsThrough, o),
                    part(pass.hbmBytes, plan.bytesThrough, o));
            begin = through;
        }
    }

    private static long part(long whole, double[] through, int index) {
        long before = index == 0 ? 0 : (long) (whole * through[index - 1]);
        return (index == through.length - 1 ? whole : (long) (whole * through[index])) - before;
    }

    /** @return when the card goes on */
    private long collective(PassPlan plan, int k, CardPass pass, int i, int card, long arrived, Sink sink) {
        int kind = plan.kind[k];
        CardPass.Part part = pass.parts[kind];
        int count = plan.count[kind];
        int turn = plan.turn[k];
        long hidden = part.hidden(count, turn);
        BusOp op = PassPlan.KINDS[kind];
        // a dispatch goes on beside what follows it, the others beside what comes before
        long start = op == BusOp.DISPATCH ? arrived : arrived - hidden;
        int cell = kind * (sentBefore.length / PassPlan.KINDS.length) + i;
        long sent = through(part.sentBytes, sentBefore[cell], count, turn);
        long received = through(part.receivedBytes, receivedBefore[cell], count, turn);
        long transit = part.transit(count, turn);
        sink.bus(
                pass,
                card,
                op,
                part,
                part.group + turn * groups,
                start,
                wait[k] + transit,
                wait[k],
                Math.max(0, sent - sentThrough[kind]),
                Math.max(0, received - receivedThrough[kind]));
        sentThrough[kind] = sent;
        receivedThrough[kind] = received;
        return arrived + wait[k] + transit - hidden;
    }

    /**
     * A rank's bytes in all pieces up to one. Rounded together with those of the ranks before it, so that over all ranks
     * each piece has as many bytes sent as received.
     */
    private static long through(long own, long before, int count, int turn) {
        if (turn == count - 1) {
            return own;
        }
        double share = (turn + 1.0) / count;
        return (long) ((before + own) * share) - (long) (before * share);
    }

    /** Bytes of the ranks before each. */
    private void sumBytes(PassPlan plan, CardPass[] cards) {
        for (int kind = 0; kind < PassPlan.KINDS.length; kind++) {
            int base = kind * cards.length;
            for (int i = 1; i < cards.length && plan.has(kind); i++) {
                CardPass.Part before = cards[i - 1].parts[kind];
                sentBefore[base + i] = sentBefore[base + i - 1] + before.sentBytes;
                receivedBefore[base + i] = receivedBefore[base + i - 1] + before.receivedBytes;
            }
        }
    }

    private void reserve(int collectives) {
        if (ready.length < collectives) {
            exposed = new long[collectives];
            ready = new long[collectives];
            room = new long[collectives];
            wait = new long[collectives];
        }
    }
}
