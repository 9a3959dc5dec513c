package io.supernode.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventKind;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayOptionsTest {
    @Test
    void defaults() {
        assertThat(ReplayOptions.of(7).build())
                .isEqualTo(new ReplayOptions(
                        7,
                        0,
                        8,
                        OptionalLong.empty(),
                        Speed.REAL_TIME,
                        0,
                        10_000_000,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        CardSet.ALL,
                        Set.of(EventKind.values()),
                        Playback.WHOLE,
                        0));
    }

    @Test
    void everyOptionIsKept() {
        assertThat(ReplayOptions.of(7)
                        .supernode(1)
                        .cardsPerNode(2)
                        .originEpochNanos(3)
                        .speed(Speed.MAX)
                        .eventsPerFrame(4)
                        .flushNanos(5)
                        .durationNanos(6)
                        .wallLimitNanos(7)
                        .cards(CardSet.parse("8"))
                        .kinds(Set.of(EventKind.BUS))
                        .playback(Playback.WHOLE.looping())
                        .resumesAtNanos(8)
                        .build())
                .isEqualTo(new ReplayOptions(
                        7,
                        1,
                        2,
                        OptionalLong.of(3),
                        Speed.MAX,
                        4,
                        5,
                        6,
                        7,
                        CardSet.parse("8"),
                        Set.of(EventKind.BUS),
                        Playback.WHOLE.looping(),
                        8));
    }

    @ParameterizedTest
    // a tick is 10 ms of wall time in event time, at most 250 ms; a heartbeat every 100 ms of wall time
    @CsvSource({
        "1x, 10000000, 100000000",
        "0.1x, 1000000, 10000000",
        "7/3x, 23333333, 233333330",
        "25x, 250000000, 2500000000",
        "100x, 250000000, 10000000000",
        "0.000000001x, 1, 1",
        "max, 250000000, 1000000000"
    })
    void ticksFollowTheSpeed(String speed, long tickNanos, long heartbeatNanos) {
        ReplayOptions options = ReplayOptions.of(1).speed(Speed.parse(speed)).build();
        assertThat(options.tickNanos()).isEqualTo(tickNanos);
        assertThat(options.heartbeatNanos()).isEqualTo(heartbeatNanos);
    }

    @Test
    void badValuesAreNamed() {
        assertThatThrownBy(() -> ReplayOptions.of(1).cardsPerNode(0).build())
                .hasMessage("must be >= 1: cardsPerNode=0");
        assertThatThrownBy(() -> ReplayOptions.of(1).eventsPerFrame(-1).build())
                .hasMessage("must be >= 0: eventsPerFrame=-1");
        assertThatThrownBy(() -> ReplayOptions.of(1).durationNanos(0).build())
                .hasMessage("must be >= 1: durationNanos=0");
        assertThatThrownBy(() -> Playback.WHOLE.from(-1)).hasMessage("must be >= 0: fromNanos=-1");
        assertThatThrownBy(() -> Playback.WHOLE.from(5).until(5)).hasMessage("must be > fromNanos=5: untilNanos=5");
        assertThatThrownBy(() -> Playback.WHOLE.with(EventTime.KEEP).looping()).hasMessageEndingWith("eventTime=KEEP");
    }
}
