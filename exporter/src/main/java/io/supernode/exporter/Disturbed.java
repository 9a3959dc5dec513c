package io.supernode.exporter;

/**
 * A disturbance that was asked for. Times are seconds in the recording or of the run.
 *
 * @param fault identifies it
 * @param what it in words, such as {@code slow card 17, magnitude 1.5}
 * @param untilSeconds when it ends by itself; infinite while it is not cleared
 * @param active whether it has begun and not ended
 */
public record Disturbed(
        long fault,
        String kind,
        int card,
        int cards,
        String what,
        double fromSeconds,
        double untilSeconds,
        boolean active) {}
