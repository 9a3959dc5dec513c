package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.window.Scope;
import io.supernode.window.WindowPlan;
import org.junit.jupiter.api.Test;

class EvennessTest {
    private final Evenness evenness = new Evenness();

    private void add(Scope scope, long events) {
        for (int length = 0; length < WindowPlan.lengths(); length++) {
            evenness.add(0, scope, WindowPlan.lengthSlices(length) * WindowPlan.SLICE_NANOS, events);
        }
    }

    /** The truth about an injected fault is a node's and the supernode's: no card says it. */
    @Test
    void faultsAreMissingFromCardsAndNothingElseIs() {
        add(Scope.CARD, 100);
        add(Scope.NODE, 102);
        add(Scope.RACK, 102);
        add(Scope.SUPERNODE, 102);
        assertThat(evenness.isEven(2)).isTrue();
        assertThat(evenness.isEven(0))
                .as("two events of cards are still to come")
                .isFalse();
        add(Scope.NODE, 1);
        assertThat(evenness.isEven(2))
                .as("a node knows more than the supernode")
                .isFalse();
    }
}
