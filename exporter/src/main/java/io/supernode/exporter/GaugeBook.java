package io.supernode.exporter;

import io.supernode.event.EventBatch;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The newest sample of every card, by run: what a gauge says now needs no window. Samples may come in any order and more
 * than once. The newest {@link WindowStore#RUNS_KEPT} runs are kept. Thread-safe.
 */
public final class GaugeBook {
    private final Map<Long, Map<Integer, Map<Integer, CardGauges>>> runs = new LinkedHashMap<>();

    /**
     * Takes in sample {@code i}.
     *
     * @throws IllegalArgumentException when it names an impossible supernode or card
     */
    synchronized void take(long run, int supernode, EventBatch samples, int i) {
        int card = samples.card(i);
        WindowStore.requirePlace(supernode, card);
        CardGauges told = new CardGauges(
                samples.endNanos(i),
                samples.temperatureMillicelsius(i) / 1e3,
                samples.clockMegahertz(i) * 1e6,
                samples.hbmUsedBytes(i));
        page(run)
                .computeIfAbsent(supernode, s -> new HashMap<>())
                .merge(card, told, (known, now) -> now.endNanos() >= known.endNanos() ? now : known);
    }

    /** By card, without those that have said nothing since {@code sinceNanos}. */
    synchronized Map<Integer, CardGauges> since(long sinceNanos, long run, int supernode) {
        Map<Integer, CardGauges> fresh =
                new HashMap<>(runs.getOrDefault(run, Map.of()).getOrDefault(supernode, Map.of()));
        fresh.values().removeIf(gauges -> gauges.endNanos() < sinceNanos);
        return fresh;
    }

    private Map<Integer, Map<Integer, CardGauges>> page(long run) {
        Map<Integer, Map<Integer, CardGauges>> page = runs.computeIfAbsent(run, r -> new HashMap<>());
        if (runs.size() > WindowStore.RUNS_KEPT) {
            runs.remove(runs.keySet().iterator().next());
        }
        return page;
    }
}
