package io.supernode.diagnosis;

import io.supernode.event.BusOp;
import io.supernode.window.TrafficWindow;
import io.supernode.window.WindowPlan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads out of a second's evidence who sent what to whom: evidence is by card, operation, group and peer already. */
public final class TrafficFolder {
    private record Row(BusOp op, int group, int groupSize, int peer) {}

    private int rows;
    private int[] cards = new int[2048];
    private int[] ops = new int[2048];
    private int[] groups = new int[2048];
    private int[] groupSizes = new int[2048];
    private int[] peers = new int[2048];
    private long[] sentBytes = new long[2048];

    /** The traffic of one slice of a second; empty where no card sent anything. */
    public Optional<TrafficWindow> traffic(Detector.Subject subject, long slice, SliceEvidence evidence) {
        rows = 0;
        Map<Row, Integer> rowsOfCard = new HashMap<>();
        for (CardEvidence card : evidence.cards()) {
            rowsOfCard.clear();
            for (int s = 0; s < card.seriesCount(); s++) {
                long high = card.high(s);
                long sent = card.figure(s, CardEvidence.SENT);
                if (Series.isCompute(high) || sent == 0) {
                    continue;
                }
                long low = card.low(s);
                // series of one row differ by size of transfer
                Row row = new Row(Series.busOp(high), Series.group(low), Series.groupSize(high), Series.peer(low));
                int at = rowsOfCard.computeIfAbsent(row, r -> append(card.card, r));
                sentBytes[at] += sent;
            }
        }
        if (rows == 0) {
            return Optional.empty();
        }
        return Optional.of(new TrafficWindow(
                subject.run(),
                subject.supernode(),
                subject.originEpochNanos(),
                slice * WindowPlan.SLICE_NANOS,
                WindowPlan.SLICE_NANOS,
                subject.lowestRevision(),
                Arrays.copyOf(cards, rows),
                Arrays.copyOf(ops, rows),
                Arrays.copyOf(groups, rows),
                Arrays.copyOf(groupSizes, rows),
                Arrays.copyOf(peers, rows),
                Arrays.copyOf(sentBytes, rows)));
    }

    private int append(int card, Row row) {
        if (rows == cards.length) {
            int length = rows * 2;
            cards = Arrays.copyOf(cards, length);
            ops = Arrays.copyOf(ops, length);
            groups = Arrays.copyOf(groups, length);
            groupSizes = Arrays.copyOf(groupSizes, length);
            peers = Arrays.copyOf(peers, length);
            sentBytes = Arrays.copyOf(sentBytes, length);
        }
        cards[rows] = card;
        ops[rows] = row.op().ordinal();
        groups[rows] = row.group();
        groupSizes[rows] = row.groupSize();
        peers[rows] = row.peer();
        sentBytes[rows] = 0;
        return rows++;
    }
}
