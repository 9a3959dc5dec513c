package io.supernode.replay;

import io.supernode.disturbance.Disturbance;
import io.supernode.disturbance.DisturbanceSchedule;
import io.supernode.disturbance.Disturbances;
import io.supernode.event.EventKind;
import io.supernode.event.FaultKind;
import io.supernode.unit.Draws;
import java.util.EnumSet;
import java.util.Set;

/**
 * What nodes' telemetry agents do wrong: they lose frames, send them twice, send them late, and have clocks that are wrong.
 * A function of the disturbance and the frame's node, kind and number alone, so that a run that is played again loses the same
 * frames. The truth about disturbances does not go through an agent.
 */
final class AgentFaults {
    static final AgentFaults NONE = new AgentFaults(Disturbances.NONE, 1);

    private static final Set<FaultKind> KINDS = EnumSet.of(
            FaultKind.TELEMETRY_LOSS,
            FaultKind.TELEMETRY_DUPLICATION,
            FaultKind.TELEMETRY_LATENESS,
            FaultKind.CLOCK_SKEW);
    private static final int LOSS = 71;
    private static final int DUPLICATION = 72;

    private final Disturbances disturbances;
    private final int cardsPerNode;

    private AgentFaults(Disturbances disturbances, int cardsPerNode) {
        this.disturbances = disturbances;
        this.cardsPerNode = cardsPerNode;
    }

    /** Those in a stretch of time of the recording. */
    static AgentFaults during(DisturbanceSchedule schedule, int cardsPerNode, long fromNanos, long untilNanos) {
        if (!schedule.holdsAny(KINDS)) {
            return NONE;
        }
        return new AgentFaults(schedule.during(Math.max(0, fromNanos), untilNanos), cardsPerNode);
    }

    boolean isEmpty() {
        return disturbances.isEmpty();
    }

    /** How often a frame arrives: 1, or 0 when it is lost, or 2. */
    int copies(EventKind kind, int node, long sequence, long nanos) {
        if (strikes(FaultKind.TELEMETRY_LOSS, LOSS, kind, node, sequence, nanos)) {
            return 0;
        }
        return strikes(FaultKind.TELEMETRY_DUPLICATION, DUPLICATION, kind, node, sequence, nanos) ? 2 : 1;
    }

    /** How much later than its time a frame is sent, event time; 0 for one that is not late. */
    long latenessNanos(EventKind kind, int node, long nanos) {
        return kind == EventKind.FAULT ? 0 : sumNanos(FaultKind.TELEMETRY_LATENESS, node, nanos);
    }

    /** How far a node's clock is ahead; negative when behind. */
    long skewNanos(EventKind kind, int node, long nanos) {
        return kind == EventKind.FAULT ? 0 : sumNanos(FaultKind.CLOCK_SKEW, node, nanos);
    }

    private boolean strikes(FaultKind fault, int stream, EventKind kind, int node, long sequence, long nanos) {
        if (kind == EventKind.FAULT) {
            return false;
        }
        for (Disturbance d : disturbances.of(fault)) {
            if (d.isActive(nanos) && d.concerns(node * cardsPerNode)) {
                double drawn = new Draws(d.id()).uniform(stream, node, kind.ordinal(), sequence, 0);
                if (drawn < d.magnitude()) {
                    return true;
                }
            }
        }
        return false;
    }

    private long sumNanos(FaultKind fault, int node, long nanos) {
        long sum = 0;
        for (Disturbance d : disturbances.of(fault)) {
            if (d.isActive(nanos) && d.concerns(node * cardsPerNode)) {
                sum += Math.round(d.magnitude() * 1e9);
            }
        }
        return sum;
    }
}
