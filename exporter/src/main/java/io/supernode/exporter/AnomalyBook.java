package io.supernode.exporter;

import io.supernode.diagnosis.Anomaly;
import io.supernode.diagnosis.DetectionScore;
import io.supernode.diagnosis.InjectedFault;
import io.supernode.event.EventBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was found and what was injected, by run: the last revision of every anomaly, and every fault from its beginning to
 * its end. The newest {@link #RUNS} runs are kept, and of each the newest {@link #MOST} of either. Thread-safe.
 */
public final class AnomalyBook {
    private static final int RUNS = 4;
    private static final int MOST = 10_000;

    /** @param time of a fault that came more than once, after a seek or in a loop: which time, from 0 */
    private record Name(int supernode, long number, int time) implements Comparable<Name> {
        private static final Comparator<Name> ORDER = Comparator.comparingLong(Name::number)
                .thenComparingInt(Name::supernode)
                .thenComparingInt(Name::time);

        @Override
        public int compareTo(Name other) {
            return ORDER.compare(this, other);
        }
    }

    private static final class Page {
        final TreeMap<Name, Anomaly> anomalies = new TreeMap<>();
        final TreeMap<Name, InjectedFault> faults = new TreeMap<>();
    }

    private final Map<Long, Page> runs = new LinkedHashMap<>();

    synchronized void take(Anomaly anomaly) {
        TreeMap<Name, Anomaly> page = page(anomaly.run()).anomalies;
        page.merge(
                new Name(anomaly.supernode(), anomaly.anomaly(), 0),
                anomaly,
                (known, told) -> told.revision() >= known.revision() ? told : known);
        bound(page);
    }

    /** Takes in event {@code i}, which tells that a fault begins or that it ends. */
    synchronized void take(long run, int supernode, EventBatch faults, int i) {
        TreeMap<Name, InjectedFault> page = page(run).faults;
        long told = faults.endNanos(i);
        InjectedFault fault = new InjectedFault(
                supernode,
                faults.fault(i),
                faults.faultKind(i),
                faults.card(i),
                faults.cards(i),
                faults.plane(i),
                faults.stage(i),
                told - faults.durationNanos(i),
                faults.active(i) ? Anomaly.LASTS : told,
                faults.magnitudePpm(i));
        Name last = page.floorKey(new Name(supernode, fault.fault(), Integer.MAX_VALUE));
        if (last == null || last.number() != fault.fault() || last.supernode() != supernode) {
            if (fault.lasts() || faults.durationNanos(i) > 0) { // else left behind, and never met
                page.put(new Name(supernode, fault.fault(), 0), fault);
            }
        } else {
            again(page, last, fault);
        }
        bound(page);
    }

    private static void again(TreeMap<Name, InjectedFault> page, Name last, InjectedFault told) {
        InjectedFault known = page.get(last);
        if (known.lasts() && !told.lasts()) {
            page.put(last, known.endedAt(told.endNanos()));
        } else if (!known.lasts() && told.startNanos() > known.endNanos()) {
            page.put(new Name(last.supernode(), last.number(), last.time() + 1), told);
        }
    }

    /** Of a run, in the order in which they were found. */
    public synchronized List<Anomaly> anomalies(long run) {
        Page page = runs.get(run);
        return page == null ? List.of() : new ArrayList<>(page.anomalies.values());
    }

    /** Of a run, in the order of their numbers. */
    public synchronized List<InjectedFault> faults(long run) {
        Page page = runs.get(run);
        return page == null ? List.of() : new ArrayList<>(page.faults.values());
    }

    /** What was found in a run held against what was injected. */
    public DetectionScore score(long run, long nowNanos) {
        return DetectionScore.of(anomalies(run), faults(run), nowNanos);
    }

    private Page page(long run) {
        Page page = runs.get(run);
        if (page == null) {
            page = new Page();
            runs.put(run, page);
            if (runs.size() > RUNS) {
                runs.remove(runs.keySet().iterator().next());
            }
        }
        return page;
    }

    private static void bound(TreeMap<Name, ?> page) {
        if (page.size() > MOST) {
            page.pollFirstEntry();
        }
    }
}
