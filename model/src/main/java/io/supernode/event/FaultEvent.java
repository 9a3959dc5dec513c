package io.supernode.event;

/**
 * The truth about a disturbance that was injected: told once when it begins and once when it ends, so that what a detector
 * finds can be scored. Times are event time: nanoseconds from the run's start.
 *
 * @param card first card concerned, index in its supernode, from 0
 * @param endNanos when this is told: the moment at which the disturbance begins, or at which it ends
 * @param durationNanos how long it lasted when it ends; 0 when it begins, and when a player leaves it behind
 * @param fault identifies the disturbance in the run, from 0
 * @param active true when it begins, false when it ends
 * @param cards number of cards concerned, consecutive from {@code card}; 0 for the whole supernode
 * @param plane plane of the bus concerned; -1 for all or none
 * @param stage pipeline stage concerned; -1 for none
 * @param magnitudePpm how strong, in the terms of its kind: a factor of 1.5 is 1,500,000, a share of 1 % is 10,000;
 *     negative for a clock that is behind alone
 */
public record FaultEvent(
        int card,
        long endNanos,
        long durationNanos,
        long fault,
        FaultKind kind,
        boolean active,
        int cards,
        int plane,
        int stage,
        int magnitudePpm) {}
