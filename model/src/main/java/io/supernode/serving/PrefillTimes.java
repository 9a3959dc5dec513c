package io.supernode.serving;

import io.supernode.disturbance.Disturbances;
import io.supernode.disturbance.Outlook;
import io.supernode.event.Fabric;
import io.supernode.unit.Draws;
import java.util.Arrays;

/**
 * Who does what when in one batch of a prefill instance. All wait for the slowest card; computing and what is read for it
 * end with the batch, combines too, dispatches begin with it.
 *
 * <p>What disturbs a batch is asked for the moment at which it starts. Where a card is lost in the midst of it, the instance
 * begins with it again when the card is back; dispatches that are over by then are not done again.
 */
final class PrefillTimes {
    private static final int DRAW_STREAM = 0x5052;

    private final int number;
    private final int firstCard;
    private final int cards;
    private final PrefillCost cost;
    private final double routedShare;
    private final Fabric fabric;
    private final Draws draws;
    private final double jitter;
    private final Outlook outlook;
    private final HotExperts experts;

    /** By card: computing, and what its host is late for it. */
    private final double[] workSeconds;

    private final double[] lateSeconds;
    /** By card: when the batch began in which its dispatches went through, how long it waited for them, and they took. */
    private final long[] dispatchStart;

    private final long[] dispatchWait;
    private final long[] dispatchTransit;
    private final boolean[] dispatched;

    // of the batch in hand
    private long arrivalNanos;
    private long startNanos;
    private long endNanos;
    private double slowestSeconds;
    private double fixedSeconds;
    private double dispatchSeconds;
    private double combineSeconds;

    PrefillTimes(
            int number,
            int firstCard,
            int cards,
            PrefillCost cost,
            double routedShare,
            Fabric fabric,
            Draws draws,
            double jitter,
            Outlook outlook) {
        this.number = number;
        this.firstCard = firstCard;
        this.cards = cards;
        this.cost = cost;
        this.routedShare = routedShare;
        this.fabric = fabric;
        this.draws = draws;
        this.jitter = jitter;
        this.outlook = outlook;
        experts = new HotExperts(firstCard, cards);
        workSeconds = new double[cards];
        lateSeconds = new double[cards];
        dispatchStart = new long[cards];
        dispatchWait = new long[cards];
        dispatchTransit = new long[cards];
        dispatched = new boolean[cards];
    }

    /**
     * Goes through a batch that begins at {@code now}.
     *
     * @param computed tokens that are computed
     * @param reused tokens whose keys and values are read
     * @return when it ends
     */
    long begin(long now, int batch, double flops, long computed, long reused) {
        Arrays.fill(dispatched, false);
        arrivalNanos = now;
        // tokens are routed once, whatever is done again
        experts.look(outlook.at(now), now);
        long next = now;
        do {
            startNanos = next;
            schedule(batch, flops, computed, reused);
            Disturbances during = outlook.over(startNanos, endNanos);
            long lost = during.lossNanos(firstCard, cards, startNanos, endNanos);
            for (int c = 0; c < cards; c++) {
                dispatch(c, lost);
            }
            next = during.restartNanos(firstCard, cards, startNanos, endNanos);
        } while (next > startNanos);
        return endNanos;
    }

    private void schedule(int batch, double flops, long computed, long reused) {
        Disturbances disturbances = outlook.at(startNanos);
        double compute = cost.computeSeconds(flops, computed);
        fixedSeconds = cost.reuseSeconds(reused) + cost.overheadSeconds();
        slowestSeconds = 0;
        for (int c = 0; c < cards; c++) {
            double own = 1 + jitter * draws.bell(DRAW_STREAM, number, batch, c, 0);
            workSeconds[c] = compute * (own + routedShare * (experts.of(c) - 1));
            if (!outlook.isCalm()) {
                disturb(c, batch, disturbances);
            }
            slowestSeconds = Math.max(slowestSeconds, workSeconds[c] + lateSeconds[c]);
        }
        dispatchSeconds = transit(disturbances, cost.dispatchSeconds(computed));
        combineSeconds = transit(disturbances, cost.combineSeconds(computed));
        double longest = Math.max(slowestSeconds, dispatchSeconds + combineSeconds);
        endNanos = startNanos + (long) Math.ceil((longest + fixedSeconds) * 1e9);
    }

    /** What slows a card slows what it does beside computing too. */
    private void disturb(int c, int batch, Disturbances disturbances) {
        double whole = workSeconds[c] + fixedSeconds;
        int card = firstCard + c;
        lateSeconds[c] = disturbances.launchGapNanos(card, startNanos, whole * 1e9, batch, number, 0) * 1e-9;
        workSeconds[c] += whole * (disturbances.slowness(card, -1, startNanos) - 1);
    }

    private double transit(Disturbances disturbances, double seconds) {
        double ofFullest = seconds * experts.fullest();
        return disturbances.transitSeconds(fabric, ofFullest, startNanos, cards, c -> firstCard + c);
    }

    /** Dispatches of a card, if they have not gone through before; and whether they do before a card is lost. */
    private void dispatch(int c, long lostNanos) {
        if (dispatched[c]) {
            return;
        }
        double slack = slowestSeconds - workSeconds[c] - lateSeconds[c];
        // where the exchange is what takes longest, it leaves no time to wait for computing
        double room = Math.max(slowestSeconds, dispatchSeconds + combineSeconds)
                + fixedSeconds
                - dispatchSeconds
                - combineSeconds;
        dispatchStart[c] = startNanos;
        dispatchWait[c] = (long) (Math.min(slack, room) * 1e9);
        dispatchTransit[c] = (long) (dispatchSeconds * 1e9);
        dispatched[c] = dispatchEndNanos(c) <= lostNanos;
    }

    /** How long a card computes, until the batch ends. */
    long busyNanos(int c) {
        return (long) ((workSeconds[c] + fixedSeconds) * 1e9);
    }

    long dispatchHereNanos(int c) {
        return outlook.hereNanos(firstCard + c, arrivalNanos, dispatchStart[c]);
    }

    long dispatchWaitNanos(int c) {
        return dispatchStart[c] + dispatchWait[c] - dispatchHereNanos(c);
    }

    long dispatchEndNanos(int c) {
        return dispatchStart[c] + dispatchWait[c] + dispatchTransit[c];
    }

    /** When a card is there for the combines: late if it was lost after its dispatches. */
    long combineHereNanos(int c) {
        long begun = outlook.hereNanos(firstCard + c, dispatchStart[c], startNanos);
        return endNanos - combineNanos() - (startNanos - begun);
    }

    long combineWaitNanos(int c) {
        return endNanos - combineNanos() - combineHereNanos(c);
    }

    private long combineNanos() {
        return (long) (combineSeconds * 1e9);
    }

    /** A card's part of bytes that all send to experts, or get back from them. */
    long routedBytes(int c, long allBytes) {
        return experts.part(c, allBytes);
    }
}
