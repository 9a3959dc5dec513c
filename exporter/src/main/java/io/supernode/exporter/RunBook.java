package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The books of one run. Not thread-safe. */
final class RunBook {
    private final long run;
    private final long originEpochNanos;
    private final long horizonNanos;
    /** Windows of throughput and of latency come in topics of their own, of which one may be read far ahead. */
    private final Map<Integer, Ledger> throughputLanes = new HashMap<>();

    private final Map<Integer, Ledger> latencyLanes = new HashMap<>();
    private final TreeMap<Integer, SupernodeBook> supernodes = new TreeMap<>();
    private final Evenness evenness = new Evenness();
    private long windows;
    private long newestEndNanos = Long.MIN_VALUE;
    private long digestHigh;
    private long digestLow;

    RunBook(long run, long originEpochNanos, long horizonNanos) {
        this.run = run;
        this.originEpochNanos = originEpochNanos;
        this.horizonNanos = horizonNanos;
    }

    Acceptance take(int lane, ThroughputWindow window) {
        long key = key(window.supernode(), window.scope(), window.entity(), 0);
        // the totals are sums of windows of 1 s: only these must be there to be taken away again
        boolean keep = window.lengthNanos() == WindowStore.SECOND;
        LedgerPage page = ledger(throughputLanes, lane).page(window.startNanos(), window.lengthNanos(), keep);
        if (page == null) {
            return Acceptance.EXPIRED;
        }
        int at = page.find(key);
        Object replaced = at < 0 ? null : page.window(at);
        WindowMark mark = WindowMark.of(window);
        long known = at < 0 ? 0 : page.fullness(at);
        if (!note(page, at, key, mark, window)) {
            return Acceptance.REPEATED;
        }
        evenness.add(0, window.scope(), window.lengthNanos(), mark.fullness() - known);
        SupernodeBook book = supernode(window.supernode());
        book.take(window, (ThroughputWindow) replaced);
        newestEndNanos = Math.max(newestEndNanos, book.newestEndNanos());
        return Acceptance.TAKEN;
    }

    Acceptance take(int lane, LatencyWindow window) {
        long key = key(
                window.supernode(),
                window.scope(),
                window.entity(),
                1 + window.metric().ordinal());
        LedgerPage page = ledger(latencyLanes, lane)
                .page(window.startNanos(), window.lengthNanos(), window.lengthNanos() == WindowStore.SECOND);
        if (page == null) {
            return Acceptance.EXPIRED;
        }
        int at = page.find(key);
        Object replaced = at < 0 ? null : page.window(at);
        // distributions of the run are those of whole supernodes
        LatencyWindow kept = window.scope() == Scope.SUPERNODE ? window : null;
        WindowMark mark = WindowMark.of(window);
        long known = at < 0 ? 0 : page.fullness(at);
        if (!note(page, at, key, mark, kept)) {
            return Acceptance.REPEATED;
        }
        evenness.add(1 + window.metric().ordinal(), window.scope(), window.lengthNanos(), mark.fullness() - known);
        supernode(window.supernode()).take(window, (LatencyWindow) replaced);
        return Acceptance.TAKEN;
    }

    long run() {
        return run;
    }

    long originEpochNanos() {
        return originEpochNanos;
    }

    /** Event time that the windows of 1 s have reached; {@link Long#MIN_VALUE} before the first. */
    long newestEndNanos() {
        return newestEndNanos;
    }

    /** Windows whose marks are in memory. */
    int marks() {
        return Stream.of(throughputLanes, latencyLanes)
                .flatMap(lanes -> lanes.values().stream())
                .mapToInt(Ledger::marks)
                .sum();
    }

    List<SupernodeView> views() {
        List<SupernodeView> views = new ArrayList<>();
        for (SupernodeBook book : supernodes.values()) {
            if (book.newestEndNanos() != Long.MIN_VALUE) {
                views.add(book.view());
            }
        }
        return views;
    }

    /** The last windows of 1 s of a card, in the order of time, as far as they are remembered. */
    List<ThroughputWindow> seconds(int supernode, int card) {
        List<ThroughputWindow> seconds = new ArrayList<>();
        long key = key(supernode, Scope.CARD, card, 0);
        throughputLanes
                .values()
                .forEach(ledger ->
                        ledger.eachKept(WindowStore.SECOND, key, window -> seconds.add((ThroughputWindow) window)));
        seconds.sort(Comparator.comparingLong(ThroughputWindow::startNanos));
        return seconds;
    }

    /** In the order of their indices. */
    List<SupernodeFigures> figuresBySupernode() {
        List<SupernodeFigures> all = new ArrayList<>();
        supernodes.forEach((index, book) -> {
            Map<LatencyMetric, LatencySketch> latency = new EnumMap<>(LatencyMetric.class);
            book.latency()
                    .forEach((metric, sketch) -> latency.computeIfAbsent(metric, m -> new LatencySketch())
                            .merge(sketch));
            all.add(new SupernodeFigures(index, book.totals(), latency));
        });
        return all;
    }

    RunFigures figures() {
        Totals totals = Totals.NONE;
        Map<LatencyMetric, LatencySketch> latency = new EnumMap<>(LatencyMetric.class);
        long first = Long.MAX_VALUE;
        int cards = 0;
        int compute = 0;
        int bus = 0;
        int steps = 0;
        for (SupernodeBook book : supernodes.values()) {
            totals = totals.plus(book.totals());
            first = Math.min(first, book.firstNanos());
            book.latency()
                    .forEach((metric, sketch) -> latency.computeIfAbsent(metric, m -> new LatencySketch())
                            .merge(sketch));
            for (EntityBook card : book.cards()) {
                cards++;
                compute += card.totals().computeEvents() > 0 ? 1 : 0;
                bus += card.totals().busEvents() > 0 ? 1 : 0;
                steps += card.totals().stepEvents() > 0 ? 1 : 0;
            }
        }
        boolean any = first != Long.MAX_VALUE;
        return new RunFigures(
                run,
                originEpochNanos,
                any ? first : 0,
                any ? newestEndNanos() : 0,
                totals,
                latency,
                cards,
                compute,
                bus,
                steps,
                windows,
                evenness.isEven(totals.faultEvents()),
                String.format("%016x%016x", digestHigh, digestLow));
    }

    /** Enters a result in its page and in the digest; false when a result at least as full is there. */
    private boolean note(LedgerPage page, int at, long key, WindowMark mark, Object window) {
        if (at < 0) {
            page.add(key, mark, window);
            windows++;
        } else if (page.isReplacedBy(at, mark)) {
            digestHigh -= page.hashHigh(at);
            digestLow -= page.hashLow(at);
            page.replace(at, mark, window);
        } else {
            return false;
        }
        digestHigh += mark.hash().high();
        digestLow += mark.hash().low();
        return true;
    }

    private Ledger ledger(Map<Integer, Ledger> lanes, int lane) {
        return lanes.computeIfAbsent(lane, l -> new Ledger(horizonNanos));
    }

    private SupernodeBook supernode(int supernode) {
        return supernodes.computeIfAbsent(supernode, SupernodeBook::new);
    }

    /** The store lets no supernode above 16 bits and no entity above 20 bits in; there are fewer than 8 scopes. */
    private static long key(int supernode, Scope scope, int entity, int metric) {
        return ((((long) supernode << 3 | scope.ordinal()) << 6 | metric) << 20) | entity;
    }
}
