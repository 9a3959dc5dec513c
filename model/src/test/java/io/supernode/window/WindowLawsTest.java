package io.supernode.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.supernode.event.BusOp;
import io.supernode.event.ComputeOp;
import io.supernode.event.EventBatch;
import io.supernode.event.Fabric;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for windows whatever comes in which order. */
class WindowLawsTest {
    private static final long RUN = 7;
    private static final long SECOND = WindowPlan.SLICE_NANOS;
    private static final long LATENESS = 60 * SECOND;

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    private static InMemoryWindows windows(WindowSink out) {
        return new InMemoryWindows(RUN, 0, 0, LATENESS, WindowFixture.NODES_PER_RACK, out);
    }

    private static SliceFolder folder() {
        return new SliceFolder(WindowFixture.NODES_PER_RACK);
    }

    private static WindowFixture.LastRevisions inOneGo(EventBatch events) {
        WindowFixture.LastRevisions result = new WindowFixture.LastRevisions();
        InMemoryWindows windows = windows(result);
        for (int node = 0; node < WindowFixture.NODES; node++) {
            windows.fold(node, WindowFixture.ofNode(events, node));
        }
        windows.finish();
        return result;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void windowsSayWhatTheSlowReferenceSays(long seed) {
        EventBatch events = WindowFixture.events(seed, 600, 130);
        ReferenceWindows reference =
                new ReferenceWindows(RUN, events, WindowFixture.CARDS_PER_NODE, WindowFixture.NODES_PER_RACK);
        WindowFixture.LastRevisions result = inOneGo(events);

        assertThat(result.throughput.keySet()).isEqualTo(reference.windows().keySet());
        reference.windows().forEach((key, expected) -> {
            assertThat(ReferenceWindows.sums(result.throughput.get(key)))
                    .as("%s", key)
                    .isEqualTo(expected.sums);
            for (LatencyMetric metric : LatencyMetric.values()) {
                LatencyWindow window = result.latency.get(new WindowFixture.LastRevisions.LatencyKey(key, metric));
                List<Long> values = expected.latencies.getOrDefault(metric, List.of());
                if (values.isEmpty() || !WindowPlan.hasLatency(key.scope(), metric, key.lengthNanos())) {
                    assertThat(window).as("%s of %s", metric, key).isNull();
                } else {
                    assertSays(window, values);
                }
            }
        });
    }

    private static WindowKey secondOf(long startNanos) {
        return new WindowKey(RUN, 0, Scope.SUPERNODE, 0, startNanos, SECOND);
    }

    private static void assertSays(LatencyWindow window, List<Long> values) {
        assertThat(window.count()).isEqualTo(values.size());
        assertThat(window.sumNanos())
                .isEqualTo(values.stream().mapToLong(v -> v).sum());
        assertThat(window.minNanos()).isEqualTo(Collections.min(values));
        assertThat(window.maxNanos()).isEqualTo(Collections.max(values));
        LatencySketch sketch = new LatencySketch();
        values.forEach(sketch::add);
        assertThat(window.bucketIndices()).isEqualTo(sketch.bucketIndices());
        assertThat(window.bucketCounts()).isEqualTo(sketch.bucketCounts());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neitherOrderNorCutsNorEarlyHandOversChangeAWindow(long seed) {
        EventBatch events = WindowFixture.events(seed, 400, 100);
        Map<String, Map<String, Long>> expected = inOneGo(events).sums();
        Random random = new Random(seed);
        WindowFixture.LastRevisions result = new WindowFixture.LastRevisions();
        WindowMergerBench merger = new WindowMergerBench(result);
        // several folders, as several subtasks: each hands over at moments of its own
        SliceFolder[] folders = {folder(), folder(), folder()};
        EventBatch shuffled = WindowFixture.shuffled(events, random);
        int at = 0;
        while (at < shuffled.size()) {
            int to = Math.min(shuffled.size(), at + 1 + random.nextInt(20));
            EventBatch part = WindowFixture.part(shuffled, at, to);
            SliceFolder folder = folders[random.nextInt(folders.length)];
            for (int node = 0; node < WindowFixture.NODES; node++) {
                folder.fold(node, WindowFixture.ofNode(part, node), Long.MIN_VALUE);
            }
            if (random.nextInt(3) == 0) {
                folder.flush(random.nextInt(130), merger::keep);
            }
            at = to;
        }
        for (SliceFolder folder : folders) {
            folder.flushAll(merger::keep);
            assertThat(folder.openGroups()).isZero();
        }
        merger.mergeShuffled(random);
        assertThat(result.sums()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatComesLateCorrectsItsWindows(long seed) {
        EventBatch events = WindowFixture.events(seed, 400, 100);
        Map<String, Map<String, Long>> expected = inOneGo(events).sums();
        // time has come to 100 s at most, so no event is more than 60 s late when it is 40 s or younger
        EventBatch late = new EventBatch();
        EventBatch timely = new EventBatch();
        Random random = new Random(seed);
        for (int i = 0; i < events.size(); i++) {
            boolean isLate = events.endNanos(i) >= 41 * SECOND && random.nextInt(4) == 0;
            (isLate ? late : timely).addFrom(events, i, 0);
        }
        WindowFixture.LastRevisions result = new WindowFixture.LastRevisions();
        InMemoryWindows windows = windows(result);
        for (int node = 0; node < WindowFixture.NODES; node++) {
            assertThat(windows.fold(node, WindowFixture.ofNode(timely, node))).isZero();
        }
        windows.advance(101 * SECOND);
        int givenBefore = result.given;
        // an event is late when its window has been given: not where its window begins with it
        long expectedLate = LongStream.range(0, late.size())
                .filter(i -> result.throughput.containsKey(secondOf(WindowPlan.slice(late.endNanos((int) i)) * SECOND)))
                .count();
        for (int node = 0; node < WindowFixture.NODES; node++) {
            assertThat(windows.fold(node, WindowFixture.ofNode(late, node))).isZero();
        }
        assertThat(result.given).isEqualTo(givenBefore);
        windows.advance(102 * SECOND);
        windows.finish();

        assertThat(result.sums()).isEqualTo(expected);
        long lateEvents = result.throughput.values().stream()
                .filter(w -> w.scope() == Scope.SUPERNODE && w.lengthNanos() == SECOND)
                .mapToLong(ThroughputWindow::lateEvents)
                .sum();
        assertThat(lateEvents).isEqualTo(expectedLate).isPositive();
    }

    @Test
    void whatComesTooLateIsLeftOutAndCounted() {
        WindowFixture.LastRevisions result = new WindowFixture.LastRevisions();
        InMemoryWindows windows = windows(result);
        windows.advance(100 * SECOND);
        EventBatch events = new EventBatch();
        events.addStep(0, 1, 0, 40 * SECOND - 1, 0, 5, 5);
        events.addStep(0, 1, 0, 40 * SECOND, 0, 7, 7);
        assertThat(windows.fold(0, events)).isEqualTo(1);
        windows.finish();
        assertThat(result.throughput.get(secondOf(40 * SECOND)).stepTokens()).isEqualTo(7);
    }

    @Test
    void aWindowThatIsForgottenIsNotGivenAgain() {
        WindowFixture.LastRevisions result = new WindowFixture.LastRevisions();
        WindowMergerBench merger = new WindowMergerBench(result);
        SliceFolder folder = new SliceFolder();
        folder.fold(0, WindowFixture.ofNode(WindowFixture.events(1, 100, 5), 0), Long.MIN_VALUE);
        folder.flushAll(merger::keep);
        merger.mergeShuffled(new Random(1));
        EventBatch stale = new EventBatch();
        stale.addStep(0, 1, 0, SECOND, 0, 1, 1);
        stale.addStep(1, 1, 0, SECOND, 0, 1, 1);
        folder.fold(0, stale, Long.MIN_VALUE);
        int before = result.given;
        folder.flushAll((node, slice, partial) ->
                assertThat(merger.merge(node, slice, partial)).isEqualTo(2));
        merger.fireAll();
        assertThat(result.given).isEqualTo(before);
    }

    @Test
    void timeOfAnEventThatOutlastsTheSpreadIsNotLost() {
        EventBatch events = new EventBatch();
        // 200 s of waiting that end at 300.5 s: the slice 60 s before the end's takes what is older
        events.addBus(
                0,
                BusOp.BARRIER,
                Fabric.BUS,
                0,
                2,
                -1,
                100 * SECOND + SECOND / 2,
                200 * SECOND,
                200 * SECOND,
                0,
                0,
                0,
                0,
                0);
        WindowFixture.LastRevisions result = inOneGo(events);
        long total = result.throughput.values().stream()
                .filter(w -> w.scope() == Scope.CARD && w.lengthNanos() == SECOND)
                .mapToLong(ThroughputWindow::waitNanos)
                .sum();
        assertThat(total).isEqualTo(200 * SECOND);
        ThroughputWindow first = result.throughput.get(new WindowKey(RUN, 0, Scope.CARD, 0, 240 * SECOND, SECOND));
        // 241 - 100.5
        assertThat(first.waitNanos()).isEqualTo(140 * SECOND + SECOND / 2);
        assertThat(result.throughput
                        .get(new WindowKey(RUN, 0, Scope.CARD, 0, 300 * SECOND, SECOND))
                        .waitNanos())
                .isEqualTo(SECOND / 2);
    }

    @Test
    void anEventOnABoundaryBelongsToTheSecondThatBegins() {
        EventBatch events = new EventBatch();
        events.addCompute(0, ComputeOp.FORWARD, 0, SECOND, 9, 1, 1, 0, 0, 0);
        WindowFixture.LastRevisions result = inOneGo(events);
        ThroughputWindow spent = result.throughput.get(new WindowKey(RUN, 0, Scope.CARD, 0, 0, SECOND));
        ThroughputWindow ended = result.throughput.get(new WindowKey(RUN, 0, Scope.CARD, 0, SECOND, SECOND));
        assertThat(spent.computeNanos()).isEqualTo(SECOND);
        assertThat(spent.computeEvents()).isZero();
        assertThat(ended.computeNanos()).isZero();
        assertThat(ended.tokens()).isEqualTo(9);
    }

    @Test
    void aWatermarkAndItsBoundaryAreOneAndTheSame() {
        for (long origin : new long[] {0, 1, 999_999, 1_800_000_000_123_456_789L}) {
            for (long slice : new long[] {-3, 0, 1, 60, 1_000_000}) {
                long millis = WindowPlan.watermarkMillis(origin, slice);
                assertThat(WindowPlan.endSlice(origin, millis)).isEqualTo(slice);
                assertThat(WindowPlan.endSlice(origin, millis - 1)).isEqualTo(slice - 1);
            }
        }
    }
}
