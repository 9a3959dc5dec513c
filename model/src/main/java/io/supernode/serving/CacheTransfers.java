package io.supernode.serving;

import io.supernode.disturbance.Disturbances;
import io.supernode.disturbance.Outlook;
import io.supernode.event.BusOp;
import io.supernode.event.EventBatch;
import io.supernode.machine.Machine;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Keys and values on their way from prefill cards to decode cards, over the cards' network interfaces: the plane that
 * CloudMatrix-Infer keeps for it, away from decode's own traffic (arXiv 2506.12708 section 4.1). A card has one transfer
 * at a time each way, in the order in which they were granted; the time until both ends are free is wait.
 */
final class CacheTransfers {
    private final Machine machine;
    private final long bytesPerToken;
    private final int group;
    /** Until when each card's interface is taken, sending and receiving: a card does only one of the two. */
    private final long[] takenUntilNanos;

    private final PriorityQueue<Transfer> underway =
            new PriorityQueue<>(Comparator.comparingLong(Transfer::arrivalNanos).thenComparingLong(Transfer::ordinal));
    private long count;

    private final Outlook outlook;

    CacheTransfers(Machine machine, long bytesPerToken, int group, Outlook outlook) {
        this.outlook = outlook;
        this.machine = machine;
        this.bytesPerToken = bytesPerToken;
        this.group = group;
        takenUntilNanos = new long[machine.cards()];
    }

    /** Sends a prompt's keys and values to {@code card}, which has room for them since {@code now}. */
    void send(Sequence sequence, int card, long now, EventBatch events) {
        int from = sequence.prefillCard;
        long start = Math.max(now, Math.max(takenUntilNanos[from], takenUntilNanos[card]));
        long bytes = sequence.inputTokens * bytesPerToken;
        long nominal = (long) Math.ceil(machine.scaleOut().transferSeconds(bytes) * 1e9);
        long end = start + nominal;
        if (!outlook.isCalm()) {
            start = begin(from, card, nominal, start);
            end = start + transit(from, card, nominal, start);
        }
        takenUntilNanos[from] = end;
        takenUntilNanos[card] = end;
        int ordinal = (int) (count & Integer.MAX_VALUE);
        addEvent(events, from, card, outlook.hereNanos(from, now, start), start, end, bytes, 0, ordinal);
        addEvent(events, card, from, outlook.hereNanos(card, now, start), start, end, 0, bytes, ordinal);
        underway.add(new Transfer(end, count++, sequence));
    }

    /** When both ends are there for all of it: a transfer in the midst of which one is lost is done again. */
    private long begin(int from, int to, long nominal, long at) {
        long start = at;
        long before;
        do {
            before = start;
            long end = before + transit(from, to, nominal, before);
            Disturbances during = outlook.over(before, end);
            start = Math.max(during.restartNanos(from, before, end), during.restartNanos(to, before, end));
        } while (start > before);
        return start;
    }

    private long transit(int from, int to, long nominal, long start) {
        return outlook.at(start)
                .transitNanos(machine.scaleOut().fabric(), nominal, start, 2, end -> end == 0 ? from : to);
    }

    /** When the next transfer is done; {@link Long#MAX_VALUE} when none is under way. */
    long nextArrivalNanos() {
        return underway.isEmpty() ? Long.MAX_VALUE : underway.peek().arrivalNanos();
    }

    Sequence takeArrived() {
        return underway.remove().sequence();
    }

    private void addEvent(
            EventBatch events,
            int card,
            int peer,
            long ready,
            long start,
            long end,
            long sent,
            long received,
            int ordinal) {
        events.addBus(
                card,
                BusOp.CACHE_TRANSFER,
                machine.scaleOut().fabric(),
                group,
                2,
                peer,
                ready,
                end - ready,
                start - ready,
                sent,
                received,
                -1,
                ordinal,
                -1);
    }

    private record Transfer(long arrivalNanos, long ordinal, Sequence sequence) {}
}
