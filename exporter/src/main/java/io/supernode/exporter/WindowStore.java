package io.supernode.exporter;

import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The windows that came out of the job, as upserts: fuller results replace earlier ones, duplicates change nothing, and
 * the order in which windows come has no influence on any figure. Thread-safe.
 *
 * <p>Memory is bounded. The totals, distributions and digest of a run take the same space however long it runs; the
 * windows behind them are remembered for {@link #HORIZON_NANOS} of event time (about 0.4 million windows, 60 MB, for a
 * supernode of 384 cards), longer than the job takes corrections. The {@value #RUNS_KEPT} newest runs are kept.
 *
 * <p>A window belongs to a lane: a stream in which event time moves on together and in which all results of one window
 * come. Partitions are lanes, so that reading one of them ahead of another loses nothing.
 */
public final class WindowStore {
    static final long SECOND = 1_000_000_000L;
    static final long TEN_SECONDS = 10 * SECOND;

    /**
     * Event time for which windows are remembered after their end. The job corrects windows up to 60 s after their
     * end; the rest is for what a job repeats after it restarted from a checkpoint.
     */
    public static final long HORIZON_NANOS = 180 * SECOND;

    /** Runs whose figures are kept. */
    public static final int RUNS_KEPT = 4;

    /** Wall time without a window after which live values are no longer shown; three windows of 10 s. */
    static final long SILENCE_NANOS = 3 * TEN_SECONDS;

    private static final int MAX_SUPERNODES = 1 << 16;
    private static final int MAX_ENTITIES = 1 << 20;

    /** The newest run is the one that began last in wall time. */
    private static final Comparator<RunBook> BY_AGE =
            Comparator.comparingLong(RunBook::originEpochNanos).thenComparingLong(RunBook::run);

    private final LongSupplier wallNanos;
    private final Map<Long, RunBook> runs = new HashMap<>();
    private final AnomalyBook anomalies = new AnomalyBook();
    private final TrafficBook traffic = new TrafficBook();
    private final GaugeBook gauges = new GaugeBook();
    private RunBook newest;
    private long expired;
    private long lastTakenWallNanos;
    private long lastAdvanceWallNanos;
    private long lastGapNanos;
    private long reachedNanos = Long.MIN_VALUE;

    public WindowStore() {
        this(System::nanoTime);
    }

    /** @param wallNanos a clock that only moves forward, nanoseconds from an arbitrary moment */
    public WindowStore(LongSupplier wallNanos) {
        this.wallNanos = wallNanos;
    }

    /** Takes a window from the only lane there is. */
    public Acceptance accept(ThroughputWindow window) {
        return accept(0, window);
    }

    /** Takes a window from the only lane there is. */
    public Acceptance accept(LatencyWindow window) {
        return accept(0, window);
    }

    /** @throws IllegalArgumentException when the window names an impossible entity or length */
    public synchronized Acceptance accept(int lane, ThroughputWindow window) {
        requirePlace(window.key());
        return accept(window.run(), window.originEpochNanos(), book -> book.take(lane, window));
    }

    /** @throws IllegalArgumentException when the window names an impossible entity or length */
    public synchronized Acceptance accept(int lane, LatencyWindow window) {
        requirePlace(window.key());
        if (window.bucketIndices().length != window.bucketCounts().length) {
            throw new IllegalArgumentException("must have a count for each bucket: bucketIndices="
                    + window.bucketIndices().length + ", bucketCounts=" + window.bucketCounts().length);
        }
        return accept(window.run(), window.originEpochNanos(), book -> book.take(lane, window));
    }

    /** Runs that are kept, the newest first. */
    public synchronized List<Long> runs() {
        return runs.values().stream()
                .sorted(BY_AGE.reversed())
                .map(RunBook::run)
                .toList();
    }

    /** What the windows of a run add up to; empty for a run without windows or one that is no longer kept. */
    public synchronized Optional<RunFigures> figures(long run) {
        return Optional.ofNullable(runs.get(run)).map(RunBook::figures);
    }

    /** The same by supernode, in the order of their indices; empty for a run without windows or one that is no longer kept. */
    public synchronized List<SupernodeFigures> figuresBySupernode(long run) {
        RunBook book = runs.get(run);
        return book == null ? List.of() : book.figuresBySupernode();
    }

    /** The newest run as it is now; empty before the first window. */
    public synchronized Optional<LiveView> live() {
        if (newest == null) {
            return Optional.empty();
        }
        long silent = wallNanos.getAsLong() - lastTakenWallNanos;
        // a replay at a tenth of the speed gives a window each 10 s: silence is measured against the stream's own pace
        boolean fresh = silent <= Math.max(SILENCE_NANOS, 3 * lastGapNanos);
        return Optional.of(new LiveView(
                newest.run(), newest.originEpochNanos(), newest.newestEndNanos(), silent / 1e9, fresh, newest.views()));
    }

    /**
     * The last windows of 1 s of a card of the newest run, in the order of time, those of {@link #HORIZON_NANOS}; empty
     * for a card that has none.
     */
    public synchronized List<ThroughputWindow> seconds(int supernode, int card) {
        requirePlace(new WindowKey(0, supernode, Scope.CARD, card, 0, SECOND));
        return newest == null ? List.of() : newest.seconds(supernode, card);
    }

    /** Windows that came too late for the books. */
    public synchronized long expiredWindows() {
        return expired;
    }

    /** Windows that are remembered one by one; what the memory goes into. */
    public synchronized int rememberedWindows() {
        return runs.values().stream().mapToInt(RunBook::marks).sum();
    }

    private Acceptance accept(long run, long originEpochNanos, Function<RunBook, Acceptance> take) {
        RunBook book = runs.get(run);
        if (book == null) {
            book = new RunBook(run, originEpochNanos, HORIZON_NANOS);
            if (runs.size() == RUNS_KEPT) {
                RunBook oldest = runs.values().stream().min(BY_AGE).orElseThrow();
                if (BY_AGE.compare(book, oldest) < 0) {
                    expired++;
                    return Acceptance.EXPIRED;
                }
                runs.remove(oldest.run());
            }
            runs.put(run, book);
            if (newest == null || BY_AGE.compare(book, newest) > 0) {
                newest = book;
                reachedNanos = Long.MIN_VALUE;
            }
        }
        Acceptance acceptance = take.apply(book);
        switch (acceptance) {
            case TAKEN -> noteTime();
            case EXPIRED -> expired++;
            case REPEATED -> {}
        }
        return acceptance;
    }

    private void noteTime() {
        long now = wallNanos.getAsLong();
        lastTakenWallNanos = now;
        long reached = newest.newestEndNanos();
        if (reached > reachedNanos) {
            lastGapNanos = reachedNanos == Long.MIN_VALUE ? 0 : now - lastAdvanceWallNanos;
            lastAdvanceWallNanos = now;
            reachedNanos = reached;
        }
    }

    private static void requirePlace(WindowKey key) {
        if (key.lengthNanos() <= 0 || Math.floorMod(key.startNanos(), key.lengthNanos()) != 0) {
            throw new IllegalArgumentException("must start at a multiple of its length, > 0: startNanos="
                    + key.startNanos() + ", lengthNanos=" + key.lengthNanos());
        }
        requirePlace(key.supernode(), key.entity());
    }

    static void requirePlace(int supernode, int entity) {
        if (supernode < 0 || supernode >= MAX_SUPERNODES) {
            throw new IllegalArgumentException("must be 0 to " + (MAX_SUPERNODES - 1) + ": supernode=" + supernode);
        }
        if (entity < 0 || entity >= MAX_ENTITIES) {
            throw new IllegalArgumentException("must be 0 to " + (MAX_ENTITIES - 1) + ": entity=" + entity);
        }
    }

    /** What the cards' gauges said last, beside the windows. */
    GaugeBook gauges() {
        return gauges;
    }

    /** What the gauges of a supernode's cards say now, by card; a card that was not sampled for as long as a window lives is not in it. */
    Map<Integer, CardGauges> gauges(long run, SupernodeView supernode) {
        return gauges.since(supernode.newestEndNanos() - SILENCE_NANOS, run, supernode.supernode());
    }

    /** Who sent how much to whom, beside the windows. */
    TrafficBook traffic() {
        return traffic;
    }

    /** What was found, and what was injected, beside the windows. */
    public AnomalyBook anomalies() {
        return anomalies;
    }
}
