package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.EventKind;
import io.supernode.schemas.FrameHeader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How events are cut into frames, and what goes between them. */
class FramingTest {
    private static final int KINDS = EventKind.values().length;
    private static final int CARDS = 40;

    private final VirtualClock clock = new VirtualClock();
    private final RecordingSink sink = new RecordingSink(clock);

    @ParameterizedTest
    @CsvSource({"1, 0, 1x", "2, 0, max", "3, 1, 1x", "4, 1, max", "5, 7, 0.1x", "6, 0, 30x", "7, 3, 7/3x"})
    void everyEventOnceInOrderInFramesWithinTheirBounds(long seed, int eventsPerFrame, String speed) {
        EventBatch events = Events.random(seed, 5_000, CARDS, 3 * SECOND);
        ReplayOptions options = ReplayOptions.of(seed)
                .speed(Speed.parse(speed))
                .eventsPerFrame(eventsPerFrame)
                .build();
        ReplayReport report = play(options, events);

        Map<String, Long> sequences = new HashMap<>();
        Map<String, Long> ends = new HashMap<>();
        EventBatch received = new EventBatch();
        for (RecordingSink.Sent frame : sink.frames()) {
            FrameHeader header = frame.header();
            EventBatch in = frame.events();
            String stream = header.node() + " " + frame.kind();
            assertThat(header.sequence()).isEqualTo(sequences.merge(stream, 1L, Long::sum) - 1);
            assertThat(header.run()).isEqualTo(seed);
            assertThat(header.originEpochNanos()).isEqualTo(VirtualClock.EPOCH);
            assertThat(frame.frame().length).isLessThanOrEqualTo(64 * 1024);
            assertThat(in.size()).isPositive();
            if (eventsPerFrame > 0) {
                assertThat(in.size()).isLessThanOrEqualTo(eventsPerFrame);
            }
            for (int i = 0; i < in.size(); i++) {
                assertThat(in.card(i) / 8).isEqualTo(header.node());
                assertThat(in.kind(i)).isEqualTo(frame.kind());
                assertThat(in.endNanos(i)).isGreaterThanOrEqualTo(ends.getOrDefault(stream, 0L));
                assertThat(in.endNanos(i)).isGreaterThanOrEqualTo(header.throughNanos());
                assertThat(in.endNanos(i) / options.tickNanos()).isEqualTo(in.endNanos(0) / options.tickNanos());
                ends.put(stream, in.endNanos(i));
                received.addFrom(in, i, 0);
            }
        }
        assertThat(received.size()).isEqualTo(events.size());
        assertThat(Events.digest(received)).isEqualTo(Events.digest(events));
        assertThat(report.digest()).isEqualTo(Events.digest(events));
        assertThat(report.sentEvents()).isEqualTo(events.size());
        assertThat(report.frames()).isEqualTo(sink.frames().size());
        assertThat(report.bytes())
                .isEqualTo(
                        sink.frames().stream().mapToLong(f -> f.frame().length).sum());
        assertThat(report.end()).isEqualTo(ReplayReport.End.SOURCE);
        for (EventKind kind : EventKind.values()) {
            assertThat(report.sent().get(kind)).isEqualTo(count(events, kind));
        }
    }

    @Test
    void everyPromiseAboutTimeIsKept() {
        play(ReplayOptions.of(1).build(), Events.random(11, 5_000, CARDS, 3 * SECOND));
        long promised = Long.MIN_VALUE; // the highest of what any frame said is through
        for (RecordingSink.Sent sent : sink.all) {
            EventBatch in = sent.events();
            for (int i = 0; i < in.size(); i++) {
                assertThat(in.endNanos(i)).isGreaterThanOrEqualTo(promised);
            }
            assertThat(sent.header().throughNanos()).isGreaterThanOrEqualTo(promised);
            promised = sent.header().throughNanos();
        }
    }

