package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against this machine's clock only that can be promised which a busy machine cannot break: nothing leaves early. */
class RealClockTest {
    @Test
    void nothingLeavesBeforeItsTimeAndTheReportAgreesWithTheWall() {
        long[] ends = new long[100];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = i * 10 * MILLI;
        }
        ReplayClock clock = ReplayClock.system();
        List<Long> early = new ArrayList<>();
        long before = clock.nanos();
        FrameSink sink = new FrameSink() {
            private long frames;

            @Override
            public void send(EventKind kind, FrameHeader header, byte[] frame) {
                long due = ++frames * 5 * MILLI; // at 2x
                long elapsed = clock.nanos() - before;
                if (elapsed < due) {
                    early.add(due - elapsed);
                }
            }

            @Override
            public void heartbeat(EventKind kind, FrameHeader header, byte[] frame) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        ReplayReport report = new ReplayEngine(
                        ReplayOptions.of(1)
                                .speed(new Speed(2, 1))
                                .flushNanos(5 * MILLI)
                                .build(),
                        new ListSource(Events.computeAt(8, ends), SECOND / 3),
                        sink,
                        clock)
                .run();
        long elapsed = clock.nanos() - before;
        assertThat(early).isEmpty();
        assertThat(report.sentEvents()).isEqualTo(800);
        assertThat(report.wallNanos()).isBetween(SECOND / 2, elapsed);
        assertThat(report.rateErrorPpm().orElseThrow()).isNegative();
        assertThat(report.lateness().orElseThrow().min()).isPositive();
    }
}
