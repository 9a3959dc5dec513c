package io.supernode.diagnosis;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What was found held against what was injected. An anomaly is right when it names the kind and the place of a fault that
 * was there; a fault is found when an anomaly names it.
 *
 * @param anomalies all that were found
 * @param right how many of them name a fault
 * @param due faults that had to be found by now
 * @param found how many of them an anomaly names
 * @param timed faults that an anomaly names, due or not
 * @param detectNanos from their beginnings to their first anomalies, summed
 */
public record DetectionScore(int anomalies, int right, int due, int found, int timed, long detectNanos) {
    /** What a fault did may show for so long after it has ended. */
    static final long AFTERMATH_NANOS = 10_000_000_000L;
    /** A fault younger than this is not held against anybody. */
    private static final long GRACE_NANOS = 10_000_000_000L;

    public static final DetectionScore NONE = new DetectionScore(0, 0, 0, 0, 0, 0);

    /** @param nowNanos how far event time has come */
    public static DetectionScore of(List<Anomaly> anomalies, List<InjectedFault> faults, long nowNanos) {
        int right = 0;
        for (Anomaly anomaly : anomalies) {
            right += faults.stream().anyMatch(fault -> fault.isNamedBy(anomaly)) ? 1 : 0;
        }
        int due = 0;
        int found = 0;
        int timed = 0;
        long detectNanos = 0;
        for (InjectedFault fault : faults) {
            if (!fault.isToBeFound()) {
                continue;
            }
            OptionalLong detected = anomalies.stream()
                    .filter(fault::isNamedBy)
                    .mapToLong(Anomaly::detectedNanos)
                    .min();
            boolean isDue = nowNanos - fault.startNanos() >= GRACE_NANOS;
            due += isDue ? 1 : 0;
            if (detected.isPresent()) {
                found += isDue ? 1 : 0;
                timed++;
                detectNanos += Math.max(0, detected.getAsLong() - fault.startNanos());
            }
        }
        return new DetectionScore(anomalies.size(), right, due, found, timed, detectNanos);
    }

    public DetectionScore plus(DetectionScore other) {
        return new DetectionScore(
                anomalies + other.anomalies,
                right + other.right,
                due + other.due,
                found + other.found,
                timed + other.timed,
                detectNanos + other.detectNanos);
    }

    /** Share of the anomalies that name a fault; empty where nothing was found. */
    public OptionalDouble precision() {
        return anomalies == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / anomalies);
    }

    /** Share of the faults that were found; empty where none had to be. */
    public OptionalDouble recall() {
        return due == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) found / due);
    }

    /** Mean time from a fault's beginning to the end of the second with which it was found; empty where none was. */
    public OptionalDouble detectSeconds() {
        return timed == 0 ? OptionalDouble.empty() : OptionalDouble.of(detectNanos / 1e9 / timed);
    }
}
