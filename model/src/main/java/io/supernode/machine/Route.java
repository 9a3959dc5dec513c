package io.supernode.machine;

/**
 * What a message passes on its way.
 *
 * @param switches hops, each through one switch; 0 for a cable from card to card
 * @param opticalSegments stretches of fibre
 */
public record Route(int switches, int opticalSegments) {}
