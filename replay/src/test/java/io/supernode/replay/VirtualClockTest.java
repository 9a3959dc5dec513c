package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VirtualClockTest {
    @Test
    void sleepMovesBothClocksAndNeverBack() {
        VirtualClock clock = new VirtualClock();
        clock.sleepUntil(VirtualClock.START + 5);
        clock.sleepUntil(VirtualClock.START + 3);
        clock.pass(2);
        assertThat(clock.nanos()).isEqualTo(VirtualClock.START + 7);
        assertThat(clock.elapsed()).isEqualTo(7);
        assertThat(clock.epochNanos()).isEqualTo(VirtualClock.EPOCH + 7);
    }
}
