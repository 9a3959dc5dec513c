package io.supernode.machine;

import io.supernode.event.Fabric;

/**
 * How one card reaches another of some class: same node, other node, or over the scale-out network.
 *
 * @param fabric the network
 * @param bytesPerSecond line rate of one card, one way
 * @param efficiency share of the line rate that bulk transfers reach, 0 to 1
 * @param allToAllEfficiency the share when each of many cards sends to every other at once, 0 to 1
 * @param latencyNanos end to end, small message
 */
public record Link(
        Fabric fabric, double bytesPerSecond, double efficiency, double allToAllEfficiency, long latencyNanos) {
    /** A link that an all-to-all uses as well as any transfer. */
    public Link(Fabric fabric, double bytesPerSecond, double efficiency, long latencyNanos) {
        this(fabric, bytesPerSecond, efficiency, efficiency, latencyNanos);
    }

    /** Rate that bulk transfers reach. */
    public double usableBytesPerSecond() {
        return bytesPerSecond * efficiency;
    }

    /** Rate that an all-to-all reaches. */
    public double allToAllBytesPerSecond() {
        return bytesPerSecond * allToAllEfficiency;
    }

    /**
     * Seconds of one point-to-point transfer: {@code latency + size / rate} (the alpha-beta model, Hockney 1994). Holds
     * for a single flow on an idle link of a non-blocking network.
     */
    public double transferSeconds(double bytes) {
        return latencyNanos * 1e-9 + bytes / usableBytesPerSecond();
    }
}
