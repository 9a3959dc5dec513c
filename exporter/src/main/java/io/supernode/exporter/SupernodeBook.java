package io.supernode.exporter;

import io.supernode.window.LatencyMetric;
import io.supernode.window.LatencySketch;
import io.supernode.window.LatencyWindow;
import io.supernode.window.Scope;
import io.supernode.window.ThroughputWindow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is known of one supernode of one run. Not thread-safe. */
final class SupernodeBook {
    /** Windows of 1 s that the live page draws. */
    private static final int HISTORY = 300;
    /** A series goes three windows after its last update; live values come from windows of 10 s. */
    private static final long STALE_NANOS = 3 * WindowStore.TEN_SECONDS;

    private final int supernode;
    private final EntityBook whole = new EntityBook(0);
    private final TreeMap<Integer, EntityBook> cards = new TreeMap<>();
    private final TreeMap<Integer, EntityBook> nodes = new TreeMap<>();
    private final TreeMap<Integer, EntityBook> racks = new TreeMap<>();
    private final TreeMap<Integer, EntityBook> operations = new TreeMap<>();
    private final TreeMap<Integer, EntityBook> planes = new TreeMap<>();
    private final Map<LatencyMetric, LatencySketch> latency = new EnumMap<>(LatencyMetric.class);
    private final TreeMap<Long, ThroughputWindow> history = new TreeMap<>();
    private final Map<LatencyMetric, TreeMap<Long, LatencyPoint>> latencyHistory = new EnumMap<>(LatencyMetric.class);
    private long firstNanos = Long.MAX_VALUE;
    private long newestEndNanos = Long.MIN_VALUE;

    SupernodeBook(int supernode) {
        this.supernode = supernode;
    }

    void take(ThroughputWindow window, ThroughputWindow replaced) {
        EntityBook book = book(window.scope(), window.entity());
        if (window.lengthNanos() == WindowStore.SECOND) {
            book.takeSecond(window, replaced);
            newestEndNanos = Math.max(newestEndNanos, window.endNanos());
            if (window.scope() == Scope.SUPERNODE) {
                firstNanos = Math.min(firstNanos, window.startNanos());
                history.put(window.startNanos(), window);
                if (history.size() > HISTORY) {
                    history.pollFirstEntry();
                }
            }
        } else if (window.lengthNanos() == WindowStore.TEN_SECONDS) {
            book.takeTenSeconds(window);
        }
    }

    void take(LatencyWindow window, LatencyWindow replaced) {
        if (window.lengthNanos() == WindowStore.TEN_SECONDS) {
            book(window.scope(), window.entity()).takeTenSeconds(window);
        } else if (window.lengthNanos() == WindowStore.SECOND && window.scope() == Scope.SUPERNODE) {
            LatencySketch sketch = latency.computeIfAbsent(window.metric(), m -> new LatencySketch());
            sketch.merge(replaced == null ? window.sketch() : added(replaced, window));
            TreeMap<Long, LatencyPoint> points = latencyHistory.computeIfAbsent(window.metric(), m -> new TreeMap<>());
            points.put(window.startNanos(), LatencyPoint.of(window));
            if (points.size() > HISTORY) {
                points.pollFirstEntry();
            }
        }
    }

    SupernodeView view() {
        long notBefore = newestEndNanos == Long.MIN_VALUE ? Long.MIN_VALUE : newestEndNanos - STALE_NANOS;
        long settled = settledTenSecondsNanos();
        Map<LatencyMetric, LatencySketch> copies = new EnumMap<>(LatencyMetric.class);
        latency.forEach((metric, sketch) -> copies.put(metric, sketch.copy()));
        Map<LatencyMetric, List<LatencyPoint>> points = new EnumMap<>(LatencyMetric.class);
        latencyHistory.forEach((metric, course) -> points.put(metric, List.copyOf(course.values())));
        return new SupernodeView(
                supernode,
                newestEndNanos,
                whole.view(notBefore, settled),
                views(cards.values(), notBefore, settled),
                views(nodes.values(), notBefore, settled),
                views(racks.values(), notBefore, settled),
                // rare is not silent: an operation may come once a minute, a plane tells of itself only when links are
                // down
                allViews(operations.values(), notBefore, settled),
                allViews(planes.values(), notBefore, settled),
                copies,
                List.copyOf(history.values()),
                points);
    }

    /**
     * End of the newest windows of 10 s that may be shown side by side: those that every card has, or that have been
     * followed by a window of 1 s. Windows of one moment arrive one after the other, and a picture of half of them
     * beside half of the earlier ones would show differences between cards that do not exist.
     */
    private long settledTenSecondsNanos() {
        long newest = Long.MIN_VALUE;
        for (EntityBook card : cards.values()) {
            newest = Math.max(newest, card.newestTenSecondsEndNanos());
        }
        if (newest == Long.MIN_VALUE || newestEndNanos > newest) {
            return newest == Long.MIN_VALUE ? Long.MAX_VALUE : newest;
        }
        for (EntityBook card : cards.values()) {
            if (card.newestTenSecondsEndNanos() < newest) {
                return newest - 1;
            }
        }
        return newest;
    }

    boolean hasSeconds() {
        return firstNanos != Long.MAX_VALUE;
    }

    long firstNanos() {
        return firstNanos;
    }

    long newestEndNanos() {
        return newestEndNanos;
    }

    Totals totals() {
        return whole.totals();
    }

    Collection<EntityBook> cards() {
        return cards.values();
    }

    Map<LatencyMetric, LatencySketch> latency() {
        return latency;
    }

    private EntityBook book(Scope scope, int entity) {
        return switch (scope) {
            case CARD -> cards.computeIfAbsent(entity, EntityBook::new);
            case NODE -> nodes.computeIfAbsent(entity, EntityBook::new);
            case RACK -> racks.computeIfAbsent(entity, EntityBook::new);
            case OPERATION -> operations.computeIfAbsent(entity, EntityBook::new);
            case PLANE -> planes.computeIfAbsent(entity, EntityBook::new);
            case SUPERNODE -> whole;
        };
    }

    private static List<EntityView> views(Collection<EntityBook> books, long notBefore, long settled) {
        List<EntityView> views = new ArrayList<>(books.size());
        for (EntityBook book : books) {
            if (book.newestEndNanos() != Long.MIN_VALUE && book.newestEndNanos() >= notBefore) {
                views.add(book.view(notBefore, settled));
            }
        }
        return views;
    }

    private static List<EntityView> allViews(Collection<EntityBook> books, long notBefore, long settled) {
        return books.stream().map(book -> book.view(notBefore, settled)).toList();
    }

    /** What a fuller result of a window adds to an earlier one. */
    private static LatencySketch added(LatencyWindow earlier, LatencyWindow fuller) {
        Map<Integer, Long> counts = new TreeMap<>();
        for (int i = 0; i < fuller.bucketIndices().length; i++) {
            counts.put(fuller.bucketIndices()[i], fuller.bucketCounts()[i]);
        }
        for (int i = 0; i < earlier.bucketIndices().length; i++) {
            counts.merge(earlier.bucketIndices()[i], -earlier.bucketCounts()[i], Long::sum);
        }
        counts.values().removeIf(count -> count == 0);
        return LatencySketch.of(
                counts.keySet().stream().mapToInt(Integer::intValue).toArray(),
                counts.values().stream().mapToLong(Long::longValue).toArray(),
                fuller.sumNanos() - earlier.sumNanos(),
                fuller.minNanos(),
                fuller.maxNanos());
    }
}
