package io.supernode.replay;

import static io.supernode.replay.Events.MILLI;
import static io.supernode.replay.Events.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.supernode.event.EventBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run whose sender was killed goes on: what was sent and what is sent then are the run, each frame once. */
class ResumeTest {
    private static final int CARDS = 40;
    private static final long SPAN = 8 * SECOND;

    @ParameterizedTest
    @CsvSource({"1, 1x, 0", "2, 1x, 1", "3, 0.5x, 0", "4, 30x, 7", "5, max, 0"})
    void theFramesOfBothAreTheRun(long seed, String speed, int eventsPerFrame) {
        EventBatch events = Events.random(seed, 4_000, CARDS, SPAN);
        ReplayOptions.Builder options =
                ReplayOptions.of(seed).speed(Speed.parse(speed)).eventsPerFrame(eventsPerFrame);
        List<RecordingSink.Sent> whole = played(options, events, null).all;
        List<String> expected = frames(whole);
        for (double share : new double[] {0.01, 0.3, 0.5, 0.77, 0.999, 1}) {
            List<RecordingSink.Sent> sent = whole.subList(0, (int) (whole.size() * share));
            RunPosition position = position(seed, sent);
            RecordingSink rest = played(options, events, position);

            List<String> both = new ArrayList<>(frames(sent));
            both.addAll(frames(rest.all));
            assertThat(both).as("killed at %s", share).isEqualTo(expected);
            if (!Speed.parse(speed).isMax() && !rest.frames().isEmpty()) {
                // it goes on at once, and takes the time of what was left
                long left = Speed.parse(speed).wallNanos(SPAN - position.throughNanos());
                long tick = Speed.parse(speed).wallNanos(options.build().tickNanos());
                assertThat(rest.frames().get(0).elapsedNanos()).isLessThanOrEqualTo(500 * MILLI);
                assertThat(rest.frames().get(rest.frames().size() - 1).elapsedNanos())
                        .isLessThanOrEqualTo(left + 2 * tick + MILLI);
            }
        }
    }

    @Test
    void anotherRunIsNotTakenForThisOne() {
        ReplayOptions.Builder options = ReplayOptions.of(1);
        List<RecordingSink.Sent> whole = played(options, Events.random(1, 4_000, CARDS, SPAN), null).all;
        RunPosition position = position(1, whole.subList(0, whole.size() / 2));

        assertThatThrownBy(() -> played(options, Events.random(2, 4_000, CARDS, SPAN), position))
                .isInstanceOf(SendFailedException.class)
                .hasMessageContaining("holds other events than the one that was sent");
    }

    private static RecordingSink played(ReplayOptions.Builder options, EventBatch events, RunPosition position) {
        VirtualClock clock = new VirtualClock();
        RecordingSink sink = new RecordingSink(clock);
        FrameSink to = position == null ? sink : new ResumedSink(sink, position);
        ReplayOptions asked = position == null
                ? options.build()
                : options.ofRun(position.run())
                        .originEpochNanos(position.originEpochNanos())
                        .resumesAtNanos(Math.max(0, position.throughNanos()))
                        .build();
        new ReplayEngine(asked, new ListSource(events, 3_333_333), to, clock).run();
        return sink;
    }

    /** As a broker would tell it. */
    private static RunPosition position(long run, List<RecordingSink.Sent> sent) {
        Map<RunPosition.Sender, RunPosition.Last> last = new HashMap<>();
        long through = 0;
        for (RecordingSink.Sent each : sent) {
            through = Math.max(through, each.header().throughNanos());
            if (!each.isHeartbeat()) {
                last.put(
                        new RunPosition.Sender(each.kind(), each.header().node()),
                        new RunPosition.Last(each.header().sequence(), ResumedSink.digest(each.events())));
            }
        }
        return new RunPosition(run, VirtualClock.EPOCH, through, last);
    }

    private static List<String> frames(List<RecordingSink.Sent> sent) {
        return sent.stream()
                .filter(each -> !each.isHeartbeat())
                .map(each -> each.kind() + " " + each.header().node() + " "
                        + each.header().sequence() + " " + ResumedSink.digest(each.events()))
                .toList();
    }
}
