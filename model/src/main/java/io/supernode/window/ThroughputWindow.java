package io.supernode.window;

/**
 * What one entity did in one window. All figures are whole numbers and absolute: a later window with the same
 * {@link #key()} and a higher revision replaces an earlier one.
 *
 * <p>A plane has the samples that say that a card's link to it is down, and the disturbances that concern it.
 *
 * <p>Counts, tokens, operations and bytes belong to the window in which their event ended; busy, transit and wait time
 * belong to the windows in which it was spent.
 *
 * @param originEpochNanos wall time that the run's event time 0 stands for, nanoseconds since 1970 UTC
 * @param revision 0 for the first result of a window, one more for every correction
 * @param lateEvents events that arrived after their window had first been given, included in the counts
 * @param computeNanos time spent computing; spans of one card that overlap count each
 * @param transitNanos time spent in bus events beyond waiting
 * @param waitNanos time spent in bus events waiting for late peers
 * @param tokens tokens completed by compute events
 * @param megaflops model work of compute events, 10^6 floating-point operations
 * @param unknownSizeEvents bus events whose size the source does not tell; they are not in {@code sentBytes}
 * @param stepTokens tokens of whole steps that ended in the window
 * @param stepMegaflops model work of whole steps that ended in the window
 * @param stepNanos summed length of the steps that ended in the window
 * @param inputTokens prompt tokens of requests that ended in the window
 * @param outputTokens generated tokens of requests that ended in the window
 * @param sampleEvents samples of cards taken in the window
 * @param faultEvents begins and ends of injected disturbances in the window
 * @param energyMillijoules energy that the cards of these samples drew, power times interval, summed
 * @param linkErrors checksum errors and retries that these samples counted
 * @param linkDownNanos time for which these samples say that links of cards to planes of the bus were down; two links of
 *     a card count each
 */
public record ThroughputWindow(
        long run,
        int supernode,
        Scope scope,
        int entity,
        long originEpochNanos,
        long startNanos,
        long lengthNanos,
        int revision,
        long computeEvents,
        long busEvents,
        long stepEvents,
        long requestEvents,
        long lateEvents,
        long computeNanos,
        long transitNanos,
        long waitNanos,
        long tokens,
        long megaflops,
        long hbmBytes,
        long sentBytes,
        long receivedBytes,
        long unknownSizeEvents,
        long stepTokens,
        long stepMegaflops,
        long stepNanos,
        long inputTokens,
        long outputTokens,
        long sampleEvents,
        long faultEvents,
        long energyMillijoules,
        long linkErrors,
        long linkDownNanos) {
    public WindowKey key() {
        return new WindowKey(run, supernode, scope, entity, startNanos, lengthNanos);
    }

    public long endNanos() {
        return startNanos + lengthNanos;
    }

    /** Whether cards told anything in it: where the truth about disturbances alone is there, telemetry is missing. */
    public boolean hasTelemetry() {
        return events() > faultEvents || computeNanos + transitNanos + waitNanos > 0;
    }

    /** Events of all kinds. */
    public long events() {
        return computeEvents + busEvents + stepEvents + requestEvents + sampleEvents + faultEvents;
    }
}
