package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrantedClockTest {
    private static final long MILLI = 1_000_000;

    private final VirtualClock machine = new VirtualClock();
    private final GrantedClock clock = new GrantedClock(machine);
    private final long start = clock.nanos();

    @Test
    void whatAThreadUsesIsTime() {
        for (int i = 0; i < 100; i++) {
            machine.pass(GrantedClock.LONGEST_NANOS);
            clock.nanos();
        }
        assertThat(clock.nanos() - start).isEqualTo(100 * GrantedClock.LONGEST_NANOS);
        assertThat(clock.takenNanos()).isZero();
    }

    @Test
    void aSleepIsTimeAndWhatItEndsLateIsNot() {
        machine.whenAsleep(elapsed -> machine.pass(9 * MILLI));
        clock.sleepUntil(start + 5 * MILLI);
        assertThat(clock.nanos() - start).isEqualTo(5 * MILLI + GrantedClock.LONGEST_NANOS);
        assertThat(clock.takenNanos()).isEqualTo(9 * MILLI - GrantedClock.LONGEST_NANOS);

        // and the next sleep ends as long after it as was asked
        machine.whenAsleep(elapsed -> {});
        clock.sleepUntil(start + 10 * MILLI);
        assertThat(clock.nanos() - start).isEqualTo(10 * MILLI);
    }

    @Test
    void aSleepThatIsOverBeforeItBeginsSaysNothingOfTheMachine() {
        machine.whenAsleep(elapsed -> machine.pass(150_000));
        clock.sleepUntil(start - 5 * MILLI);
        assertThat(clock.nanos() - start).isEqualTo(150_000);
    }

    @Test
    void toBeKeptFromRunningIsNoTime() {
        machine.pass(30 * MILLI);
        assertThat(clock.nanos() - start).isEqualTo(GrantedClock.LONGEST_NANOS);
        assertThat(clock.takenNanos()).isEqualTo(30 * MILLI - GrantedClock.LONGEST_NANOS);
    }
}
