package io.supernode.exporter;

import java.util.List;

/**
 * The newest run as it is now.
 *
 * @param newestEndNanos event time that the windows of 1 s have reached; without meaning while there are no supernodes
 * @param silentSeconds wall time since the last window came
 * @param fresh false when windows have stopped coming for so long that their last values say nothing of now
 */
public record LiveView(
        long run,
        long originEpochNanos,
        long newestEndNanos,
        double silentSeconds,
        boolean fresh,
        List<SupernodeView> supernodes) {}
