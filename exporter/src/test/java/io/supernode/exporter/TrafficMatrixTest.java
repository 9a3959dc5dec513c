package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.supernode.event.BusOp;
import io.supernode.machine.Collective;
import io.supernode.window.TrafficWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two racks of two nodes of two cards: cards 0 to 3 stand in rack 0, 4 to 7 in rack 1. */
class TrafficMatrixTest {
    private static final long SECOND = WindowStore.SECOND;

    private final TrafficBook book = new TrafficBook();
    private final List<int[]> rows = new ArrayList<>();
    private final List<Long> sent = new ArrayList<>();

    private static RunInfo info(Collective algorithm) {
        return new RunInfo("s", "m", "w", 8, 2, 2, 0, 0, 0, Optional.ofNullable(algorithm), List.of());
    }

    private void row(int card, BusOp op, int group, int size, int peer, long bytes) {
        rows.add(new int[] {card, op.ordinal(), group, size, peer});
        sent.add(bytes);
    }

    private void collective(BusOp op, int group, long bytes, int... cards) {
        for (int card : cards) {
            row(card, op, group, cards.length, -1, bytes);
        }
    }

    private Acceptance second(long second) {
        TrafficWindow window = new TrafficWindow(
                1,
                0,
                0,
                second * SECOND,
                SECOND,
                0,
                column(0),
                column(1),
                column(2),
                column(3),
                column(4),
                sent.stream().mapToLong(Long::longValue).toArray());
        rows.clear();
        sent.clear();
        return book.take(window);
    }

    private int[] column(int i) {
        return rows.stream().mapToInt(row -> row[i]).toArray();
    }

    private TrafficMatrix racks(Collective algorithm) {
        return TrafficMatrix.ofRacks(book.total(1, 0), info(algorithm), 2);
    }

    private static double[][] bytes(TrafficMatrix matrix) {
        return IntStream.range(0, matrix.from().count())
                .mapToObj(i -> IntStream.range(0, matrix.to().count())
                        .mapToDouble(k -> matrix.bytes(i, k))
                        .toArray())
                .toArray(double[][]::new);
    }

    @Test
    void aTransferGoesFromItsSenderToItsPeer() {
        row(1, BusOp.SEND, 5, 2, 6, 100);
        second(0);
        assertThat(bytes(racks(null))).isDeepEqualTo(new double[][] {{0, 100}, {0, 0}});
        assertThat(bytes(TrafficMatrix.ofNodes(book.total(1, 0), info(null), 0, 1)))
                .isDeepEqualTo(new double[][] {{0, 100}, {0, 0}});
        assertThat(bytes(TrafficMatrix.ofCards(book.total(1, 0), info(null), 0, 3)))
                .isDeepEqualTo(new double[][] {{0, 0}, {100, 0}});
    }

    /** Each of four, two in each rack, sends 30: 10 to its mate, 20 across. */
    @Test
    void anAllToAllGoesToEachOtherEvenlyWhateverTheAlgorithm() {
        collective(BusOp.ALL_TO_ALL, 1, 30, 0, 1, 4, 5);
        second(0);
        assertThat(bytes(racks(Collective.RING))).isDeepEqualTo(new double[][] {{20, 40}, {40, 20}});
        assertThat(bytes(racks(null))).isDeepEqualTo(new double[][] {{20, 40}, {40, 20}});
    }

    @Test
    void anAllReduceGoesAsTheMachineDoesIt() {
        collective(BusOp.ALL_REDUCE, 1, 60, 0, 1, 4, 5);
        second(0);
        assertThat(bytes(racks(Collective.DIRECT))).isDeepEqualTo(new double[][] {{40, 80}, {80, 40}});
        // 0 to 1 stays, 1 to 4 goes over, 4 to 5 stays, 5 to 0 goes back
        assertThat(bytes(racks(Collective.RING))).isDeepEqualTo(new double[][] {{60, 60}, {60, 60}});
        // k = 2 in each of m = 2 nodes: inside (k-1) = 1 to across (m-1)/m = 1/2, so 40 of 60 stay in the node
        assertThat(bytes(racks(Collective.HIERARCHICAL))).isDeepEqualTo(new double[][] {{80, 40}, {40, 80}});
    }

    @Test
    void whatIsNotKnownIsNotPlaced() {
        collective(BusOp.ALL_REDUCE, 1, 60, 0, 1, 4, 5);
        row(0, BusOp.SEND, 9, 2, 1, 80);
        second(0);
        TrafficMatrix unknown = racks(null);
        assertThat(bytes(unknown)).isDeepEqualTo(new double[][] {{80, 0}, {0, 0}});
        assertThat(unknown.placedShare()).isEqualTo(80 / 320.0, within(1e-12));
        assertThat(racks(Collective.TREE).placedShare()).isEqualTo(0.25, within(1e-12));
    }

    /** Within one rack it does not matter how: the rack sent it to itself. */
    @Test
    void aGroupInOnePlaceIsPlacedThereWithoutKnowingHow() {
        collective(BusOp.ALL_REDUCE, 1, 60, 0, 1, 2, 3);
        second(0);
        assertThat(bytes(racks(null))).isDeepEqualTo(new double[][] {{240, 0}, {0, 0}});
        assertThat(racks(null).placedShare()).isEqualTo(1);
        assertThat(TrafficMatrix.ofNodes(book.total(1, 0), info(null), 0, 0).placedShare())
                .as("between its two nodes it does")
                .isZero();
    }

    @Test
    void aGroupIsPlacedOnceAllOfItHaveBeenSeen() {
        row(0, BusOp.ALL_TO_ALL, 1, 2, -1, 50);
        second(0);
        assertThat(racks(Collective.DIRECT).placedShare()).isZero();
        row(4, BusOp.ALL_TO_ALL, 1, 2, -1, 50);
        second(1);
        assertThat(bytes(racks(Collective.DIRECT))).isDeepEqualTo(new double[][] {{0, 50}, {50, 0}});
    }

    @Test
    void aSecondThatComesAgainChangesNothing() {
        row(1, BusOp.SEND, 5, 2, 6, 100);
        assertThat(second(3)).isEqualTo(Acceptance.TAKEN);
        row(1, BusOp.SEND, 5, 2, 6, 100);
        assertThat(second(3)).isEqualTo(Acceptance.REPEATED);
        row(1, BusOp.SEND, 5, 2, 6, 7);
        assertThat(second(4)).isEqualTo(Acceptance.TAKEN);
        assertThat(racks(null).bytes(0, 1)).isEqualTo(107);
    }

    @Test
    void theNewestTenSecondsAreThose() {
        for (int s = 0; s < 30; s++) {
            row(1, BusOp.SEND, 5, 2, 6, s < 20 ? 1_000 : 1);
            second(s);
        }
        TrafficBook.Sums recent = book.recent(1, 0, book.newestEndNanos(1, 0));
        assertThat(TrafficMatrix.ofRacks(recent, info(null), 2).bytes(0, 1)).isEqualTo(10);
        assertThat(recent.nanos()).isEqualTo(10 * SECOND);
    }

    /** What a garbage recording may do: memory stays bounded, and what is lost is told. */
    @Test
    void rowsBeyondTheMostAreCountedOnly() {
        for (int i = 0; i < TrafficBook.ROWS_MAX; i++) {
            row(0, BusOp.SEND, i, 2, 1, 1);
        }
        row(0, BusOp.SEND, -1, 2, 1, TrafficBook.ROWS_MAX);
        second(0);
        assertThat(racks(null).placedShare()).isEqualTo(0.5);
    }
}