    @Test
    void withOneEventPerFrameThereAreAsManyFramesAsEvents() {
        EventBatch events = Events.random(12, 2_000, CARDS, SECOND);
        ReplayReport report =
                play(ReplayOptions.of(1).eventsPerFrame(1).speed(Speed.MAX).build(), events);
        assertThat(report.frames()).isEqualTo(2_000);
        assertThat(report.digest()).isEqualTo(Events.digest(events));
    }

    @Test
    void withinATickNodesAndThenKindsComeInOrder() {
        play(ReplayOptions.of(1).build(), Events.random(13, 5_000, CARDS, 50 * MILLI));
        long tick = -1;
        int group = -1;
        for (RecordingSink.Sent frame : sink.frames()) {
            long itsTick = frame.events().endNanos(0) / (10 * MILLI);
            int itsGroup = frame.header().node() * 4 + frame.kind().ordinal();
            if (itsTick == tick) {
                assertThat(itsGroup).isGreaterThanOrEqualTo(group);
            } else {
                assertThat(itsTick).isGreaterThan(tick);
            }
            tick = itsTick;
            group = itsGroup;
        }
    }

    @Test
    void aFloodInOneTickIsCutAtTheSizeEvenOfTheLargestEvents() {
        EventBatch events = new EventBatch();
        for (int i = 0; i < 20_000; i++) {
            events.addCompute(
                    0,
                    ComputeOp.DECODE,
                    i % 2,
                    0,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE,
                    Integer.MAX_VALUE);
        }
        ReplayReport report = play(ReplayOptions.of(1).build(), events);
        assertThat(report.sentEvents()).isEqualTo(20_000);
        assertThat(sink.frames())
                .hasSizeGreaterThan(10)
                .allSatisfy(f -> assertThat(f.frame().length).isLessThanOrEqualTo(64 * 1024));
        assertThat(sink.frames().subList(0, 5))
                .allSatisfy(f -> assertThat(f.frame().length).isGreaterThan(63 * 1024));
    }

    @Test
    void heartbeatsGoToEveryKindEveryHundredMillisecondsOfWallTime() {
        play(ReplayOptions.of(1).speed(Speed.parse("2x")).build(), Events.computeAt(1, 5 * MILLI, 3_000 * MILLI));
        List<RecordingSink.Sent> heartbeats = sink.heartbeats();
        // 3 s of event time at 2x are 1.5 s: 15 heartbeats, and one at the end
        assertThat(heartbeats).hasSize(16 * KINDS);
        for (int i = 0; i < 15 * KINDS; i++) {
            RecordingSink.Sent heartbeat = heartbeats.get(i);
            assertThat(heartbeat.kind()).isEqualTo(EventKind.values()[i % KINDS]);
            assertThat(heartbeat.elapsedNanos()).isEqualTo((i / KINDS + 1) * 100 * MILLI);
            assertThat(heartbeat.header().throughNanos()).isEqualTo((i / KINDS + 1) * 200 * MILLI);
            assertThat(heartbeat.header().sequence()).isZero();
            assertThat(heartbeat.events().size()).isZero();
        }
    }

