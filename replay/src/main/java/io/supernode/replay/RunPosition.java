package io.supernode.replay;

import io.supernode.event.EventKind;
import java.util.Map;

/**
 * How far a run has been sent, as its frames tell: what a sender needs to go on where another was killed.
 *
 * @param originEpochNanos wall time that its event time 0 stands for
 * @param throughNanos the latest event time that a frame says has been sent
 * @param last the last frame of every node and kind
 */
public record RunPosition(long run, long originEpochNanos, long throughNanos, Map<Sender, Last> last) {
    public RunPosition {
        last = Map.copyOf(last);
    }

    /** One node's frames of one kind, which are numbered 0, 1, 2 without a gap. */
    public record Sender(EventKind kind, int node) {}

    /** @param events digest of its events: the run that goes on must have made the same */
    public record Last(long sequence, String events) {}
}
