package io.supernode.cost;

import io.supernode.event.Fabric;

/**
 * What a collective or a transfer costs each of its ranks when all are ready.
 *
 * @param seconds from the moment the last rank is ready
 * @param floorSeconds what it would take at the links' line rate: no jitter makes it faster than that
 * @param bytes that leave each rank, and reach it
 * @param fabric the widest network it takes
 */
public record Transfer(double seconds, double floorSeconds, long bytes, Fabric fabric) {
    /** {@code times} of these, one after the other. */
    public Transfer times(int times) {
        return new Transfer(seconds * times, floorSeconds * times, bytes * times, fabric);
    }
}
