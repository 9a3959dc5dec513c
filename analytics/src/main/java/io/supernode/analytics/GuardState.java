package io.supernode.analytics;

/**
 * What a checkpoint holds of a {@link TimeGuard}.
 *
 * @param topic ordinal of the {@link io.supernode.schemas.Topic}
 */
public record GuardState(int topic, int partition, long latestEpochNanos) {}
