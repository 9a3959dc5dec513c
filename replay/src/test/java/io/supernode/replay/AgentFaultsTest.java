package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.disturbance.Arrivals;
import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.event.FaultKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents of nodes that lose, repeat, delay and misdate frames: four cards, two to a node, an event of each every 10 ms. */
@Timeout(20)
class AgentFaultsTest {
    private static final int MOMENTS = 1_000;
    private static final long EVENTS = 4 * MOMENTS;

    private final VirtualClock clock = new VirtualClock();
    private final RecordingSink sink = new RecordingSink(clock);

    private static Disturbance onNodeOne(FaultKind kind, long from, long until, double magnitude) {
        return new Disturbance(5, kind, 2, 2, -1, -1, from, until, magnitude);
    }

    private ReplayReport play(Playback playback, Disturbance... disturbances) {
        long[] ends = new long[MOMENTS];
        for (int i = 0; i < MOMENTS; i++) {
            ends[i] = i * 10 * MILLI;
        }
        EventBatch events = Events.computeAt(4, ends);
        for (Disturbance d : disturbances) {
            events.addFault(d.card(), d.fromNanos(), 0, d.id(), d.kind(), true, d.cards(), -1, -1, d.magnitudePpm());
        }
        ReplaySource source = new ReplaySource() {
            @Override
            public Pass pass(long fromNanos) {
                return new OpenedPass(new ListSource(events, 333 * MILLI));
            }

            @Override
            public DisturbanceSchedule disturbances() {
                return new DisturbanceSchedule(Disturbances.of(List.of(disturbances)), Arrivals.NONE);
            }
        };
        ReplayOptions options =
                ReplayOptions.of(1).playback(playback).cardsPerNode(2).build();
        return new ReplayEngine(options, source, sink, clock).run();
    }

    /** Frames of compute events of a node. */
    private List<RecordingSink.Sent> of(int node) {
        return sink.frames().stream()
                .filter(f -> f.kind() == EventKind.COMPUTE && f.header().node() == node)
                .toList();
    }

    @Test
    void lostFramesLeaveGapsAndAreNotSent() {
        ReplayReport report = play(Playback.WHOLE, onNodeOne(FaultKind.TELEMETRY_LOSS, 2 * SECOND, 8 * SECOND, 0.25));
        List<RecordingSink.Sent> arrived = of(1);
        long lostFrames = MOMENTS - arrived.size();
        // of 600 frames a quarter: 150, deviating by 10.6
        assertThat(lostFrames).isBetween(100L, 200L);
        assertThat(report.lostEvents()).isEqualTo(2 * lostFrames);
        assertThat(report.sentEvents()).isEqualTo(EVENTS + 1 - report.lostEvents());
        assertThat(of(0)).hasSize(MOMENTS);
        for (RecordingSink.Sent frame : arrived) {
            assertThat(frame.header().sequence() * 10 * MILLI)
                    .isEqualTo(frame.header().baseNanos());
        }
        assertThat(arrived.stream().filter(f -> f.header().baseNanos() < 2 * SECOND - 10 * MILLI))
                .hasSize(199);
        assertThat(sink.frames().stream().filter(f -> f.kind() == EventKind.FAULT))
                .as("the truth")
                .hasSize(1);
    }

    @Test
    void theSameFramesAreLostWheneverItIsPlayed() {
        Disturbance loss = onNodeOne(FaultKind.TELEMETRY_LOSS, 0, Disturbance.LASTING, 0.5);
        play(Playback.WHOLE, loss);
        List<Long> once = of(1).stream().map(f -> f.header().sequence()).toList();
        sink.all.clear();
        play(Playback.WHOLE, loss);
        assertThat(of(1).stream().map(f -> f.header().sequence()).toList()).isEqualTo(once);
    }

    @Test
    void aFrameThatIsSentTwiceIsTheSame() {
        ReplayReport report =
                play(Playback.WHOLE, onNodeOne(FaultKind.TELEMETRY_DUPLICATION, 0, Disturbance.LASTING, 0.1));
        List<RecordingSink.Sent> arrived = of(1);
        long twice = arrived.size() - MOMENTS;
        assertThat(twice).isBetween(60L, 140L);
        assertThat(report.repeatedEvents()).isEqualTo(2 * twice);
        assertThat(report.sentEvents()).isEqualTo(EVENTS + 1 + 2 * twice);
        long seen = 0;
        for (int i = 1; i < arrived.size(); i++) {
            if (arrived.get(i).header().equals(arrived.get(i - 1).header())) {
                seen++;
                assertThat(arrived.get(i).frame()).isEqualTo(arrived.get(i - 1).frame());
            }
        }
        assertThat(seen).isEqualTo(twice);
    }

    @Test
    void aLateAgentSendsInOrderThatMuchLaterAndAllInTheEnd() {
        ReplayReport report =
                play(Playback.WHOLE, onNodeOne(FaultKind.TELEMETRY_LATENESS, 3 * SECOND, Disturbance.LASTING, 2));
        assertThat(report.sentEvents()).isEqualTo(EVENTS + 1);
        assertThat(report.delayedEvents()).isBetween(2 * 699L, 2 * 701L);
        List<RecordingSink.Sent> late = of(1);
        assertThat(late).hasSize(MOMENTS);
        for (int i = 0; i < MOMENTS; i++) {
            assertThat(late.get(i).header().sequence()).isEqualTo(i);
            long end = i * 10 * MILLI;
            if (end >= 3 * SECOND && end < 7 * SECOND) {
                assertThat(late.get(i).elapsedNanos()).isEqualTo(end + 10 * MILLI + 2 * SECOND);
            } else if (end < 3 * SECOND - 10 * MILLI) {
                assertThat(late.get(i).elapsedNanos()).isEqualTo(end + 10 * MILLI);
            }
        }
        assertThat(of(0).get(MOMENTS - 1).elapsedNanos()).isEqualTo(MOMENTS * 10 * MILLI);
        assertThat(report.lateness().orElseThrow().max()).as("of those on time").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {250, -250})
    void aWrongClockMisdatesItsNodeAndNobodyElse(long aheadMillis) {
        play(Playback.WHOLE, onNodeOne(FaultKind.CLOCK_SKEW, 4 * SECOND, 6 * SECOND, aheadMillis / 1e3));
        for (RecordingSink.Sent frame : of(1)) {
            long end = frame.header().sequence() * 10 * MILLI;
            boolean skewed = end + 10 * MILLI >= 4 * SECOND && end + 10 * MILLI < 6 * SECOND;
            assertThat(frame.header().baseNanos()).isEqualTo(end + (skewed ? aheadMillis * MILLI : 0));
            assertThat(frame.header().throughNanos()).isEqualTo(end + (skewed ? aheadMillis * MILLI : 0));
        }
        for (RecordingSink.Sent frame : of(0)) {
            assertThat(frame.header().baseNanos()).isEqualTo(frame.header().sequence() * 10 * MILLI);
        }
    }

    @Test
    void disturbancesHaveTheirTimeInTheRecording() {
        // the section from 5 s on: what was disturbed in its first second is disturbed in the replay's first
        play(Playback.WHOLE.from(5 * SECOND), onNodeOne(FaultKind.TELEMETRY_LOSS, 5 * SECOND, 6 * SECOND, 1));
        List<Long> ends = new ArrayList<>();
        of(1).forEach(f -> ends.add(f.header().baseNanos()));
        assertThat(ends).hasSizeBetween(399, 401).allMatch(end -> end >= SECOND - 10 * MILLI);
    }
}
