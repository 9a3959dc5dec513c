package io.supernode.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayoutTest {
    @Test
    void everyPlaceHasOneCardAndEveryCardOnePlace() {
        Layout layout = new Layout(4, 3, 2);
        boolean[] taken = new boolean[layout.cards()];
        for (int replica = 0; replica < 2; replica++) {
            for (int stage = 0; stage < 3; stage++) {
                for (int rank = 0; rank < 4; rank++) {
                    int card = layout.card(replica, stage, rank);
                    assertThat(taken[card]).isFalse();
                    taken[card] = true;
                    assertThat(layout.replica(card)).isEqualTo(replica);
                    assertThat(layout.stage(card)).isEqualTo(stage);
                    assertThat(layout.tensorRank(card)).isEqualTo(rank);
                }
            }
        }
        assertThat(taken).doesNotContain(false);
    }

    @Test
    void replicasThatShareExpertsAreNeighbours() {
        Layout layout = new Layout(2, 3, 8, 4, 1);
        boolean[] taken = new boolean[layout.cards()];
        for (int card = 0; card < layout.cards(); card++) {
            int place = layout.card(layout.replica(card), layout.stage(card), layout.tensorRank(card));
            assertThat(place).isEqualTo(card);
            taken[place] = true;
        }
        assertThat(taken).doesNotContain(false);
        // first stage of replicas 0 to 3, two tensor ranks each; then their second stage
        assertThat(layout.card(3, 0, 1)).isEqualTo(7);
        assertThat(layout.card(0, 1, 0)).isEqualTo(8);
        assertThat(layout.card(4, 0, 0)).isEqualTo(24);
    }
}
