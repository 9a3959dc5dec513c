package io.supernode.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowStoreTest {
    private static final long SECOND = Telemetry.SECOND;

    private final WindowStore store = new WindowStore(() -> 0);

    @Test
    void figuresAreSumsOverWindowsOfOneSecondOfTheSupernode() {
        // 16 cards, 20 s, one compute event of 0.5 s and one transfer of 1 MB each second; two steps of 10 s per card
        Telemetry telemetry = new Telemetry();
        for (int card = 0; card < 16; card++) {
            for (int second = 0; second < 20; second++) {
                telemetry.compute(card, second, SECOND / 2, 100);
                telemetry.bus(card, second, LatencyMetric.ALL_REDUCE, SECOND / 10, 1_000_000);
            }
            telemetry.step(card, 9, 10 * SECOND, 1_000).step(card, 19, 10 * SECOND, 1_000);
        }
        telemetry.fire().into(store);

        RunFigures figures = store.figures(Telemetry.RUN).orElseThrow();
        assertThat(figures.totals().computeEvents()).isEqualTo(16 * 20);
        assertThat(figures.totals().busEvents()).isEqualTo(16 * 20);
        assertThat(figures.totals().stepEvents()).isEqualTo(16 * 2);
        assertThat(figures.windowedEvents()).isEqualTo(16 * 42);
        // 2,000 tokens in 20 s of a card's time
        assertThat(figures.tokensPerSecondPerCard()).hasValue(100);
        assertThat(figures.tokensPerSecond()).hasValue(1_600);
        assertThat(figures.spanSeconds()).isEqualTo(20);
        assertThat(figures.busBytesPerSecond()).hasValue(16e6);
        // 2,000 tokens x 10^9 operations on each card, in 20 s, at most 10^12 a second
        assertThat(figures.modelFlopsUtilization(1e12).orElseThrow()).isCloseTo(0.1, within(1e-12));
        assertThat(figures.modelFlopsUtilization(0)).isEmpty();
        assertThat(figures.latency().get(LatencyMetric.STEP).count()).isEqualTo(32);
        assertThat(figures.latency().get(LatencyMetric.ALL_REDUCE).max()).isEqualTo(SECOND / 10);
        assertThat(figures.latency()).doesNotContainKey(LatencyMetric.TIME_TO_FIRST_TOKEN);
        assertThat(List.of(
                        figures.cards(), figures.cardsWithCompute(), figures.cardsWithBus(), figures.cardsWithSteps()))
                .containsExactly(16, 16, 16, 16);
    }

    @Test
    void whatDoesNotApplyIsAbsent() {
        new Telemetry().request(3, 0, 100, 20, SECOND, SECOND / 20).fire().into(store);

        RunFigures figures = store.figures(Telemetry.RUN).orElseThrow();
        assertThat(figures.tokensPerSecondPerCard()).isEmpty();
        assertThat(figures.tokensPerSecond()).isEmpty();
        assertThat(figures.busBytesPerSecond()).isEmpty();
        assertThat(figures.flopsPerSecond()).isEmpty();
        assertThat(figures.totals().outputTokens()).isEqualTo(20);
        assertThat(store.figures(99)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
    void theOrderInWhichWindowsComeHasNoInfluence(long seed) {
        List<Consumer<WindowStore>> calls = corrected(seed).calls();
        calls.forEach(call -> call.accept(store));

        WindowStore other = new WindowStore(() -> 0);
        List<Consumer<WindowStore>> shuffled = new ArrayList<>(calls);
        shuffled.addAll(calls.subList(0, calls.size() / 2));
        Collections.shuffle(shuffled, new Random(seed));
        shuffled.forEach(call -> call.accept(other));

        assertSameFigures(other, store);
        assertThat(Scrape.of(other).lines()).isEqualTo(Scrape.of(store).lines());
    }

    @Test
    void correctionsEndWhereCompleteWindowsWouldHaveBegun() {
        corrected(3).into(store);
        WindowStore once = new WindowStore(() -> 0);
        late(Telemetry.of(3, 12, 15)).fire().into(once);

        assertSameFigures(store, once);
    }

    @Test
    void duplicatesAndOlderRevisionsAreCountedNowhere() {
        Telemetry telemetry = corrected(1);
        telemetry.into(store);
        String digest = store.figures(Telemetry.RUN).orElseThrow().digestWindows();
        long windows = store.figures(Telemetry.RUN).orElseThrow().windows();

        for (ThroughputWindow window : telemetry.throughput()) {
            assertThat(store.accept(window)).isEqualTo(Acceptance.REPEATED);
        }
        for (LatencyWindow window : telemetry.latency()) {
            assertThat(store.accept(window)).isEqualTo(Acceptance.REPEATED);
        }
        assertThat(store.figures(Telemetry.RUN).orElseThrow().digestWindows()).isEqualTo(digest);
        assertThat(store.figures(Telemetry.RUN).orElseThrow().windows()).isEqualTo(windows);
    }

    @Test
    void aRestartedJobThatBundlesCorrectionsDifferentlyLosesNothing() {
        // before the crash: 2 events, then 3, then 5 as revisions 0, 1, 2; after it the last two came as one, revision
        // 1
        store.accept(computeWindow(0, 2));
        store.accept(computeWindow(1, 3));
        store.accept(computeWindow(2, 5));
        assertThat(store.accept(computeWindow(1, 6))).isEqualTo(Acceptance.TAKEN);

        assertThat(store.figures(Telemetry.RUN).orElseThrow().windowedEvents()).isEqualTo(6);
    }

    @Test
    void windowsAreEvenWhenAllThatTellOfTheSameEventsAreThere() {
        Telemetry telemetry = Telemetry.of(5, 8, 12).fault(3, 4).fault(7, 9).sampleWithoutPlane(2, 3, 5);
        List<Consumer<WindowStore>> calls = telemetry.fire().calls();
        int windows = telemetry.throughput().size();
        for (int missing : new int[] {0, windows / 3, windows / 2, windows - 1}) {
            Consumer<WindowStore> last = calls.get(missing);
            WindowStore some = new WindowStore(() -> 0);
            calls.stream().filter(call -> call != last).forEach(call -> call.accept(some));
            assertThat(some.figures(Telemetry.RUN).orElseThrow().even()).isFalse();
            last.accept(some);
            assertThat(some.figures(Telemetry.RUN).orElseThrow().even()).isTrue();
        }
    }

    @Test
    void aJobThatKnowsNoRacksIsEvenWithoutThem() {
        WindowStore some = new WindowStore(() -> 0);
        Telemetry telemetry = Telemetry.of(5, 8, 12).fire();
        telemetry.throughput().stream().filter(w -> w.scope() != Scope.RACK).forEach(some::accept);
        telemetry.latency().stream().filter(w -> w.scope() != Scope.RACK).forEach(some::accept);
        assertThat(some.figures(Telemetry.RUN).orElseThrow().even()).isTrue();
    }

    @Test
    void theDigestSpeaksOfTheWorkAlone() {
        Telemetry.of(5, 8, 12).fire().into(store);
        String digest = store.figures(Telemetry.RUN).orElseThrow().digestWindows();
        assertThat(digest).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));

        WindowStore otherRun = new WindowStore(() -> 0);
        for (ThroughputWindow w : Telemetry.of(5, 8, 12).fire().throughput()) {
            otherRun.accept(new ThroughputWindow(
                    99,
                    w.supernode(),
                    w.scope(),
                    w.entity(),
                    5,
                    w.startNanos(),
                    w.lengthNanos(),
                    4,
                    w.computeEvents(),
                    w.busEvents(),
                    w.stepEvents(),
                    w.requestEvents(),
                    3,
                    w.computeNanos(),
                    w.transitNanos(),
                    w.waitNanos(),
                    w.tokens(),
                    w.megaflops(),
                    w.hbmBytes(),
                    w.sentBytes(),
                    w.receivedBytes(),
                    w.unknownSizeEvents(),
                    w.stepTokens(),
                    w.stepMegaflops(),
                    w.stepNanos(),
                    w.inputTokens(),
                    w.outputTokens(),
                    w.sampleEvents(),
                    w.faultEvents(),
                    w.energyMillijoules(),
                    w.linkErrors(),
                    w.linkDownNanos()));
        }
        for (LatencyWindow w : Telemetry.of(5, 8, 12).fire().latency()) {
            otherRun.accept(new LatencyWindow(
                    99,
                    w.supernode(),
                    w.scope(),
                    w.entity(),
                    w.metric(),
                    5,
                    w.startNanos(),
                    w.lengthNanos(),
                    4,
                    w.count(),
                    w.sumNanos(),
                    w.minNanos(),
                    w.maxNanos(),
                    w.bucketIndices(),
                    w.bucketCounts()));
        }
        assertThat(otherRun.figures(99).orElseThrow().digestWindows()).isEqualTo(digest);

        WindowStore otherWork = new WindowStore(() -> 0);
        Telemetry.of(5, 8, 12).compute(7, 11, 1, 1).fire().into(otherWork);
        assertThat(otherWork.figures(Telemetry.RUN).orElseThrow().digestWindows())
                .isNotEqualTo(digest);
    }

    @Test
    void memoryStaysBoundedWhileTotalsGoOn() {
        int seconds = 2_000;
        for (int second = 0; second < seconds; second++) {
            store.accept(secondOf(Scope.SUPERNODE, 0, second));
            store.accept(secondOf(Scope.CARD, 0, second));
        }
        assertThat(store.figures(Telemetry.RUN).orElseThrow().windowedEvents()).isEqualTo(seconds);
        // the horizon is 180 s, swept once a second
        assertThat(store.rememberedWindows()).isLessThanOrEqualTo(2 * 182);
        assertThat(store.live().orElseThrow().supernodes().get(0).history()).hasSize(300);
    }

    @Test
    void whatComesAfterItsPlaceWasGivenUpIsRefusedAndCounted() {
        store.accept(secondOf(Scope.SUPERNODE, 0, 0));
        store.accept(secondOf(Scope.SUPERNODE, 0, 200));

        assertThat(store.accept(secondOf(Scope.SUPERNODE, 0, 0))).isEqualTo(Acceptance.EXPIRED);
        assertThat(store.expiredWindows()).isEqualTo(1);
        assertThat(store.figures(Telemetry.RUN).orElseThrow().windowedEvents()).isEqualTo(2);
    }

    @Test
    void readingOnePartitionAheadOfAnotherLosesNothing() {
        for (int second = 0; second < 500; second++) {
            store.accept(0, secondOf(Scope.SUPERNODE, 0, second));
        }
        for (int second = 0; second < 500; second++) {
            assertThat(store.accept(1, secondOf(Scope.CARD, 3, second))).isEqualTo(Acceptance.TAKEN);
        }
        assertThat(store.expiredWindows()).isZero();
    }

    @Test
    void readingOneTopicAheadOfTheOtherLosesNothing() {
        Telemetry telemetry = Telemetry.of(2, 2, 500).fire();
        telemetry.throughput().forEach(window -> store.accept(0, window));
        telemetry.latency().forEach(window -> store.accept(0, window));
        assertThat(store.expiredWindows()).isZero();

        WindowStore together = new WindowStore(() -> 0);
        telemetry.into(together);
        assertSameFigures(store, together);
    }

    @Test
    void figuresAreEvenOnceWindowsOfEveryScopeAndLengthHaveCome() {
        Telemetry telemetry = Telemetry.of(4, 12, 70).fire();
        List<Consumer<WindowStore>> calls = new ArrayList<>();
        telemetry.throughput().forEach(window -> calls.add(into -> into.accept(window)));
        telemetry.latency().stream()
                .filter(w -> WindowPlan.hasLatency(w.scope(), w.metric(), w.lengthNanos()))
                .forEach(window -> calls.add(into -> into.accept(window)));
        for (int missing : new int[] {0, calls.size() / 3, calls.size() / 2, calls.size() - 1}) {
            WindowStore partial = new WindowStore(() -> 0);
            for (int i = 0; i < calls.size(); i++) {
                if (i != missing) {
                    calls.get(i).accept(partial);
                }
            }
            assertThat(partial.figures(Telemetry.RUN).orElseThrow().even())
                    .as("without window %d", missing)
                    .isFalse();
            calls.get(missing).accept(partial);
            assertThat(partial.figures(Telemetry.RUN).orElseThrow().even()).isTrue();
        }
    }

    @Test
    void cardsAreShownOfOneMoment() {
        Telemetry telemetry = Telemetry.of(6, 8, 21).fire();
        List<ThroughputWindow> inOrderOfEnds = telemetry.throughput().stream()
                .sorted(Comparator.comparingLong(ThroughputWindow::endNanos))
                .toList();
        for (ThroughputWindow window : inOrderOfEnds) {
            store.accept(window);
            Set<Long> moments = new HashSet<>();
            store.live()
                    .ifPresent(live -> live.supernodes()
                            .forEach(supernode -> supernode
                                    .cards()
                                    .forEach(card ->
                                            card.tenSeconds().ifPresent(shown -> moments.add(shown.endNanos())))));
            assertThat(moments).as("after %s", window.key()).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(store.live().orElseThrow().supernodes().get(0).cards())
                .allMatch(card -> card.tenSeconds().orElseThrow().endNanos() >= 20 * SECOND);
    }

    @Test
    void theRunThatBeganLastIsShownAndOldRunsGo() {
        for (int run = 0; run < 6; run++) {
            new Telemetry(run, run * 1000 * SECOND).compute(0, 0, 1, run).fire().into(store);
        }
        assertThat(store.runs()).containsExactly(5L, 4L, 3L, 2L);
        assertThat(store.live().orElseThrow().run()).isEqualTo(5);
        assertThat(store.figures(3).orElseThrow().totals().tokens()).isEqualTo(3);
        assertThat(store.figures(1)).isEmpty();

        // a window of a run that has gone does not bring it back, and a late one of an old run changes nothing shown
        new Telemetry(1, 1000 * SECOND).compute(0, 0, 1, 1).fire().into(store);
        new Telemetry(4, 4000 * SECOND).compute(0, 5, 1, 1).fire().into(store);
        assertThat(store.runs()).containsExactly(5L, 4L, 3L, 2L);
        assertThat(store.live().orElseThrow().run()).isEqualTo(5);
    }

    @Test
    void aWindowOfAnImpossiblePlaceIsRefused() {
        ThroughputWindow oneMillion = secondOf(Scope.CARD, 1 << 20, 0);
        assertThatThrownBy(() -> store.accept(oneMillion))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be 0 to 1048575: entity=1048576");
        ThroughputWindow negative = secondOf(Scope.CARD, -1, 0);
        assertThatThrownBy(() -> store.accept(negative)).hasMessage("must be 0 to 1048575: entity=-1");
        assertThat(store.live()).isEmpty();
    }

    @Test
    void distributionsOfTheRunEqualThoseOfAllValues() {
        LatencySketch exact = new LatencySketch();
        Telemetry telemetry = new Telemetry();
        Random random = new Random(11);
        for (int i = 0; i < 1000; i++) {
            long nanos = 1 + random.nextInt(1_000_000_000);
            exact.add(nanos);
            telemetry.bus(i % 16, i % 70, LatencyMetric.SEND, nanos, 1);
            if (i % 100 == 99) {
                telemetry.fire();
            }
        }
        telemetry.fire().into(store);

        assertThat(store.figures(Telemetry.RUN).orElseThrow().latency().get(LatencyMetric.SEND))
                .usingRecursiveComparison(Sketches.BY_CONTENT)
                .isEqualTo(exact);
    }

    /** 12 cards over 15 s, fired once, then again after late events. */
    private static Telemetry corrected(long seed) {
        return late(Telemetry.of(seed, 12, 15).fire()).fire();
    }

    private static Telemetry late(Telemetry telemetry) {
        return telemetry
                .compute(3, 2, 77, 5)
                .bus(11, 14, LatencyMetric.BARRIER, 1_000, 9)
                .step(2, 9, SECOND, 10);
    }

    private static ThroughputWindow computeWindow(int revision, long events) {
        return new ThroughputWindow(
                Telemetry.RUN,
                0,
                Scope.SUPERNODE,
                0,
                Telemetry.ORIGIN,
                0,
                SECOND,
                revision,
                events,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0);
    }

    private static ThroughputWindow secondOf(Scope scope, int entity, int second) {
        return new ThroughputWindow(
                Telemetry.RUN,
                0,
                scope,
                entity,
                Telemetry.ORIGIN,
                second * SECOND,
                SECOND,
                0,
                1,
                0,
                0,
                0,
                0,
                5,
                0,
                0,
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0);
    }

    private static void assertSameFigures(WindowStore one, WindowStore other) {
        assertThat(one.figures(Telemetry.RUN).orElseThrow())
                .usingRecursiveComparison(Sketches.BY_CONTENT)
                .isEqualTo(other.figures(Telemetry.RUN).orElseThrow());
    }
}
