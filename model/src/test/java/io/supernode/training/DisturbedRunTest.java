package io.supernode.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.disturbance.Arrivals;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.disturbance.TruthTold;
import io.supernode.event.EventBatch;
import io.supernode.event.EventDigest;
import io.supernode.event.EventKind;
import io.supernode.event.EventSource;
import io.supernode.event.FaultEvent;
import io.supernode.event.FaultKind;
import io.supernode.machine.Collective;
import io.supernode.workload.Layout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run in which something goes wrong from one moment to another, whichever way it is pulled. */
class DisturbedRunTest {
    private static final long SECOND = 1_000_000_000;
    /** TP4 PP2 DP1 with steps of about 20 ms. */
    private static final TrainingCost JOB = Jobs.small("cloudmatrix384", Collective.DIRECT, new Layout(4, 2, 1), 4);

    private static final Disturbance SLOW =
            new Disturbance(0, FaultKind.SLOW_CARD, 5, 1, -1, -1, 50_000_000, 130_000_000, 3);
    private static final Disturbance LANE =
            new Disturbance(1, FaultKind.LANE_DOWN, 2, 1, 3, -1, 90_000_000, Disturbance.LASTING, 7 / 6.0);
    private static final DisturbanceSchedule SCHEDULE =
            new DisturbanceSchedule(Disturbances.of(List.of(SLOW, LANE)), Arrivals.NONE);

    @Test
    void aStepIsTheSameBackwardsAloneAndAfterASeek() {
        List<String> steps = new ArrayList<>();
        TrainingRun played = run(SCHEDULE);
        for (int k = 0; k < 10; k++) {
            steps.add(step(played));
        }
        StepStarts shared = new StepStarts();
        for (int k = 9; k >= 0; k--) {
            TrainingRun backwards = new TrainingRun(JOB, 3, SCHEDULE, shared);
            backwards.seek(k);
            assertThat(step(backwards)).isEqualTo(steps.get(k));
            TrainingRun alone = run(SCHEDULE);
            alone.seek(k);
            assertThat(step(alone)).isEqualTo(steps.get(k));
        }
    }

    @Test
    void aMomentSoughtIsInTheStepThatGoesOnThen() {
        TrainingRun played = run(SCHEDULE);
        for (int k = 0; k < 10; k++) {
            long from = played.throughNanos();
            String expected = step(played);
            for (long moment : new long[] {from, (from + played.throughNanos()) / 2, played.throughNanos() - 1}) {
                TrainingRun sought = run(SCHEDULE);
                sought.seekNanos(moment);
                assertThat(step(sought)).isEqualTo(expected);
            }
        }
    }

    @Test
    void theTruthIsToldWhenADisturbanceBeginsAndWhenItEnds() {
        List<FaultEvent> told = faults(SCHEDULE);
        assertThat(told)
                .containsExactly(
                        new FaultEvent(5, 50_000_000, 0, 0, FaultKind.SLOW_CARD, true, 1, -1, -1, 3_000_000),
                        new FaultEvent(2, 90_000_000, 0, 1, FaultKind.LANE_DOWN, true, 1, 3, -1, 1_166_667),
                        new FaultEvent(
                                5, 130_000_000, 80_000_000, 0, FaultKind.SLOW_CARD, false, 1, -1, -1, 3_000_000));
    }

    @Test
    void theTruthIsToldOnceAtWhateverMomentOfAStepItIs() {
        // a disturbance from the very end of the first step to the very end of one of the next
        TrainingRun calm = run(DisturbanceSchedule.NONE);
        step(calm);
        long first = calm.throughNanos();
        Disturbance weak = new Disturbance(7, FaultKind.SLOW_CARD, 0, 1, -1, -1, first, 4 * first, 1);
        for (Disturbance d : List.of(weak, new Disturbance(7, weak.kind(), 0, 1, -1, -1, 0, first, 1))) {
            DisturbanceSchedule schedule = new DisturbanceSchedule(Disturbances.of(List.of(d)), Arrivals.NONE);
            assertThat(faults(schedule))
                    .extracting(FaultEvent::endNanos)
                    .containsExactly(d.fromNanos(), d.untilNanos());
        }
    }

    @Test
    void beforeItBeginsARunIsThatWithoutIt() {
        assertThat(digest(run(SCHEDULE), SLOW.fromNanos()))
                .isEqualTo(digest(run(DisturbanceSchedule.NONE), SLOW.fromNanos()));
        assertThat(digest(run(SCHEDULE), SECOND)).isNotEqualTo(digest(run(DisturbanceSchedule.NONE), SECOND));
    }

    @Test
    void startsOfStepsAreKeptUpToWhatAnotherScheduleChanges() {
        StepStarts shared = new StepStarts();
        TrainingRun calm = new TrainingRun(JOB, 3, DisturbanceSchedule.NONE, shared);
        calm.seekNanos(SECOND);
        TrainingRun disturbed = new TrainingRun(JOB, 3, SCHEDULE, shared);
        disturbed.seekNanos(SECOND);
        TrainingRun alone = run(SCHEDULE);
        alone.seekNanos(SECOND);
        assertThat(disturbed.throughNanos()).isEqualTo(alone.throughNanos()).isNotEqualTo(calm.throughNanos());
        assertThat(step(disturbed)).isEqualTo(step(alone));
    }

    private static TrainingRun run(DisturbanceSchedule schedule) {
        return new TrainingRun(JOB, 3, schedule, new StepStarts());
    }

    /** Digest of the step that comes; steps here are shorter than a slice. */
    private static String step(TrainingRun run) {
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        do {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                digest.add(batch, i);
            }
        } while (run.throughNanos() % SECOND == 0);
        return digest.count() + " " + digest.hex();
    }

    private static String digest(TrainingRun run, long untilNanos) {
        EventBatch batch = new EventBatch();
        EventDigest digest = new EventDigest();
        while (run.throughNanos() < untilNanos) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.endNanos(i) < untilNanos) {
                    digest.add(batch, i);
                }
            }
        }
        return digest.count() + " " + digest.hex();
    }

    private static List<FaultEvent> faults(DisturbanceSchedule schedule) {
        EventSource run = new TruthTold(run(schedule), schedule, 0);
        EventBatch batch = new EventBatch();
        List<FaultEvent> told = new ArrayList<>();
        while (run.throughNanos() < SECOND) {
            run.next(batch);
            for (int i = 0; i < batch.size(); i++) {
                if (batch.kind(i) == EventKind.FAULT) {
                    told.add(batch.faultEvent(i));
                }
            }
        }
        return told;
    }
}