    @Test
    void atMaxTimeIsToldAtLeastEverySecondOfEvents() {
        long[] ends = new long[400];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = i * 50 * MILLI;
        }
        play(ReplayOptions.of(1).speed(Speed.MAX).build(), Events.computeAt(1, ends));
        for (EventKind kind : EventKind.values()) {
            long previous = 0;
            for (RecordingSink.Sent heartbeat : sink.heartbeats()) {
                if (heartbeat.kind() == kind && heartbeat.header().throughNanos() < 20 * SECOND) {
                    assertThat(heartbeat.header().throughNanos() - previous).isBetween(1L, SECOND);
                    previous = heartbeat.header().throughNanos();
                }
            }
            assertThat(previous).isEqualTo(19 * SECOND);
        }
    }

    @ParameterizedTest
    // the last window of a minute that an event touches, and a second beyond it
    @CsvSource({"0, 61", "59999, 61", "60000, 121", "150000, 181"})
    void theFinalHeartbeatsLetTheLastWindowClose(long lastMillis, long throughSeconds) {
        ReplayReport report =
                play(ReplayOptions.of(1).speed(Speed.MAX).build(), Events.computeAt(1, lastMillis * MILLI));
        List<RecordingSink.Sent> last = sink.all.subList(sink.all.size() - KINDS, sink.all.size());
        assertThat(last).extracting(RecordingSink.Sent::kind).containsExactly(EventKind.values());
        assertThat(last).allSatisfy(h -> {
            assertThat(h.isHeartbeat()).isTrue();
            assertThat(h.header().throughNanos()).isEqualTo(throughSeconds * SECOND);
        });
        assertThat(report.throughNanos()).isEqualTo(throughSeconds * SECOND);
        assertThat(sink.flushedAt).isEqualTo(sink.all.size());
        assertThat(sink.closed).isFalse();
    }

    @Test
    void cardsAndKindsNotAskedForAreCountedAsFiltered() {
        EventBatch events = Events.random(14, 3_000, CARDS, SECOND);
        EventBatch asked = new EventBatch();
        for (int i = 0; i < events.size(); i++) {
            boolean kind = events.kind(i) == EventKind.BUS || events.kind(i) == EventKind.STEP;
            if (kind && (events.card(i) <= 15 || events.card(i) == 32)) {
                asked.addFrom(events, i, 0);
            }
        }
        ReplayReport report = play(
                ReplayOptions.of(1)
                        .speed(Speed.MAX)
                        .cards(CardSet.parse("0-15,32"))
                        .kinds(Set.of(EventKind.BUS, EventKind.STEP))
                        .build(),
                events);
        assertThat(report.sentEvents()).isEqualTo(asked.size()).isPositive();
        assertThat(report.filtered()).isEqualTo(events.size() - asked.size());
        assertThat(report.digest()).isEqualTo(Events.digest(asked));
    }

    @ParameterizedTest
    @CsvSource({"1x", "10x", "max"})
    void theDurationCutsAtTheSameEventsAtEverySpeed(String speed) {
        EventBatch events = Events.random(15, 3_000, CARDS, 2 * SECOND);
        long duration = 1_234_567_891L;
        EventBatch within = new EventBatch();
        for (int i = 0; i < events.size(); i++) {
            if (events.endNanos(i) < duration) {
                within.addFrom(events, i, 0);
            }
        }
        ReplayReport report = play(
                ReplayOptions.of(1)
                        .speed(Speed.parse(speed))
                        .durationNanos(duration)
                        .build(),
                events);
        assertThat(report.end()).isEqualTo(ReplayReport.End.DURATION);
        assertThat(report.digest()).isEqualTo(Events.digest(within));
        assertThat(report.eventNanos()).isEqualTo(duration);
        assertThat(clock.elapsed()).isEqualTo(Speed.parse(speed).wallNanos(duration));
    }

    @Test
    void anEmptySourceStillEndsWithHeartbeats() {
        ReplayReport report = play(ReplayOptions.of(1).build(), new EventBatch());
        assertThat(report.sentEvents()).isZero();
        assertThat(report.rateErrorPpm()).isEmpty();
        assertThat(report.lateness().orElseThrow().isEmpty()).isTrue();
        assertThat(sink.all).hasSize(KINDS);
    }

    private static long count(EventBatch events, EventKind kind) {
        long count = 0;
        for (int i = 0; i < events.size(); i++) {
            count += events.kind(i) == kind ? 1 : 0;
        }
        return count;
    }

    private ReplayReport play(ReplayOptions options, EventBatch events) {
        return new ReplayEngine(options, new ListSource(events, 3_333_333), sink, clock).run();
    }
}
