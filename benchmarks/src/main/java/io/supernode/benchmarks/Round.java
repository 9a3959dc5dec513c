package io.supernode.benchmarks;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;

/** One run of one arm, measured from outside. */
record Round(
        int round,
        long events,
        long records,
        long bytes,
        long wallNanos,
        long garbageCollectionMillis,
        Map<CpuByPart.Part, Long> cpuNanos) {

    static Round of(int round, Arm arm) throws Exception {
        try {
            arm.prepare();
            return measure(round, arm);
        } finally {
            arm.finish();
        }
    }

    private static Round measure(int round, Arm arm) throws Exception {
        System.gc(); // no arm pays for the garbage of the one before it
        long collecting = collectionMillis();
        try (CpuByPart cpu = new CpuByPart()) {
            long start = System.nanoTime();
            Arm.Work work = arm.run();
            long wall = System.nanoTime() - start;
            return new Round(
                    round,
                    work.events(),
                    work.records(),
                    work.bytes(),
                    wall,
                    collectionMillis() - collecting,
                    new TreeMap<>(cpu.stop()));
        }
    }

    double eventsPerSecond() {
        return events * 1e9 / wallNanos;
    }

    double cpuNanosPerEvent() {
        return cpuNanos.values().stream().mapToLong(Long::longValue).sum() / (double) events;
    }

    double cpuNanosPerEvent(CpuByPart.Part part) {
        return cpuNanos.getOrDefault(part, 0L) / (double) events;
    }

    private static long collectionMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
