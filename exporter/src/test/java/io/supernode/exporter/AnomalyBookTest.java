package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.AnomalyKind;
import io.supernode.diagnosis.Cause;
import io.supernode.diagnosis.InjectedFault;
import io.supernode.event.EventBatch;
import io.supernode.event.FaultKind;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AnomalyBookTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long RUN = 7;

    private final AnomalyBook book = new AnomalyBook();

    static Anomaly slowCard(long number, int revision, int card, long startSecond, long endSecond) {
        return new Anomaly(
                RUN,
                0,
                0,
                number,
                revision,
                AnomalyKind.SLOW_CARD,
                Cause.LOW_CLOCK,
                card,
                1,
                -1,
                -1,
                0,
                startSecond * SECOND,
                endSecond < 0 ? Anomaly.LASTS : endSecond * SECOND,
                (startSecond + 2) * SECOND,
                1_500_000,
                45_000_000,
                30_000_000,
                12,
                15_000_000,
                0,
                1_200,
                71_000);
    }

    private void begins(long fault, FaultKind kind, int card, long second) {
        tell(fault, kind, card, second, 0, true);
    }

    private void ends(long fault, FaultKind kind, int card, long second, long seconds) {
        tell(fault, kind, card, second, seconds, false);
    }

    private void tell(long fault, FaultKind kind, int card, long second, long seconds, boolean active) {
        EventBatch one = new EventBatch(1);
        one.addFault(card, second * SECOND, seconds * SECOND, fault, kind, active, 1, -1, -1, 1_500_000);
        book.take(RUN, 0, one, 0);
    }

    @Test
    void aFaultThatComesAgainIsAnotherAndOneLeftBehindHasEnded() {
        begins(3, FaultKind.SLOW_CARD, 17, 10);
        ends(3, FaultKind.SLOW_CARD, 17, 15, 0); // a player went elsewhere
        begins(3, FaultKind.SLOW_CARD, 17, 40);
        ends(3, FaultKind.SLOW_CARD, 17, 60, 20);
        ends(4, FaultKind.SLOW_CARD, 17, 60, 0); // left behind, and never met
        assertThat(book.faults(RUN))
                .extracting(fault -> fault.startNanos() / SECOND + "-" + fault.endNanos() / SECOND)
                .containsExactly("10-15", "40-60");
    }

    @Test
    void theHighestRevisionOfAnAnomalyIsKeptWhateverTheOrder() {
        book.take(slowCard(0, 1, 17, 10, 20));
        book.take(slowCard(0, 0, 17, 10, -1));
        assertThat(book.anomalies(RUN)).containsExactly(slowCard(0, 1, 17, 10, 20));
        assertThat(book.anomalies(8)).isEmpty();
    }

    @Test
    void aFaultIsOneThingFromItsBeginningToItsEnd() {
        begins(3, FaultKind.SLOW_CARD, 17, 10);
        assertThat(book.faults(RUN)).singleElement().matches(InjectedFault::lasts);
        ends(3, FaultKind.SLOW_CARD, 17, 20, 10);
        begins(3, FaultKind.SLOW_CARD, 17, 10); // read again
        assertThat(book.faults(RUN)).singleElement().satisfies(fault -> {
            assertThat(fault.startNanos()).isEqualTo(10 * SECOND);
            assertThat(fault.endNanos()).isEqualTo(20 * SECOND);
        });
    }

    @Test
    void theScoreCountsWhatIsRightAndWhatIsFound() {
        begins(0, FaultKind.SLOW_CARD, 17, 10);
        begins(1, FaultKind.SLOW_CARD, 30, 12); // nobody finds it
        begins(2, FaultKind.SLOW_CARD, 40, 95); // too young to be held against anybody
        begins(3, FaultKind.CLOCK_SKEW, 8, 20); // no matter of cards
        book.take(slowCard(0, 0, 17, 11, -1)); // found at 13 s, 3 s after it began
        book.take(slowCard(1, 0, 5, 50, 60)); // nothing was wrong with it
        var score = book.score(RUN, 100 * SECOND);
        assertThat(score.precision()).hasValue(0.5);
        assertThat(score.recall()).hasValue(0.5);
        assertThat(score.detectSeconds()).hasValue(3);
    }

    @Test
    void anAnomalyThatWasOverBeforeTheFaultBeganDoesNotNameIt() {
        begins(0, FaultKind.SLOW_CARD, 17, 30);
        book.take(slowCard(0, 0, 17, 10, 20));
        assertThat(book.score(RUN, 100 * SECOND).precision()).hasValue(0);
    }

    /** Frames that come late are missing when their second is judged: that is right, and need not be found. */
    @Test
    void lateTelemetryMayBeNamedAsMissingAndNoCardMayBeBlamed() {
        begins(0, FaultKind.TELEMETRY_LATENESS, 16, 10);
        book.take(new Anomaly(
                RUN,
                0,
                0,
                0,
                0,
                AnomalyKind.MISSING_TELEMETRY,
                Cause.TELEMETRY,
                16,
                8,
                -1,
                -1,
                -1,
                12 * SECOND,
                Anomaly.LASTS,
                14 * SECOND,
                1_000_000,
                0,
                0,
                12,
                0,
                0,
                0,
                0));
        assertThat(book.score(RUN, 100 * SECOND).precision()).hasValue(1);
        assertThat(book.score(RUN, 100 * SECOND).recall()).isEmpty();

        book.take(slowCard(1, 0, 16, 12, 20));
        assertThat(book.score(RUN, 100 * SECOND).precision()).hasValue(0.5);
    }

    @Test
    void onlySoManyAreKept() {
        LongStream.range(0, 10_050).forEach(n -> book.take(slowCard(n, 0, 1, n, n + 1)));
        assertThat(book.anomalies(RUN))
                .hasSize(10_000)
                .first()
                .satisfies(a -> assertThat(a.anomaly()).isEqualTo(50));
    }
}
