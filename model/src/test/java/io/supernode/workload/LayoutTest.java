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
}
