package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import org.junit.jupiter.api.Test;

class GaugeBookTest {
    private static final long SECOND = Telemetry.SECOND;

    private final GaugeBook book = new GaugeBook();

    /** A sample of one card, at the end of a second. */
    static EventBatch sample(int card, int second, int millicelsius) {
        EventBatch samples = new EventBatch(1);
        samples.addSample(
                card, second * SECOND, SECOND, 500_000, 100_000, 1_800, millicelsius, 1, 48_000_000_000L, 0, 0, 0, 0);
        return samples;
    }

    private void take(long run, int supernode, int card, int second, int millicelsius) {
        book.take(run, supernode, sample(card, second, millicelsius), 0);
    }

    @Test
    void theNewestSampleCountsInWhateverOrderTheyCome() {
        take(1, 0, 17, 10, 51_000);
        take(1, 0, 17, 12, 53_500);
        take(1, 0, 17, 11, 52_000);
        take(1, 0, 18, 11, -4_250);
        assertThat(book.since(0, 1, 0))
                .hasSize(2)
                .containsEntry(17, new CardGauges(12 * SECOND, 53.5, 1.8e9, 48_000_000_000L))
                .hasEntrySatisfying(
                        18, gauges -> assertThat(gauges.temperatureCelsius()).isEqualTo(-4.25));
    }

    @Test
    void whoHasSaidNothingForLongIsNotTold() {
        take(1, 0, 17, 10, 51_000);
        take(1, 0, 18, 40, 51_000);
        assertThat(book.since(10 * SECOND, 1, 0)).containsOnlyKeys(17, 18);
        assertThat(book.since(10 * SECOND + 1, 1, 0)).containsOnlyKeys(18);
    }

    @Test
    void runsAndSupernodesAreKeptApartAndTheNewestFewRunsAlone() {
        take(1, 0, 17, 10, 51_000);
        take(1, 1, 17, 10, 61_000);
        assertThat(book.since(0, 1, 1).get(17).temperatureCelsius()).isEqualTo(61);
        assertThat(book.since(0, 2, 0)).isEmpty();
        for (int run = 2; run <= 1 + WindowStore.RUNS_KEPT; run++) {
            take(run, 0, 17, 10, 51_000);
        }
        assertThat(book.since(0, 1, 0)).isEmpty();
        assertThat(book.since(0, 2, 0)).hasSize(1);
    }

    @Test
    void aCardThatCannotBeIsRefused() {
        assertThatThrownBy(() -> take(1, 0, 1 << 20, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be 0 to 1048575: entity=1048576");
        assertThat(book.since(0, 1, 0)).isEmpty();
    }
}
